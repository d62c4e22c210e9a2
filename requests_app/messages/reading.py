"""What one lender said, and what that changed: read under the lock of the request."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from illservice.core.actors import Actor, ActorKind
from illservice.core.statements import Prepared, number
from illservice.core.workflow.reading import read_beside
from illservice.exchange.kinds import Incoming, Side, Unacceptable
from illservice.exchange.models import Conversation, Exchanged
from illservice.protocols.iso18626.messages import ErrorType
from requests_app.messages.news import Said, Standing, plausible, standing
from requests_app.models import BorrowingRequest, LenderTry, TryStatus
from requests_app.services.base import lock_request, lock_request_of_try
from requests_app.workflow import MACHINE
from requests_app.workflow.facts import MAY_COME_LATE
from requests_app.workflow.states import MarkKind

ACTIVE = frozenset({TryStatus.SHIPPED, TryStatus.RECEIVED, TryStatus.RETURNED})
"""Tries whose item was sent."""


@dataclass(slots=True)
class News:
    """What one lender said, what that changed, and the request it is about."""

    request: BorrowingRequest
    lender_try: LenderTry
    said: Said
    before: Standing
    after: Standing
    actor: Actor
    at: datetime

    @property
    def is_asked(self) -> bool:
        """Whether this lender is the one being asked now."""
        return self.lender_try.open

    @property
    def counts(self) -> bool:
        """Whether its item is the one that the request is about."""
        return self.lender_try.open or (self.lender_try.status in ACTIVE and not self.is_second)

    @property
    def is_second(self) -> bool:
        """Whether its item came beside the one that counts."""
        key = self.lender_try.pk
        return any(item.second_copy and item.lender_try_id == key for item in self.request.items.all())

    @property
    def is_left_alone(self) -> bool:
        """Whether we had moved on from it, it sent nothing, and no other lender like it sends anything."""
        left = {each.pk: each for each in self.request.tries.all() if each.status in MAY_COME_LATE}
        if self.lender_try.shipped_at or left.pop(self.lender_try.pk, None) is None:
            return False
        return not any(each.shipped_at or _will_come(each, self.request) for each in left.values())

    def asks(self, kind: str) -> bool:
        """Whether a question of this kind is open."""
        return any(each.kind == kind and not each.answered_at for each in self.request.questions.all())

    @property
    def asks_back(self) -> bool:
        """Whether it is recalled already."""
        return self.is_marked(MarkKind.RECALLED)

    def is_marked(self, kind: str) -> bool:
        """Whether a mark of this kind stands on the request."""
        return any(each.kind == kind and not each.cleared_at for each in self.request.marks.all())

    def again(self) -> None:
        """Read request and try once more, after a step changed them."""
        self.request = lock_request(self.request.pk)
        self.lender_try = _the_try(self.request, self.lender_try.pk)


def news_of(incoming: Incoming) -> News:
    """Before and after this message, under the lock of the request."""
    request = lock_request_of_try(incoming.topic, incoming.library, incoming.partner_id)
    if request is None:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "there is no such request")
    lender_try = _the_try(request, incoming.topic)
    known = _said_in(incoming.conversation_id, request)
    newest = int(incoming.cause.partition(":")[2])
    said = next(each for each in known if each.key == newest)
    actor = Actor(
        ActorKind.PARTNER, id=incoming.partner_id, library_id=incoming.library_id, cause=incoming.cause
    )
    before = standing(each for each in known if each is not said)
    return News(request, lender_try, said, before, standing(known), actor, incoming.at)


def _said_in(conversation_id: int, request: BorrowingRequest) -> list[Said]:
    zone = ZoneInfo(request.library.timezone)
    return [
        Said.from_facts(key, plausible(said_at, came_at).astimezone(zone), facts)
        for key, said_at, came_at, facts in _SAID.rows(conversation=conversation_id)
    ]


def _will_come(lender_try: LenderTry, request: BorrowingRequest) -> bool:
    """Whether this lender said that it does not cancel, and has not given up since."""
    about = Conversation.objects.filter(
        library_id=request.library_id, side=Side.BORROWING, topic=lender_try.pk
    )
    return any(standing(_said_in(key, request)).will_come for key in about.values_list("pk", flat=True))


def _the_try(request: BorrowingRequest, key: int) -> LenderTry:
    """The lender's own try, among all that stands beside the request: what follows will ask for the rest, too."""
    read_beside(request, MACHINE.beside)
    try:
        return next(each for each in request.tries.all() if each.pk == key)
    except StopIteration:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "there is no such request") from None


_SAID = Prepared(
    lambda: Exchanged.objects.filter(conversation_id=number("conversation"), outward=False).values_list(
        "pk", "said_at", "at", "facts"
    )
)
