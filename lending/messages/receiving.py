"""Requests and news of libraries that borrow from us, as messages of ISO 18626.

The exchange has found who speaks and keeps the message; here it becomes one verb of the desk, done by the partner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError, InvalidInput
from illservice.core.statements import Prepared, number, text
from illservice.core.workflow.held import take_care
from illservice.core.workflow.reading import read_beside
from illservice.exchange.kinds import Incoming, Taken, Unacceptable
from illservice.exchange.models import Exchanged
from illservice.protocols.iso18626.messages import Action, ErrorType, Request, RequestingMessage, RequestType
from illservice.protocols.iso18626.notes import Word, says, words_of
from lending.messages.reading import new_lending
from lending.models import Channel, LendingRequest
from lending.services import answers, loans, words
from lending.services.base import lock_request_by_number
from lending.services.intake import NewLending, asked_again, take_in
from lending.workflow import MACHINE
from lending.workflow import states as s
from lending.workflow.states import MarkKind, QuestionKind


def actor_of(incoming: Incoming) -> Actor:
    """The partner as the one who acts."""
    return Actor(
        ActorKind.PARTNER, id=incoming.partner_id, library_id=incoming.library_id, cause=incoming.cause
    )


class Known(NamedTuple):
    """A request that is here already."""

    pk: int
    number: str
    state: str


def receive_request(incoming: Incoming) -> Taken:
    """A request: new, another attempt, or a reminder. The same id is the same request, however often it comes."""
    message = incoming.message
    if not isinstance(message, Request):
        raise TypeError(type(message))
    kind = (message.service.request_type if message.service else None) or RequestType.NEW
    known = _known(incoming, _their_number(incoming))
    if known is None and kind == RequestType.REMINDER:
        known = _reminded_of(incoming, message)
    if known is not None:
        return _again(incoming, message, known, kind)
    return _take_in(incoming, message)


def _their_number(incoming: Incoming) -> str:
    their_number = incoming.message.header.requesting_request_id
    if not their_number:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "requestingAgencyRequestId is empty")
    return their_number


def _known(incoming: Incoming, their_number: str) -> Known | None:
    found = _KNOWN.first(library=incoming.library_id, borrower=incoming.partner_id, number=their_number)
    return None if found is None else Known(*found)


def _reminded_of(incoming: Incoming, message: Request) -> Known:
    """A reminder may have a number of its own and name the request by its previous one (ISO 18626 serviceInfo)."""
    previous = message.service.previous_request_id if message.service else ""
    known = _known(incoming, previous) if previous else None
    if known is None:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "there is no such request to remind of")
    return known


_KNOWN = Prepared(
    lambda: LendingRequest.objects.filter(
        library_id=number("library"),
        borrower_id=number("borrower"),
        borrower_number=text("number"),
        channel=Channel.ISO18626,
    ).values_list("pk", "number", "state")
)


def _again(incoming: Incoming, message: Request, known: Known, kind: RequestType) -> Taken:
    """A retry reopens what we put off, as it is asked for now; a reminder is shown; a second New is the first one once
    more."""
    actor, at = actor_of(incoming), incoming.at
    remark = "known already"
    if kind == RequestType.REMINDER:
        answers.reminder(request_id=known.pk, actor=actor, at=at)
        remark = ""
    elif kind == RequestType.RETRY and known.state == s.NOT_SUPPLIED:
        with _usable():
            asked_again(request_id=known.pk, new=_asked(incoming, message), actor=actor, at=at)
        remark = ""
    return Taken(known.number, known.pk, known.number, remark)


def _take_in(incoming: Incoming, message: Request) -> Taken:
    with _usable():
        request = take_in(
            library_id=incoming.library_id,
            borrower_id=incoming.partner_id,
            new=_asked(incoming, message),
            actor=actor_of(incoming),
            at=incoming.at,
        )
    return Taken(request.number, request.pk, request.number)


def _asked(incoming: Incoming, message: Request) -> NewLending:
    return new_lending(message, ZoneInfo(incoming.partner.timezone))


@contextmanager
def _usable() -> Iterator[None]:
    """What the desk could do nothing with is refused with an error of ISO 18626."""
    try:
        yield
    except InvalidInput as problem:
        field = next(iter(problem.fields), "request")
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, f"{field} cannot be used") from problem


def receive_requesting(incoming: Incoming) -> Taken:
    """News or a wish about a request we have. What no step accepts is kept and shown to the desk, never dropped."""
    message = incoming.message
    if not isinstance(message, RequestingMessage):
        raise TypeError(type(message))
    # What the verbs look at must not move meanwhile: a wish that a click of the desk overtakes is still answered.
    request = lock_request_by_number(incoming.library, incoming.partner, _their_number(incoming))
    if request is None:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "there is no such request")
    read_beside(request, MACHINE.beside)
    verb = _VERBS.get(message.action)
    if verb is None:
        raise Unacceptable(ErrorType.UNSUPPORTED_ACTION, str(message.action))
    remark = ""
    try:
        verb(_News(incoming, message, request))
    except IllError as refusal:
        take_care()
        words.odd_news(request_id=request.pk, actor=actor_of(incoming), at=incoming.at)
        remark = refusal.code
    return Taken(request.number, request.pk, request.number, remark)


class _News:
    """One message about one request, ready for a verb."""

    def __init__(self, incoming: Incoming, message: RequestingMessage, request: LendingRequest) -> None:
        self.request, self.stands = request, request.state
        self.message, self.note = message, words_of(message.note)
        self.actor, self.at = actor_of(incoming), incoming.at
        self.said_at: datetime = message.header.timestamp
        self.conversation_id = incoming.conversation_id

    def was_said_before(self, action: Action) -> bool:
        """Whether this came late: the borrower's later word of this kind is known already."""
        return self._later.filter(word=action).exists()

    def was_missed_since(self) -> bool:
        """Whether the borrower's later complaint that it has not arrived is known already."""
        return self._later.filter(facts__not_arrived=True).exists()

    @property
    def _later(self) -> QuerySet[Exchanged]:
        return Exchanged.objects.filter(
            conversation_id=self.conversation_id, outward=False, said_at__gt=self.said_at
        )

    def asks(self, kind: str) -> bool:
        """Whether a question of this kind is open."""
        return any(each.kind == kind and not each.answered_at for each in self.request.questions.all())

    def is_marked(self, kind: str) -> bool:
        """Whether a mark of this kind stands on the request."""
        return any(each.kind == kind and not each.cleared_at for each in self.request.marks.all())

    def write(self, kind: str = MarkKind.BORROWER_WROTE) -> None:
        """Keep the words that came along."""
        if self.note:
            words.borrower_message(
                request_id=self.request.pk,
                text=self.note,
                actor=self.actor,
                at=self.at,
                kind=kind,
            )


