"""Every mail of the lending desk to a borrower without a system: what it says, and whether it is still true."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from illservice.core import outbox
from illservice.notices.kinds import Audience, Group, NoticeKind, register
from lending.notices import truth
from lending.notices.attention import show_failed
from lending.notices.building import Check, build, preview
from lending.notices.fields import BILL, BORROWER

_KINDS: tuple[tuple[str, object, Check], ...] = (
    ("borrower_conditional", _("Conditions named to a borrower"), truth.conditional),
    ("borrower_unfilled", _("Refusal to a borrower"), truth.refused),
    ("borrower_retry", _("Borrower may ask again"), truth.refused),
    ("borrower_shipped", _("Sent to a borrower"), truth.shipped),
    ("borrower_copy", _("Copy for a borrower"), truth.copy),
    ("borrower_renewed", _("Renewal granted to a borrower"), truth.renewed),
    ("borrower_not_renewed", _("Renewal refused to a borrower"), truth.not_renewed),
    ("borrower_due_changed", _("Borrower’s due date changed"), truth.due_changed),
    ("borrower_recall", _("Recall from a borrower"), truth.recalled),
    ("borrower_due_soon", _("Due soon at a borrower"), truth.due_soon),
    ("borrower_overdue", _("Overdue at a borrower"), truth.overdue),
    ("borrower_checked_in", _("Back from a borrower"), truth.completed),
    ("borrower_settled", _("Settled with a borrower"), truth.completed),
    ("borrower_cancelled", _("Borrower’s request cancelled"), truth.cancelled),
    ("borrower_not_cancelled", _("Too late to cancel for a borrower"), truth.not_cancelled),
    ("borrower_message", _("Message to a borrower"), truth.message),
    ("borrower_lost", _("Lost or damaged at a borrower"), truth.lost),
)
_REMINDERS = frozenset({"borrower_due_soon", "borrower_overdue"})
"""Wait for an open hour of the library."""
_BILL = "borrower_bill"
_BY_LAW = {"borrower_copy": frozenset({"legend"})}
"""What a text must say: the notice of copyright goes with every copy (17 USC 108(a)(3))."""


def register_notices() -> None:
    """Make the kinds known to the machinery, and be told when a mail is given up."""
    for code, label, check in _KINDS:
        register(
            NoticeKind(
                code=code,
                label=label,
                audience=Audience.PARTNER,
                fields=BORROWER,
                build=partial(build, check, with_copy=code == "borrower_copy"),
                preview=preview,
                group=Group.REMINDERS if code in _REMINDERS else Group.NEWS,
                by_law=_BY_LAW.get(code, frozenset()),
            )
        )
    register(
        NoticeKind(
            code=_BILL,
            label=_("Bill to a borrower"),
            audience=Audience.PARTNER,
            fields=BILL,
            build=partial(build, truth.billed, with_copy=False),
            preview=partial(preview, billed=True),
        )
    )
    outbox.on_failure(show_failed)
