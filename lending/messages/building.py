"""From an outbox row of the lending side to a message of ISO 18626: what was true when the row was written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_noop

from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import Superseded, enqueue
from illservice.directory.models import Reason as CodedReason
from illservice.documents.models import DocumentLink
from illservice.documents.services import address_of
from illservice.exchange.kinds import Manners, Outgoing, Quirk
from illservice.protocols.iso18626.messages import (
    AgencyId,
    DeliveryInfo,
    Header,
    MessageInfo,
    Money,
    PhysicalAddress,
    Reason,
    RetryInfo,
    ReturnInfo,
    Status,
    StatusInfo,
    SupplyingMessage,
)
from illservice.protocols.iso18626.moments import due_moment
from lending.models import LendingMessage, LendingRequest
from lending.workflow import states as s
from lending.workflow.effects import s_word, wire_parcel
from lending.workflow.states import MarkKind

NOBODY = AgencyId("", "")
_WITH_DATE = frozenset({Status.LOANED, Status.OVERDUE, Status.RECALLED})


@dataclass(frozen=True, slots=True)
class Said:
    """The facts of a row: frozen ones, and the request they are about."""

    request: LendingRequest
    facts: Mapping[str, Any]
    at: datetime

    @property
    def due(self) -> date | None:
        return parse_date(self.facts.get("due") or "")

    @property
    def conditions(self) -> tuple[str, ...]:
        return tuple(self.facts.get("conditions") or ())

    @property
    def money(self) -> Money | None:
        cost = self.facts.get("cost")
        return Money(Decimal(cost), self.facts.get("currency", "")) if cost else None

    @property
    def status(self) -> Status:
        return Status(self.facts["status"])

    @property
    def first(self) -> Reason:
        """The first answer is a RequestResponse, every later one a StatusChange."""
        return Reason.REQUEST_RESPONSE if self.facts.get("first") else Reason.STATUS_CHANGE


def build(payload: Mapping[str, Any], at: datetime, manners: Manners) -> Outgoing:
    """The message of a row, or Superseded."""
    request = (
        LendingRequest.objects.select_related("library", "borrower", "reason")
        .filter(pk=payload["request"])
        .first()
    )
    if request is None:
        raise Superseded(gettext_noop("the request is gone"))
    if payload["word"] == "status":
        _wait_for_what_may_be_undone(request, payload, at)
    said = Said(request, payload, _moment(payload["at"]))
    message = _WORDS[payload["word"]](said)
    header = Header(
        supplying=None,
        requesting=NOBODY,
        timestamp=said.at,
        requesting_request_id=request.borrower_number,
        supplying_request_id=request.number,
    )
    message = _with_note(replace(message, header=header), said)
    return Outgoing(
        message=_mannered(message, manners.quirks),
        library_id=request.library_id,
        partner_id=request.borrower_id,
        requesting_id=request.borrower_number,
        number=request.number,
        topic=request.pk,
    )


def _wait_for_what_may_be_undone(request: LendingRequest, payload: Mapping[str, Any], at: datetime) -> None:
    """Who asks how far it is never hears what the desk may still take back: the answer goes behind the act's own
    messages. Those that were taken back since the request was read count, too: it is read anew then."""
    if not request.undo:
        return
    act, asked = UUID(request.undo["act"]), f"{_moment(payload['at']):%y%m%d%H%M%S%f}"
    again = wire_parcel(request, f"status:{act.hex[:16]}:{asked}", {**payload, "at": at})
    told = (OutboxState.DONE, OutboxState.FAILED, OutboxState.SUPERSEDED)
    if not OutboxRow.objects.filter(act=act, stream=again.stream).exclude(state__in=told).exists():
        return
    enqueue(again, at=at)
    raise Superseded(gettext_noop("it is answered after what the desk may still take back"))


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    if moment is None:
        raise ValueError("a row without a moment")
    return moment


def _message(
    said: Said, info: MessageInfo, status: Status, *, delivery: DeliveryInfo | None = None, **more: Any
) -> SupplyingMessage:
    header = Header(None, NOBODY, said.at, said.request.borrower_number)
    due = due_moment(said.due) if said.due and status in _WITH_DATE else None
    return SupplyingMessage(
        header, info, StatusInfo(status, due_date=due, last_change=said.at), delivery=delivery, **more
    )


Maker = Callable[[Said], SupplyingMessage]


def _plain(reason: Reason | None, status: Status | None = None, answer: bool | None = None) -> Maker:
    """A message that says no more than reason, status and answer; without a status the one the request has."""

    def make(said: Said) -> SupplyingMessage:
        return _message(said, MessageInfo(reason or said.first, answer=answer), status or said.status)

    return make


def _conditional(said: Said) -> SupplyingMessage:
    """WillSupply with conditions or costs: the borrower decides (design §3)."""
    info = MessageInfo(said.first, offered_costs=said.money)
    delivery = DeliveryInfo(date_sent=said.at, conditions=said.conditions) if said.conditions else None
    return _message(said, info, Status.WILL_SUPPLY, delivery=delivery)


def _code(said: Said) -> str:
    reason = CodedReason.objects.filter(pk=said.facts.get("reason") or 0).first()
    return (reason.iso_code or reason.code) if reason else ""


def _unfilled(said: Said) -> SupplyingMessage:
    return _message(said, MessageInfo(said.first, reason_unfilled=_code(said)), Status.UNFILLED)


def _retry(said: Said) -> SupplyingMessage:
    after = parse_date(said.facts.get("retry_after") or "")
    info = MessageInfo(
        said.first,
        reason_retry=_code(said),
        offered_costs=said.money,
        retry_after=due_moment(after) if after else None,
    )
    return _message(said, info, Status.RETRY_POSSIBLE, retry=RetryInfo(conditions=said.conditions))


def _shipped(said: Said) -> SupplyingMessage:
    items = tuple(item.barcode for item in said.request.items.all() if item.barcode)
    delivery = DeliveryInfo(
        date_sent=said.at,
        item_ids=items,
        sent_via="Mail",
        sent_to_patron=said.request.sent_to_patron or None,
        conditions=said.conditions,
        costs=(said.money,) if said.money else (),
    )
    return _message(
        said, MessageInfo(said.first), Status.LOANED, delivery=delivery, returning=_returning(said)
    )


def _returning(said: Said) -> ReturnInfo:
    """Where it goes back to: our own address, line by line."""
    library = said.request.library
    lines = [line.strip() for line in library.address.splitlines() if line.strip()]
    address = PhysicalAddress(line1=lines[0][:100], line2=", ".join(lines[1:])[:200]) if lines else None
    return ReturnInfo(name=library.name, address=address)


def _copy(said: Said) -> SupplyingMessage:
    link = _link(said)
    delivery = DeliveryInfo(
        date_sent=said.at,
        sent_via="URL" if link else "Mail",
        format="PDF" if link else "PaperCopy",
        url=link,
        costs=(said.money,) if said.money else (),
    )
    return _message(said, MessageInfo(said.first), Status.COPY_COMPLETED, delivery=delivery)


def _link(said: Said) -> str:
    """The address of the copy; a link that was taken back meanwhile says nothing."""
    key = said.facts.get("document")
    if not key:
        return ""
    link = DocumentLink.objects.select_related("document").filter(pk=key).first()
    if link is None or not link.lives(said.at):
        raise Superseded(gettext_noop("the copy was taken back"))
    return address_of(link)


def _recall(said: Said) -> SupplyingMessage:
    _still(said, MarkKind.RECALLED, "it is not recalled any more")
    return _message(said, MessageInfo(Reason.STATUS_CHANGE), Status.RECALLED)


def _overdue(said: Said) -> SupplyingMessage:
    _still(said, MarkKind.OVERDUE, "it is not overdue any more")
    return _message(said, MessageInfo(Reason.STATUS_CHANGE), Status.OVERDUE)


def _still(said: Said, kind: str, words: str) -> None:
    """Checked again at sending: nobody is asked for what has come back meanwhile (design §3)."""
    marked = said.request.marks.filter(kind=kind, cleared_at__isnull=True).exists()
    if said.request.state != s.ON_LOAN or not marked:
        raise Superseded(words)


def _settled(said: Said) -> SupplyingMessage:
    """With what it cost in the end."""
    info = MessageInfo(Reason.STATUS_CHANGE, offered_costs=said.money)
    return _message(said, info, Status.COMPLETED_WITHOUT_RETURN)


def _cancelled(said: Said) -> SupplyingMessage:
    if said.facts.get("asked"):
        return _message(said, MessageInfo(Reason.CANCEL_RESPONSE, answer=True), Status.CANCELLED)
    return _message(said, MessageInfo(said.first), Status.CANCELLED)


def _not_cancelled(said: Said) -> SupplyingMessage:
    """The answer to a cancellation that found nothing to stop; of what is cancelled already it is yes."""
    answer = bool(said.facts.get("answer"))
    return _message(said, MessageInfo(Reason.CANCEL_RESPONSE, answer=answer), said.status)


def _status(said: Said) -> SupplyingMessage:
    """How it stands when the answer leaves: what the desk took back while the answer waited is not said."""
    now = said.request
    facts = {"status": s_word(now), "due": now.due.isoformat() if now.due else ""}
    now_said = replace(said, facts={**said.facts, **facts})
    return _message(now_said, MessageInfo(Reason.STATUS_REQUEST_RESPONSE), now_said.status)


def _lost(said: Said) -> SupplyingMessage:
    """Of a notification systems show the note: what it costs stands there, too."""
    note = f"lost or damaged, cost: {said.money.amount} {said.money.currency}" if said.money else ""
    return _message(said, MessageInfo(Reason.NOTIFICATION, offered_costs=said.money, note=note), said.status)


def _bill(said: Said) -> SupplyingMessage:
    """Of a notification systems show the note: number, sum and day stand there; a bill paid meanwhile is not sent."""
    charge = said.request.charges.filter(pk=said.facts.get("charge") or 0).first()
    if charge is None or not charge.is_owed:
        raise Superseded(gettext_noop("it was settled meanwhile"))
    parts = [f"invoice {said.facts['invoice']}", f"{said.facts['cost']} {said.facts['currency']}"]
    if said.facts.get("pay_by"):
        parts.append(f"to be paid by {said.facts['pay_by']}")
    return _message(
        said, MessageInfo(Reason.NOTIFICATION, offered_costs=said.money, note=", ".join(parts)), said.status
    )


_WORDS: dict[str, Maker] = {
    "expect": _plain(None, Status.EXPECT_TO_SUPPLY),
    "will": _plain(None, Status.WILL_SUPPLY),
    "conditional": _conditional,
    "unfilled": _unfilled,
    "retry": _retry,
    "shipped": _shipped,
    "copy": _copy,
    "renewed": _plain(Reason.RENEW_RESPONSE, Status.LOANED, answer=True),
    "not_renewed": _plain(Reason.RENEW_RESPONSE, answer=False),
    "due_changed": _plain(Reason.STATUS_CHANGE, Status.LOANED),
    "recall": _recall,
    "overdue": _overdue,
    "hold_return": _plain(Reason.STATUS_CHANGE, Status.HOLD_RETURN),
    "release_return": _plain(Reason.STATUS_CHANGE, Status.RELEASE_HOLD_RETURN),
    "checked_in": _plain(Reason.STATUS_CHANGE, Status.LOAN_COMPLETED),
    "settled": _settled,
    "cancelled": _cancelled,
    "not_cancelled": _not_cancelled,
    "status": _status,
    "message": _plain(Reason.NOTIFICATION),
    "lost": _lost,
    "bill": _bill,
}


def _with_note(message: SupplyingMessage, said: Said) -> SupplyingMessage:
    """What the desk wrote with the act goes along as the note."""
    key = said.facts.get("message")
    if not key:
        return message
    text = LendingMessage.objects.filter(pk=key, request=said.request).values_list("text", flat=True).first()
    if text is None:
        raise Superseded(gettext_noop("the message was taken back"))
    note = "\n".join(filter(None, (message.info.note, text)))
    return replace(message, info=replace(message.info, note=note))


def _mannered(message: SupplyingMessage, quirks: frozenset[str]) -> SupplyingMessage:
    """As this partner's system understands it."""
    if Quirk.NO_EXPECT in quirks and message.status.status == Status.EXPECT_TO_SUPPLY:
        message = replace(message, status=replace(message.status, status=Status.WILL_SUPPLY))
    if Quirk.STATUS_RECEIVED in quirks and message.info.reason == Reason.NOTIFICATION:
        message = replace(message, status=replace(message.status, status=Status.REQUEST_RECEIVED))
    if Quirk.REPEAT_IN_NOTE in quirks:
        message = replace(message, info=replace(message.info, note=_repeated(message)))
    return message


def _repeated(message: SupplyingMessage) -> str:
    """The note with conditions, charge, link and our address in words beside their elements."""
    delivery, costs, back = message.delivery, message.info.offered_costs, message.returning
    lines = [message.info.note]
    if delivery is not None:
        lines += [f"loanCondition: {word}" for word in delivery.conditions]
        lines += [f"cost: {each.amount} {each.currency}" for each in delivery.costs]
        lines += [f"link: {delivery.url}"] if delivery.url else []
    if costs is not None:
        lines.append(f"cost: {costs.amount} {costs.currency}")
    if back.address is not None:
        lines.append(
            f"return to: {', '.join(filter(None, (back.name, back.address.line1, back.address.line2)))}"
        )
    return "\n".join(line for line in lines if line)
