"""What happened to a request, in the patron's steps: no staff words, no lender's name."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.core.actors import ActorKind
from requests_app.models import BorrowingEvent, BorrowingRequest, Outcome
from requests_app.views.patron_words import is_copy, why_closed
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.states import Wording

_STEPS: dict[str, Any] = {
    Wording.RECEIVED: gettext_lazy("We have your request"),
    Wording.ASKING: gettext_lazy("We ask other libraries"),
    Wording.ON_THE_WAY: gettext_lazy("It is on its way"),
    Wording.READY: gettext_lazy("Ready for you"),
    Wording.WITH_YOU: gettext_lazy("You picked it up"),
    Wording.ANSWER_NEEDED: gettext_lazy("Something happened to it, and we write to you"),
    Wording.FINISHED: gettext_lazy("Finished"),
    Wording.CLOSED: gettext_lazy("Closed without it"),
}

_NEWS: dict[str, tuple[Any, Any]] = {
    "ask_patron": (gettext_lazy("We asked you a question"), None),
    "answer_desk": (gettext_lazy("You answered"), None),
    "ask_renewal": (gettext_lazy("We asked for more time"), gettext_lazy("You asked for more time")),
    "renewal_yes": (gettext_lazy("You may keep it longer"), None),
    "renewal_no": (gettext_lazy("There is no more time for it"), None),
    "recall": (gettext_lazy("The owner needs it back sooner"), None),
    "change_due": (gettext_lazy("The due date changed"), None),
    "mark_overdue": (gettext_lazy("The due date passed"), None),
    "claim_returned": (
        gettext_lazy("Noted: you brought it back"),
        gettext_lazy("You told us that you brought it back"),
    ),
    "ask_resend": (gettext_lazy("We asked for a better copy"), gettext_lazy("You asked for a better copy")),
    "ask_cancel": (gettext_lazy("We asked to stop it"), gettext_lazy("You asked us to stop it")),
    "cancel_refused": (gettext_lazy("It could not be stopped any more"), None),
    "not_wanted": (
        gettext_lazy("Noted: you do not need it any more"),
        gettext_lazy("You told us that you do not need it any more"),
    ),
    "ask_still_needed": (gettext_lazy("We asked whether you still need it"), None),
    "still_needed": (gettext_lazy("You still need it"), None),
    "remind_recall": (gettext_lazy("We asked you again to bring it back"), None),
    "reopen": (gettext_lazy("We took it up again"), None),
}
"""What is worth telling although the step stays: in general, and when the patron did it."""

_LOAN_STEPS = (
    Wording.RECEIVED,
    Wording.ASKING,
    Wording.ON_THE_WAY,
    Wording.READY,
    Wording.WITH_YOU,
    Wording.FINISHED,
)
_COPY_STEPS = (Wording.RECEIVED, Wording.ASKING, Wording.READY, Wording.FINISHED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    title: str
    at: Any = None
    text: str = ""
    actor: str = ""
    upcoming: bool = False


def timeline(request: BorrowingRequest) -> list[Entry]:
    """From the first to the last step, then those still to come. Needs the request's events."""
    entries: list[Entry] = []
    step = ""
    for event in _standing(list(request.events.all())):
        found = _entry(request, event, step)
        if found is not None:
            entries.append(found)
        step = str(TABLE.state(event.to_state).wording)
    return entries + _upcoming(request)


def _standing(events: list[BorrowingEvent]) -> list[BorrowingEvent]:
    """Without what was taken back, and without the taking back."""
    taken_back = {event.reverses for event in events if event.reverses}
    return [event for event in events if event.act not in taken_back and not event.reverses]


def _entry(request: BorrowingRequest, event: BorrowingEvent, step: str) -> Entry | None:
    by_patron = event.actor_kind == ActorKind.PATRON
    if event.action in _NEWS:
        plain, own = _NEWS[event.action]
        return Entry(str(own if by_patron and own else plain), event.happened_at)
    if event.action == "deliver_copy" and step == Wording.READY:
        return Entry(_("A better copy is there"), event.happened_at)
    wording = str(TABLE.state(event.to_state).wording)
    if wording == step or (wording == Wording.RECEIVED and step):
        return None
    return Entry(_title(request, event, wording, step), event.happened_at, _text(request, event))


def _title(request: BorrowingRequest, event: BorrowingEvent, wording: str, step: str) -> str:
    if event.to_state == s.CANCELLED:
        return _("You cancelled it") if event.actor_kind == ActorKind.PATRON else _("Cancelled")
    if wording == Wording.FINISHED:
        if step == Wording.WITH_YOU:
            return _("You brought it back")
        if event.action == "hand_over":
            return _("You picked it up")
    if event.to_state == s.COPY_DELIVERED:
        return _("Your copy is ready")
    return str(_STEPS[wording])


def _text(request: BorrowingRequest, event: BorrowingEvent) -> str:
    if event.to_state in s.FINAL and request.state == event.to_state and request.outcome != Outcome.FILLED:
        return why_closed(request)
    return ""


def _upcoming(request: BorrowingRequest) -> list[Entry]:
    """The steps that usually follow; none once it is closed or when something went wrong."""
    steps = _COPY_STEPS if is_copy(request) else _LOAN_STEPS
    wording = Wording.RECEIVED if request.state in s.BEFORE_SENDING else request.wording
    if not request.is_open or request.state == s.SETTLING or wording not in steps:
        return []
    return [
        Entry(str(_COMING.get(each, _STEPS[each])), upcoming=True)
        for each in steps[steps.index(wording) + 1 :]
    ]


_COMING: dict[str, Any] = {Wording.WITH_YOU: gettext_lazy("You have it")}
