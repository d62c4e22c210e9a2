"""What a message says, as plain values for the rules and for the page; of free words and persons nothing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from illservice.exchange.kinds import Outward
from illservice.protocols.iso18626.messages import Action, Money, Request, RequestingMessage, SupplyingMessage
from illservice.protocols.iso18626.moments import calendar_date
from illservice.protocols.iso18626.notes import Word, says


def word_of(message: Outward) -> str:
    """The one word that says what it is: the kind of request, the action, or reason and status.

    A loss is a loss also where the edition has no action for it.
    """
    if isinstance(message, Request):
        kind = message.service.request_type if message.service else None
        return str(kind or "New")
    if isinstance(message, RequestingMessage):
        return str(Action.LOST if says(message.note, Word.LOST) else message.action)
    return f"{message.info.reason} {message.status.status or ''}".strip()[:40]


def facts_of(message: Outward, zone: str) -> dict[str, Any]:
    """The facts of a message of a supplying library; days are days in its zone. Of others only what they are, and
    whether they complain that nothing has arrived.
    """
    if isinstance(message, RequestingMessage) and says(message.note, Word.NOT_ARRIVED):
        return {"not_arrived": True}
    if not isinstance(message, SupplyingMessage):
        return {}
    info, status, delivery = message.info, message.status, message.delivery
    costs = [*(delivery.costs if delivery else ()), *([info.offered_costs] if info.offered_costs else [])]
    return {
        "reason": str(info.reason),
        "status": str(status.status or ""),
        "answer": info.answer,
        "due": _day(status.due_date, zone),
        "expected": _day(status.expected_delivery, zone),
        "conditions": [*(delivery.conditions if delivery else ()), *message.retry.conditions],
        **_money(costs),
        "reason_unfilled": str(info.reason_unfilled),
        "reason_retry": str(info.reason_retry),
        "retry_after": _day(info.retry_after, zone),
        "retry_service": str(message.retry.service_type or ""),
        "link": delivery.link if delivery else "",
        "item": delivery.item_ids[0][:60] if delivery and delivery.item_ids else "",
        "has_note": bool(info.note.strip()),
    }


def _day(moment: datetime | None, zone: str) -> str:
    return calendar_date(moment, ZoneInfo(zone)).isoformat() if moment else ""


def _money(costs: list[Money]) -> dict[str, str]:
    """What it costs altogether, when it is in one currency."""
    currencies = {str(cost.currency) for cost in costs}
    if len(currencies) != 1:
        return {"cost": "", "currency": ""}
    return {"cost": str(sum(cost.amount for cost in costs)), "currency": currencies.pop()[:3]}
