"""What the stand-in partner says as a lender: a scenario is chosen by a word in the request's note or title.

Pure: a `Case` takes what the borrower says and returns what the lender says, in order. No network, no database.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    DeliveryInfo,
    Header,
    MessageInfo,
    Money,
    Reason,
    Request,
    RequestingMessage,
    RequestType,
    ServiceType,
    Status,
    StatusInfo,
    SupplyingMessage,
)
from illservice.protocols.iso18626.moments import due_moment
from illservice.protocols.iso18626.notes import Word, says

LOAN_DAYS, RECALL_DAYS = 28, 7
CONDITION, CHARGE = "LibraryUseOnly", Money(Decimal("15.00"), "USD")
DEAR = Money(Decimal("25.00"), "USD")


class Scenario(StrEnum):
    """The words; without one it is loaned."""

    LOANED = "loaned"
    UNFILLED = "unfilled"
    CONDITIONAL = "conditional"
    RETRY = "retry"
    OVERDUE = "overdue"
    RECALLED = "recalled"
    CANCEL_REFUSED = "cancel refused"
    SILENT = "silent"
    HTTP_500 = "HTTP 500"


def scenario_of(request: Request) -> Scenario:
    """The first word found, in the note, else in the titles, whatever its case and the blanks in it."""
    note = request.service.note if request.service else ""
    titles = f"{request.bibliographic.title}\n{request.bibliographic.title_of_component}"
    for text in (note, titles):
        found = [(place, each) for each in Scenario if (place := _place(each, text)) >= 0]
        if found:
            return min(found)[1]
    return Scenario.LOANED


def _place(scenario: Scenario, text: str) -> int:
    words = r"[\s_-]*".join(re.escape(word) for word in scenario.split())
    found = re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE)
    return found.start() if found else -1


@dataclass(slots=True)
class Case:
    """One request, as the lender knows it. `said_at` only ever moves on, so that the messages have an order."""

    request: Request
    scenario: Scenario
    symbol: AgencyId | None = None
    link: str = ""
    status: Status = Status.REQUEST_RECEIVED
    due: date | None = None
    said_at: datetime | None = None
    log: list[Action] = field(default_factory=list)

    @property
    def is_copy(self) -> bool:
        """Whether a copy was asked for."""
        service = self.request.service
        return service is not None and service.service_type == ServiceType.COPY

    def begin(self, at: datetime) -> list[SupplyingMessage]:
        """The first answers."""
        return _BEGINNINGS.get(self.scenario, _send)(self, at)

    def again(self, request: Request, at: datetime) -> list[SupplyingMessage]:
        """A reminder is answered with how things stand; another attempt is supplied, another New is the first one."""
        kind = request.service.request_type if request.service else None
        if kind == RequestType.REMINDER and self.scenario != Scenario.SILENT:
            return [self.say(at, Reason.STATUS_REQUEST_RESPONSE)]
        return []

    def hear(self, message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
        """What the lender says to what the borrower did."""
        if self.scenario == Scenario.SILENT:
            return []
        self.log.append(message.action)
        return _REACTIONS.get(message.action, _nothing)(self, message, at)

    def say(
        self,
        at: datetime,
        reason: Reason,
        status: Status | None = None,
        *,
        answer: bool | None = None,
        delivery: DeliveryInfo | None = None,
        **info: object,
    ) -> SupplyingMessage:
        """One message; a new status is remembered."""
        self.said_at = max(at, self.said_at + timedelta(seconds=1)) if self.said_at else at
        self.status = status or self.status
        asked = self.request.header
        header = Header(
            supplying=self.symbol or asked.supplying or AgencyId("LOCAL", "PEER"),
            requesting=asked.requesting,
            timestamp=self.said_at,
            requesting_request_id=asked.requesting_request_id,
            supplying_request_id=f"P-{asked.requesting_request_id}",
        )
        is_out = self.status in {Status.LOANED, Status.OVERDUE, Status.RECALLED}
        due = due_moment(self.due) if self.due and is_out else None
        said = MessageInfo(reason, answer=answer)
        return SupplyingMessage(
            header,
            replace(said, **info) if info else said,  # type: ignore[arg-type]  # fields of MessageInfo
            StatusInfo(self.status, due_date=due, last_change=self.said_at),
            delivery=delivery,
        )


def _send(case: Case, at: datetime) -> list[SupplyingMessage]:
    """Promised, and sent."""
    return [case.say(at, Reason.REQUEST_RESPONSE, Status.WILL_SUPPLY), *_ship(case, at)]


def _ship(case: Case, at: datetime, conditions: tuple[str, ...] = ()) -> list[SupplyingMessage]:
    if case.is_copy:
        way = "URL" if case.link else "Mail"
        delivery = DeliveryInfo(date_sent=at, sent_via=way, url=case.link)
        return [case.say(at, Reason.STATUS_CHANGE, Status.COPY_COMPLETED, delivery=delivery)]
    case.due = at.date() + timedelta(days=LOAN_DAYS)
    delivery = DeliveryInfo(
        date_sent=at, item_ids=(f"PEER-{case.request.header.requesting_request_id}",), sent_via="Mail",
        conditions=conditions,
    )  # fmt: skip
    return [case.say(at, Reason.STATUS_CHANGE, Status.LOANED, delivery=delivery)]


def _unfilled(case: Case, at: datetime) -> list[SupplyingMessage]:
    return [case.say(at, Reason.REQUEST_RESPONSE, Status.UNFILLED, reason_unfilled="NotOnShelf")]


def _conditional(case: Case, at: datetime) -> list[SupplyingMessage]:
    delivery = DeliveryInfo(date_sent=at, conditions=(CONDITION,))
    return [
        case.say(at, Reason.REQUEST_RESPONSE, Status.WILL_SUPPLY, delivery=delivery, offered_costs=CHARGE)
    ]


def _retry(case: Case, at: datetime) -> list[SupplyingMessage]:
    """Too dear for what was offered; what is asked once more is supplied."""
    kind = case.request.service.request_type if case.request.service else None
    if kind == RequestType.RETRY:
        return _send(case, at)
    return [
        case.say(
            at,
            Reason.REQUEST_RESPONSE,
            Status.RETRY_POSSIBLE,
            reason_retry="CostExceedsMaxCost",
            offered_costs=DEAR,
        )
    ]


def _overdue(case: Case, at: datetime) -> list[SupplyingMessage]:
    said = _send(case, at)
    return said if case.is_copy else [*said, case.say(at, Reason.STATUS_CHANGE, Status.OVERDUE)]


def _recalled(case: Case, at: datetime) -> list[SupplyingMessage]:
    said = _send(case, at)
    if case.is_copy:
        return said
    case.due = at.date() + timedelta(days=RECALL_DAYS)
    return [*said, case.say(at, Reason.STATUS_CHANGE, Status.RECALLED)]


def _promise(case: Case, at: datetime) -> list[SupplyingMessage]:
    """It is sent once the borrower has asked to cancel."""
    return [case.say(at, Reason.REQUEST_RESPONSE, Status.WILL_SUPPLY)]


def _say_nothing(_case: Case, _at: datetime) -> list[SupplyingMessage]:
    return []


_BEGINNINGS: dict[Scenario, Callable[[Case, datetime], list[SupplyingMessage]]] = {
    Scenario.UNFILLED: _unfilled,
    Scenario.CONDITIONAL: _conditional,
    Scenario.RETRY: _retry,
    Scenario.OVERDUE: _overdue,
    Scenario.RECALLED: _recalled,
    Scenario.CANCEL_REFUSED: _promise,
    Scenario.SILENT: _say_nothing,
    Scenario.HTTP_500: _say_nothing,
}


def _cancel(case: Case, _message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    """Yes while nothing is sent; in its scenario a no, and it is sent all the same."""
    if case.scenario == Scenario.CANCEL_REFUSED and case.status == Status.WILL_SUPPLY:
        return [case.say(at, Reason.CANCEL_RESPONSE, answer=False), *_ship(case, at)]
    if case.status in {Status.REQUEST_RECEIVED, Status.WILL_SUPPLY, Status.RETRY_POSSIBLE}:
        return [case.say(at, Reason.CANCEL_RESPONSE, Status.CANCELLED, answer=True)]
    return [case.say(at, Reason.CANCEL_RESPONSE, answer=case.status == Status.CANCELLED)]


def _renew(case: Case, _message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    """Renewed, unless it was called back or is not out."""
    if case.status not in {Status.LOANED, Status.OVERDUE} or case.due is None:
        return [case.say(at, Reason.RENEW_RESPONSE, answer=False)]
    case.due += timedelta(days=LOAN_DAYS)
    return [case.say(at, Reason.RENEW_RESPONSE, Status.LOANED, answer=True)]


def _returned(case: Case, _message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    return [case.say(at, Reason.STATUS_CHANGE, Status.LOAN_COMPLETED)]


def _stands(case: Case, _message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    return [case.say(at, Reason.STATUS_REQUEST_RESPONSE)]


def _written(case: Case, message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    """Conditions that are accepted, a copy that cannot be used, a loss in the words of 1.2."""
    agrees = says(message.note, Word.AGREE) or "agree to the conditions" in message.note
    if case.scenario == Scenario.CONDITIONAL and case.status == Status.WILL_SUPPLY and agrees:
        return _ship(case, at, (CONDITION,))
    if case.status == Status.COPY_COMPLETED and says(message.note, Word.RESEND):
        return _ship(case, at)
    if says(message.note, Word.LOST):
        return _lost(case, message, at)
    return []


def _lost(case: Case, _message: RequestingMessage, at: datetime) -> list[SupplyingMessage]:
    """Named with what it costs, and closed as if that were paid."""
    return [
        case.say(at, Reason.NOTIFICATION, offered_costs=DEAR, note="This is what the lost item costs."),
        case.say(at, Reason.STATUS_CHANGE, Status.COMPLETED_WITHOUT_RETURN),
    ]


def _nothing(_case: Case, _message: RequestingMessage, _at: datetime) -> list[SupplyingMessage]:
    return []


_REACTIONS: dict[Action, Callable[[Case, RequestingMessage, datetime], list[SupplyingMessage]]] = {
    Action.CANCEL: _cancel,
    Action.RENEW: _renew,
    Action.SHIPPED_RETURN: _returned,
    Action.STATUS_REQUEST: _stands,
    Action.NOTIFICATION: _written,
    Action.LOST: _lost,
}
