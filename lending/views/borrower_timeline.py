"""What happened to a request, in the borrower's steps: no staff words, no names of people."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.core.actors import ActorKind
from lending.models import LendingEvent, LendingRequest
from lending.views.borrower_words import is_copy, why_not
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.states import Wording

_STEPS: dict[str, Any] = {
    Wording.RECEIVED: gettext_lazy("The library has your request"),
    Wording.ANSWER_NEEDED: gettext_lazy("The library waits for your answer"),
    Wording.FETCHING: gettext_lazy("The library will send it"),
    Wording.SENT: gettext_lazy("Sent to you"),
    Wording.COMING_BACK: gettext_lazy("You sent it back"),
    Wording.CHARGE: gettext_lazy("Lost or damaged: to be settled"),
    Wording.COMPLETED: gettext_lazy("Completed"),
    Wording.NOT_AVAILABLE: gettext_lazy("The library cannot send it"),
    Wording.CANCELLED: gettext_lazy("Cancelled"),
}

_NEWS: dict[str, tuple[Any, Any]] = {
    "conditional": (gettext_lazy("The library named conditions"), None),
    "conditions_accepted": (gettext_lazy("The conditions were accepted"), gettext_lazy("You agreed to them")),
    "ask_borrower": (gettext_lazy("The library asked you a question"), None),
    "borrower_answers": (gettext_lazy("Your answer came in"), gettext_lazy("You answered")),
    "ask_cancel": (gettext_lazy("You asked to cancel it"), None),
    "cancel_no": (gettext_lazy("It was too late to cancel"), None),
    "cancel_too_late": (gettext_lazy("It was too late to cancel"), None),
    "arrived": (gettext_lazy("It arrived at your library"), gettext_lazy("You said that it arrived")),
    "ask_renewal": (gettext_lazy("You asked to keep it longer"), None),
    "renew": (gettext_lazy("You may keep it longer"), None),
    "refuse_renewal": (gettext_lazy("It cannot be kept longer"), None),
    "change_due": (gettext_lazy("The due date changed"), None),
    "recall": (gettext_lazy("The library needs it back sooner"), None),
    "mark_overdue": (gettext_lazy("The due date passed"), None),
    "turned_up": (gettext_lazy("It was found again"), None),
    "ask_resend": (gettext_lazy("You asked for a better copy"), None),
    "reopen": (gettext_lazy("The library took it up again"), None),
    "asked_again": (gettext_lazy("You asked for it again"), None),
}
"""What is worth telling although the step stays: in general, and when the borrower did it."""

_LOAN_STEPS = (Wording.RECEIVED, Wording.FETCHING, Wording.SENT, Wording.COMING_BACK, Wording.COMPLETED)
_COPY_STEPS = (Wording.RECEIVED, Wording.FETCHING, Wording.SENT, Wording.COMPLETED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    title: str
    at: Any = None
    text: str = ""
    actor: str = ""
    upcoming: bool = False


def timeline(request: LendingRequest) -> list[Entry]:
    """From the first to the last step, then those still to come. Needs the request's events."""
    entries: list[Entry] = []
    step = ""
    for event in _standing(list(request.events.all())):
        found = _entry(request, event, step)
        if found is not None:
            entries.append(found)
        step = str(TABLE.state(event.to_state).wording)
    return entries + _upcoming(request)


def _standing(events: list[LendingEvent]) -> list[LendingEvent]:
    """Without what was taken back, and without the taking back."""
    taken_back = {event.reverses for event in events if event.reverses}
    return [event for event in events if event.act not in taken_back and not event.reverses]


def _entry(request: LendingRequest, event: LendingEvent, step: str) -> Entry | None:
    if event.action in _NEWS:
        plain, own = _NEWS[event.action]
        by_borrower = event.actor_kind == ActorKind.PARTNER
        return Entry(str(own if by_borrower and own else plain), event.happened_at)
    if event.action == "send_copy" and step == Wording.SENT:
        return Entry(_("A better copy was sent"), event.happened_at)
    wording = str(TABLE.state(event.to_state).wording)
    if wording == step or (wording == Wording.RECEIVED and step):
        return None
    if event.action == "check_in":
        return Entry(_("It is back at the library"), event.happened_at)
    ended = event.to_state == s.NOT_SUPPLIED and request.state == s.NOT_SUPPLIED
    return Entry(str(_STEPS[wording]), event.happened_at, why_not(request) if ended else "")


def _upcoming(request: LendingRequest) -> list[Entry]:
    """The steps that usually follow; none once it is closed or when something went wrong."""
    steps = _COPY_STEPS if is_copy(request) else _LOAN_STEPS
    state = str(TABLE.state(request.state).wording)
    if not request.is_open or state not in steps:
        return []
    return [
        Entry(str(_COMING.get(each, _STEPS[each])), upcoming=True) for each in steps[steps.index(state) + 1 :]
    ]


_COMING: dict[str, Any] = {
    Wording.COMING_BACK: gettext_lazy("You send it back"),
    Wording.FETCHING: gettext_lazy("The library fetches it"),
}