def _received(news: _News) -> None:
    """A complaint that was made afterwards stays open, though it came first."""
    is_missed = news.is_marked(MarkKind.NOT_ARRIVED) and news.was_missed_since()
    loans.arrived(request_id=news.request.pk, actor=news.actor, at=news.at, is_missed=is_missed)
    news.write()


def _cancel(news: _News) -> None:
    """A no to our conditions is said with Cancel, too: both end the request, and the answer is yes."""
    if news.asks(QuestionKind.CONDITIONAL) and news.stands in s.BEFORE_SHIPPING:
        answers.conditions_refused(request_id=news.request.pk, actor=news.actor, at=news.at, cancel=True)
    else:
        answers.cancel_asked(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _renew(news: _News) -> None:
    """A renewal of what is not on loan is answered no; so is one that was asked before the item was sent back."""
    if news.asks(QuestionKind.RENEWAL):
        return
    if news.stands == s.ON_LOAN:
        loans.ask_renewal(request_id=news.request.pk, actor=news.actor, at=news.at)
    else:
        loans.renewal_too_late(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _shipped_return(news: _News) -> None:
    """Of a parcel that was said to be lost afterwards it is noted that it was sent."""
    if news.stands == s.SETTLING and news.was_said_before(Action.LOST):
        loans.sent_before_lost(request_id=news.request.pk, actor=news.actor, at=news.at)
    elif news.stands not in {s.COMING_BACK, s.COMPLETED}:
        loans.sent_back(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _shipped_forward(news: _News) -> None:
    loans.forwarded(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _notification(news: _News) -> None:
    """Words for people; and what the standard has no action for: agreeing to conditions, a complaint."""
    note, key = news.message.note, news.request.pk
    if says(note, Word.LOST):
        _lost(news)
        return
    if says(note, Word.HOLD_RETURN):
        _held_there(news)
        return
    waiting = news.asks(QuestionKind.CONDITIONAL)
    if says(note, Word.AGREE) and waiting:
        answers.conditions_accepted(request_id=key, actor=news.actor, at=news.at)
    if says(note, Word.RESEND) and news.stands in {s.COPY_SENT, s.COMPLETED}:
        loans.ask_resend(request_id=key, actor=news.actor, at=news.at)
    if says(note, Word.NOT_ARRIVED) and not news.was_said_before(Action.RECEIVED):
        loans.not_arrived(request_id=key, actor=news.actor, at=news.at)
    news.write()


def _held_there(news: _News) -> None:
    """Not once it was said that it is lost or on its way, though that came first."""
    if not (news.was_said_before(Action.LOST) or news.was_said_before(Action.SHIPPED_RETURN)):
        loans.held_there(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _lost(news: _News) -> None:
    """What was sent back after it was said to be lost has turned up."""
    turned_up = news.stands == s.COMING_BACK and news.was_said_before(Action.SHIPPED_RETURN)
    if news.stands != s.SETTLING and not turned_up:
        loans.lost(request_id=news.request.pk, actor=news.actor, at=news.at)
    news.write()


def _status(news: _News) -> None:
    answers.asked_status(request_id=news.request.pk, actor=news.actor, at=news.at)


_VERBS: dict[Action, Callable[[_News], None]] = {
    Action.RECEIVED: _received,
    Action.CANCEL: _cancel,
    Action.RENEW: _renew,
    Action.SHIPPED_RETURN: _shipped_return,
    Action.SHIPPED_FORWARD: _shipped_forward,
    Action.NOTIFICATION: _notification,
    Action.HOLD_RETURN: _held_there,
    Action.LOST: _lost,
    Action.STATUS_REQUEST: _status,
}
