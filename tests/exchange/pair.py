"""Two libraries of one deployment that borrow from each other over the loopback: Northfield asks, Southfield lends.

`post(at)` brings everything that waits to where it goes, and what that causes, until nothing waits any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import Actor
from illservice.core.models import OutboxRow, OutboxState
from illservice.directory.models import Library, Partnership, PartnerSystem, Reason, ReasonPurpose
from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection
from lending.models import LendingRequest
from requests_app.models import BorrowingRequest
from requests_app.services import lenders
from tests.world import NOON, House, World, ask_for, make_house, new_copy, new_loan

UNDO = timedelta(minutes=1)


def connect(library: Library, partner: Library, **values: Any) -> Connection:
    """One library's connection with another of the same deployment."""
    partnership, _new = Partnership.objects.update_or_create(
        library=library, partner=partner, defaults={"system": PartnerSystem.ISO18626, "is_active": True}
    )
    defaults: dict[str, Any] = {"partnership": partnership, "transport": Transport.LOOPBACK}
    return Connection.objects.create(**defaults | values)


@dataclass
class Pair:
    """Who borrows, who lends, who else could lend, and the clock of the story."""

    north: House
    south: House
    east: House
    at: datetime = NOON

    @property
    def desk(self) -> Actor:
        """The borrowing desk of Northfield."""
        return self.north.actor(Role.BORROWING)

    @property
    def lender(self) -> Actor:
        """The lending desk of Southfield."""
        return self.south.actor(Role.LENDING)

    def pass_time(self, **delta: float) -> datetime:
        """Let time go by and bring the post."""
        self.at += timedelta(**delta)
        self.post()
        return self.at

    def post(self) -> int:
        """Deliver what waits, after the undo window, until nothing waits. Returns how many rows left."""
        self.at += UNDO
        done = 0
        while due := [pk for pk in outbox.due_rows(at=self.at) if _is_message(pk)]:
            for row in due:
                outbox.deliver(row, at=self.at)
                done += 1
            self.at += timedelta(seconds=1)
        return done

    def ask(self, *houses: House, copy: bool = False) -> BorrowingRequest:
        """A patron of Northfield asks, and the desk asks these libraries in turn."""
        request = ask_for(self.north, new_copy() if copy else new_loan(), at=self.at)
        for hold in request.holds.all():
            raise AssertionError(f"{hold} holds it back")
        partners = [each.library.pk for each in houses or (self.south,)]
        lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=self.desk, at=self.at)
        lenders.ask(request_id=request.pk, actor=self.desk, at=self.at)
        self.post()
        return borrowed(request)

    def lent(self, request: BorrowingRequest, house: House | None = None) -> LendingRequest:
        """What the lender has of a request of ours."""
        library = (house or self.south).library
        return LendingRequest.objects.get(library=library, borrower_number__startswith=request.number)


def _is_message(pk: int) -> bool:
    return OutboxRow.objects.filter(pk=pk, kind="iso18626").exists()


def borrowed(request: BorrowingRequest) -> BorrowingRequest:
    """The request as it is now."""
    return BorrowingRequest.objects.get(pk=request.pk)


def failed_messages() -> list[str]:
    """What could not be sent, and why."""
    rows = OutboxRow.objects.filter(kind="iso18626", state=OutboxState.FAILED)
    return [f"{row.payload['word']}: {row.last_error}" for row in rows]


def make_pair(world: World) -> Pair:
    """Northfield with two lenders on the loopback, and the reasons they may give."""
    east = make_house("east", "Eastfield Library")
    for lender in (world.south, east):
        connect(world.north.library, lender.library)
        connect(lender.library, world.north.library)
    for purpose, code in (
        (ReasonPurpose.NOT_SUPPLIED, "NotOnShelf"),
        (ReasonPurpose.NOT_SUPPLIED, "PolicyProblem"),
        (ReasonPurpose.RETRY, "OnLoan"),
        (ReasonPurpose.RETRY, "NotCurrentAvailableForILL"),
        (ReasonPurpose.LENDER_NO, "NotOnShelf"),
        (ReasonPurpose.LENDER_NO, "OnLoan"),
    ):
        Reason.objects.create(
            purpose=purpose, code=f"{code.lower()}-{purpose[:3]}", staff_text=code, iso_code=code
        )
    return Pair(world.north, world.south, east)


def reason(purpose: str, code: str) -> Reason:
    """A shared reason by its code of ISO 18626."""
    return Reason.objects.get(purpose=purpose, iso_code=code)
