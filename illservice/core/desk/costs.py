"""The card "Costs" of a request's page: its charges, what can be done with each, and what looks wrong."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from illservice.core import money
from illservice.core.clock import local_date
from illservice.core.desk.page import day_words, money_words
from illservice.core.desk.side import Side
from illservice.core.money import LOSSES, ChargeColumns, Payer, Settled, Standing
from illservice.core.workflow import Row

TONES: Mapping[str, str] = {
    Standing.OVERDUE: "bad",
    Standing.DUE: "warn",
    Standing.INVOICED: "warn",
    Standing.REFUND_DUE: "warn",
    Standing.PAID: "ok",
    Standing.REPLACED: "ok",
    Standing.REFUNDED: "ok",
    Standing.AGREED: "info",
    Standing.UNPRICED: "info",
}


def status_of(charge: ChargeColumns, today: date) -> dict[str, Any]:
    """How a charge stands, as components/_status.html prints it."""
    standing = charge.standing(today)
    return {"text": standing.label, "tone": TONES.get(standing, "neutral")}


def costs_part(
    side: Side,
    one: Any,
    slug: str,
    rows: Mapping[str, Row],
    at: datetime,
    *,
    warnings: list[str],
    policies: Mapping[int, str],
) -> dict[str, Any]:
    """What templates/desk/request_costs.html prints. Needs the request's charges at hand.

    `policies` names the versions of policies that set fees, by their keys.
    """
    today = local_date(at, one.library.timezone)
    note = rows.get("note_charge")
    return {
        "rows": [_row(side, one, slug, rows, each, today, policies) for each in one.charges.all()],
        "warnings": warnings,
        "add": [_button(side, one, slug, note, None)] if note else [],
    }


def too_much(one: Any, currency: str) -> list[str]:
    """What costs more than was agreed, or than anybody wanted to pay."""
    charges = list(one.charges.all())
    words = [
        _("%(kind)s: %(actual)s, but %(agreed)s was agreed.")
        % {
            "kind": each.get_kind_display().capitalize(),
            "actual": money_words(each.actual, each.currency),
            "agreed": money_words(each.agreed, each.currency),
        }
        for each in charges
        if money.more_than_agreed(each)
    ]
    if money.over_the_most(charges, one.max_cost, currency):
        words.append(
            _("It costs more than the most that would be paid: %(most)s.")
            % {"most": money_words(one.max_cost, currency)}
        )
    return words


def _row(
    side: Side,
    one: Any,
    slug: str,
    rows: Mapping[str, Row],
    charge: Any,
    today: date,
    policies: Mapping[int, str],
) -> dict[str, Any]:
    return {
        "kind": charge.get_kind_display(),
        "payer": charge.get_payer_display(),
        "status": status_of(charge, today),
        "owed": money_words(charge.owed, charge.currency),
        "details": [line for line in _details(charge, policies.get(charge.policy_id, "")) if line],
        "note": charge.note,
        "actions": [
            _button(side, one, slug, rows[code], charge) for code in _possible(charge) if code in rows
        ],
    }


def _details(charge: Any, policy: str) -> list[str]:
    """Everything else that is known of a charge, line by line."""
    known = {
        _("by loan policy %s"): policy,
        _("agreed: %s"): money_words(charge.agreed, charge.currency) if charge.actual is not None else "",
        _("invoice %s"): charge.invoice_number,
        _("invoiced on %s"): day_words(charge.invoiced_on),
        _("to be paid by %s"): day_words(charge.due_on) if charge.is_open else "",
        _("paid: %s"): money_words(charge.paid_amount, charge.currency),
        _("paid on %s"): day_words(charge.paid_on),
        _("paid by %s"): str(dict(money.PAYMENT_METHODS).get(charge.method, charge.method)),
        _("refund offered on %s"): day_words(charge.refund_offered_on) if charge.refund_due else "",
        _("refunded: %s"): money_words(charge.refunded_amount, charge.currency),
        _("refunded on %s"): day_words(charge.refunded_on),
        _("the owner wants %s"): charge.get_wish_display() if charge.wish and charge.kind in LOSSES else "",
    }
    return [words % value for words, value in known.items() if value]


def _possible(charge: Any) -> list[str]:
    if charge.is_open:
        pays = ["pay_charge", "invoice_charge"] if charge.payer != Payer.NOBODY else []
        return [*pays, "change_charge", "waive_charge"]
    refundable = charge.settled == Settled.PAID and charge.refunded_on is None
    return ["refund_charge"] if refundable else []


def _button(side: Side, one: Any, slug: str, row: Row, charge: Any) -> dict[str, Any]:
    """A button for one charge; which one stands in its address."""
    url = side.links.action(slug, one.number, row.action)
    if charge is not None:
        url = f"{url}?{urlencode({'charge': charge.ordinal})}"
    return {
        "code": row.action,
        "label": row.label,
        "url": url,
        "primary": charge is not None and charge.refund_due and row.action == "refund_charge",
        "method": "get",
        "title": row.words,
    }
