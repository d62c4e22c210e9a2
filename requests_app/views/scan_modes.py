"""What scans can do: choose the action once, then scan, scan, scan."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.scanning import Mode
from requests_app.models import BorrowingRequest
from requests_app.workflow import TABLE
from requests_app.workflow.states import NextActor
from requests_app.workflow.steps import next_step

_CODES = gettext_lazy("Our number, the other system’s number, the lender’s barcode, or words of the title")
MODES: dict[str, Mode] = {
    mode.action: mode
    for mode in (
        Mode(
            "receive",
            gettext_lazy("Receive"),
            _CODES,
            gettext_lazy("Received"),
            looks=True,
            quick_label=gettext_lazy("Receive at once with every scan"),
            slow_label=gettext_lazy("Look at each item first"),
            quick_words=gettext_lazy(
                "A scan receives at once, with the terms as the lender announced them. "
                "What is picked up here goes on the hold shelf."
            ),
        ),
        Mode("shelve", gettext_lazy("Put on the hold shelf"), _CODES, gettext_lazy("On the hold shelf")),
        Mode(
            "send_to_branch",
            gettext_lazy("Send to the branch"),
            _CODES,
            gettext_lazy("On its way to the branch"),
        ),
        Mode(
            "receive_at_branch",
            gettext_lazy("Receive at the branch"),
            _CODES,
            gettext_lazy("Received at the branch"),
        ),
        Mode(
            "hand_over",
            gettext_lazy("Hand over"),
            gettext_lazy("The item’s code, the code on the hold shelf, or the patron’s card"),
            gettext_lazy("Handed over"),
            looks=True,
            cards=True,
        ),
        Mode("take_back", gettext_lazy("Take back"), _CODES, gettext_lazy("Taken back")),
        Mode("arrive_back", gettext_lazy("Back from a branch"), _CODES, gettext_lazy("Back at the desk")),
        Mode("send_back", gettext_lazy("Send back"), _CODES, gettext_lazy("Sent back to the lender")),
    )
}
SECOND = Mode(
    "receive_second",
    gettext_lazy("Receive a second copy"),
    _CODES,
    gettext_lazy("Second copy received"),
    looks=True,
)
"""An item of a lender that we had moved on from; reached from a scan, not chosen for all of them."""


def where_now(request: BorrowingRequest) -> str:
    """Where the item is, in words for somebody who holds it in the hand."""
    state = str(TABLE.state(request.state).label)
    parts = [state]
    if request.location and request.is_open:
        parts.append(_("at %(branch)s") % {"branch": request.location.name})
    if request.shelf_code:
        parts.append(_("under %(code)s") % {"code": request.shelf_code})
    if request.received_at:
        day = date_format(local_date(request.received_at, request.library.timezone))
        parts.append(_("received on %(day)s") % {"day": day})
    return ", ".join(parts)


def next_words(request: BorrowingRequest, actor: Actor) -> str:
    """What the desk does next with the item in the hand; nothing when it waits for somebody else."""
    step = next_step(request, actor) if request.next_actor == NextActor.DESK else None
    if step is None:
        return ""
    branch = request.pickup_branch or request.location
    if step.action in {"send_to_branch", "shelve"} and branch is not None:
        return f"{step.label}: {branch.name}"
    return str(step.label)
