"""Messages as a partner's system writes them: read by nobody before, said at a moment of its own."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from illservice.exchange.services.receiving import Answer, receive
from illservice.protocols.iso18626.codec import write
from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    DeliveryInfo,
    Edition,
    Header,
    MessageInfo,
    Money,
    Reason,
    RequestingMessage,
    RetryInfo,
    Status,
    StatusInfo,
    SupplyingMessage,
)
from illservice.protocols.iso18626.moments import due_moment
from tests.world import NOON

NORTH, SOUTH = AgencyId("ISIL", "NORTH"), AgencyId("ISIL", "SOUTH")


@dataclass(frozen=True)
class Letter:
    """One message with a short name for failures; `hour` is when it was said, after NOON."""

    name: str
    data: bytes = field(repr=False)


def header(number: str, hour: float, theirs: str = "") -> Header:
    """Northfield borrows of Southfield."""
    return Header(SOUTH, NORTH, NOON + timedelta(hours=hour), number, theirs)


def answer(
    number: str,
    hour: float,
    status: Status | None,
    reason: Reason = Reason.STATUS_CHANGE,
    *,
    due: date | None = None,
    yes: bool | None = None,
    conditions: tuple[str, ...] = (),
    cost: str = "",
    note: str = "",
    link: str = "",
    **info: Any,
) -> Letter:
    """A message of the supplying library."""
    money = Money(Decimal(cost), "USD") if cost else None
    # What was not sent yet costs what is offered; what was sent costs what the delivery says.
    sent = status in {Status.LOANED, Status.COPY_COMPLETED}
    details = MessageInfo(reason, answer=yes, note=note, offered_costs=None if sent else money, **info)
    delivery = (
        DeliveryInfo(
            date_sent=NOON, conditions=conditions, costs=(money,) if money and sent else (), url=link
        )
        if conditions or link or (money and sent)
        else None
    )
    message = SupplyingMessage(
        header(number, hour),
        details,
        StatusInfo(status, due_date=due_moment(due) if due else None, last_change=NOON),
        delivery=None if status == Status.RETRY_POSSIBLE else delivery,
        retry=RetryInfo(conditions=conditions) if status == Status.RETRY_POSSIBLE else RetryInfo(),
    )
    name = " ".join(filter(None, [str(reason), str(status or ""), {True: "Y", False: "N", None: ""}[yes]]))
    return Letter(f"{name}@{hour:g}", write(message, Edition.V2021_2))


def wish(number: str, hour: float, action: Action, note: str = "") -> Letter:
    """A message of the requesting library."""
    message = RequestingMessage(header(number, hour), action, note)
    return Letter(f"{action}@{hour:g}", write(message, Edition.V2021_2))


def deliver(letter: Letter, sender_id: int, at: datetime) -> Answer:
    """Bring it to the function in which HTTP and loopback end."""
    return receive(letter.data, at=at, sender_id=sender_id)


def later(letter: Letter, name: str) -> Letter:
    """The same message under another name."""
    return replace(letter, name=name)
