"""Money that is owed for a request: the columns of a charge, and what follows from them.

A charge is one sum with one reason. `agreed` is what was promised beforehand, `actual` what was named in the end; owed
is the actual amount, else the agreed one. Amounts are Decimal with two places and a currency (ISO 4217), and are never
added across currencies. Days are calendar days in the library's own zone; who noted what and when stands in the
events of the request.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, DateField, DecimalField, Expression, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

NO_DAY = date(9999, 12, 31)
BILL_DAYS = 30
"""Days that a bill of ours leaves for paying, unless somebody names another day."""
LATEST_BILL_MONTHS = 6
"""A lender bills a lost item within so many months of its due date (Interlibrary Loan Code for the United States)."""

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}")
CURRENCY = re.compile(r"[A-Z]{3}")


class ChargeKind(models.TextChoices):
    """What it is for."""

    SUPPLY = "supply", _("supply fee")
    FEE = "fee", _("fee for the request")
    LOSS = "loss", _("loss")
    DAMAGE = "damage", _("damage")
    LATE = "late", _("late fee")
    SHIPPING = "shipping", _("shipping")
    OTHER = "other", _("something else")


LOSSES = frozenset({ChargeKind.LOSS, ChargeKind.DAMAGE})


class Payer(models.TextChoices):
    """Who pays. We pay the partner; the partner or the patron pays us."""

    US = "us", _("we pay")
    PARTNER = "partner", _("the other library pays")
    PATRON = "patron", _("the patron pays")
    NOBODY = "nobody", _("nobody pays")


class Settled(models.TextChoices):
    """How it was settled; empty while it is open."""

    OPEN = "", _("open")
    PAID = "paid", _("paid")
    REPLACED = "replaced", _("replaced")
    WAIVED = "waived", _("waived")


class Wish(models.TextChoices):
    """What the owner of a lost or damaged item wants (Interlibrary Loan Code: compensation by its preference)."""

    UNSAID = "", _("not said")
    MONEY = "money", _("money")
    REPLACEMENT = "replacement", _("a replacement")


class Standing(models.TextChoices):
    """How a charge stands on a day."""

    UNPRICED = "unpriced", _("no amount yet")
    AGREED = "agreed", _("agreed")
    DUE = "due", _("to be paid")
    INVOICED = "invoiced", _("invoiced")
    OVERDUE = "overdue", _("overdue")
    PAID = "paid", _("paid")
    REPLACED = "replaced", _("replaced")
    WAIVED = "waived", _("waived")
    REFUND_DUE = "refund_due", _("refund due")
    REFUNDED = "refunded", _("refunded")


PAYMENT_METHODS: tuple[tuple[str, Any], ...] = (
    ("BankTransfer", _("bank transfer")),
    ("CreditCard", _("credit card")),
    ("DebitCard", _("debit card")),
    ("Account", _("on account")),
    ("IFM", "IFM"),
    ("IFLAVoucher", _("IFLA voucher")),
    ("EFTS", "EFTS"),
    ("IBS", "IBS"),
    ("IIBS", "IIBS"),
    ("LAPS", "LAPS"),
    ("Paypal", "PayPal"),
    ("Cash", _("cash")),
)
"""Ways of paying: the open list of ISO 18626 (PaymentMethod), an account, cash at the desk. Other codes are kept."""


def amount(label: Any) -> "models.DecimalField[Any, Any]":
    """A column for money."""
    return models.DecimalField(label, max_digits=9, decimal_places=2, null=True, blank=True)


def _not_negative(*names: str) -> Q:
    condition = Q()
    for name in names:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0})
    return condition


AMOUNTS = ("agreed", "actual", "paid_amount", "refunded_amount")


class ChargeColumns(models.Model):
    """One sum. `ordinal` names it within its request; `bill_key` the step of a ladder that billed it, once each.

    The note is for staff and stands in no event. `refund_offered_on`: what was paid for turned up, so the money goes
    back.
    """

    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(_("what for"), max_length=10, choices=ChargeKind)
    payer = models.CharField(_("who pays"), max_length=10, choices=Payer)
    agreed = amount(_("agreed"))
    actual = amount(_("actual"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    method = models.CharField(_("way of paying"), max_length=30, blank=True, default="")
    invoice_number = models.CharField(_("invoice number"), max_length=60, blank=True, default="")
    noted_on = models.DateField(_("noted"))
    invoiced_on = models.DateField(_("invoiced"), null=True, blank=True)
    due_on = models.DateField(_("to be paid by"), null=True, blank=True)
    paid_on = models.DateField(_("paid"), null=True, blank=True)
    paid_amount = amount(_("amount paid"))
    settled = models.CharField(_("settled"), max_length=10, choices=Settled, blank=True, default="")
    settled_on = models.DateField(null=True, blank=True)
    refund_offered_on = models.DateField(_("refund offered"), null=True, blank=True)
    refunded_on = models.DateField(_("refunded"), null=True, blank=True)
    refunded_amount = amount(_("amount refunded"))
    wish = models.CharField(_("the owner wants"), max_length=12, choices=Wish, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    bill_key = models.CharField(max_length=40, null=True, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["ordinal"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "ordinal"], name="%(class)s_ordinal_once"),
            models.UniqueConstraint(fields=["request", "bill_key"], name="%(class)s_bill_once"),
            models.UniqueConstraint(
                fields=["library", "partner", "invoice_number"],
                name="%(class)s_invoice_once",
                condition=~Q(invoice_number=""),
            ),
            models.UniqueConstraint(
                fields=["library", "invoice_number"],
                name="%(class)s_own_invoice_once",
                condition=Q(partner__isnull=True) & ~Q(invoice_number=""),
            ),
            models.CheckConstraint(condition=_not_negative(*AMOUNTS), name="%(class)s_not_negative"),
            models.CheckConstraint(
                condition=~Q(currency="") | Q(**{f"{name}__isnull": True for name in AMOUNTS}),
                name="%(class)s_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(settled="paid", paid_on__isnull=False, paid_amount__isnull=False)
                | (~Q(settled="paid") & Q(paid_on__isnull=True, paid_amount__isnull=True)),
                name="%(class)s_paid_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__isnull=True, refunded_on__isnull=True)
                | Q(
                    refunded_amount__isnull=False,
                    refunded_on__isnull=False,
                    paid_amount__isnull=False,
                    refunded_amount__lte=F("paid_amount"),
                ),
                name="%(class)s_refund_of_paid",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["library", "due_on", "id"], name="%(class)s_open", condition=Q(settled="")),
            models.Index(fields=["library", "noted_on", "id"], name="%(class)s_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owed if self.owed is not None else '–'} {self.currency}".strip()

    @property
    def owed(self) -> Decimal | None:
        """The actual amount, else the agreed one; None while nobody has named any."""
        named: Decimal | None = self.actual if self.actual is not None else self.agreed
        return named

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it."""
        return self.settled == Settled.OPEN

    @property
    def is_owed(self) -> bool:
        """Whether somebody still owes money for it."""
        return self.is_open and self.payer != Payer.NOBODY and bool(self.owed)

    @property
    def refund_due(self) -> bool:
        """Whether money that was paid is to go back."""
        return self.refund_offered_on is not None and self.refunded_on is None

    def standing(self, today: date) -> Standing:
        """How it stands on a day of the library's zone."""
        if self.settled == Settled.PAID:
            if self.refunded_on is not None:
                return Standing.REFUNDED
            return Standing.REFUND_DUE if self.refund_due else Standing.PAID
        if not self.is_open:
            return Standing(self.settled)
        if self.owed is None:
            return Standing.UNPRICED
        if self.due_on is not None and self.due_on < today:
            return Standing.OVERDUE
        if self.invoiced_on is not None:
            return Standing.INVOICED
        return Standing.AGREED if self.actual is None else Standing.DUE


OWED = Q(settled="") & ~Q(payer=Payer.NOBODY) & (Q(actual__gt=0) | Q(actual__isnull=True, agreed__gt=0))
"""Charges for which somebody owes money."""
REFUND_DUE = Q(settled="paid", refund_offered_on__isnull=False, refunded_on__isnull=True)
OUTSTANDING = OWED | REFUND_DUE


def standing_is(standing: str, today: date) -> Q:
    """The charges that stand so on a day; as `ChargeColumns.standing`."""
    is_open, priced = Q(settled=""), Q(actual__isnull=False) | Q(agreed__isnull=False)
    late = Q(due_on__isnull=False, due_on__lt=today)
    in_time = Q(due_on__isnull=True) | Q(due_on__gte=today)
    waits = is_open & priced & in_time
    found: dict[str, Q] = {
        Standing.UNPRICED: is_open & Q(actual__isnull=True, agreed__isnull=True),
        Standing.OVERDUE: is_open & priced & late,
        Standing.INVOICED: waits & Q(invoiced_on__isnull=False),
        Standing.AGREED: waits & Q(invoiced_on__isnull=True, actual__isnull=True),
        Standing.DUE: waits & Q(invoiced_on__isnull=True, actual__isnull=False),
        Standing.PAID: Q(settled="paid", refund_offered_on__isnull=True, refunded_on__isnull=True),
        Standing.REFUND_DUE: REFUND_DUE,
        Standing.REFUNDED: Q(settled="paid", refunded_on__isnull=False),
        Standing.REPLACED: Q(settled="replaced"),
        Standing.WAIVED: Q(settled="waived"),
    }
    return found[standing]


def outstanding_amount() -> Expression:
    """What is still to be paid, or to be paid back."""
    money = DecimalField(max_digits=9, decimal_places=2)
    return Case(
        When(REFUND_DUE, then=F("paid_amount")),
        default=Coalesce("actual", "agreed", output_field=money),
        output_field=money,
    )


def we_pay() -> Q:
    """Of what is outstanding, what we pay: our debts, and what goes back to those who paid us."""
    return (Q(payer=Payer.US) & Q(settled="")) | (~Q(payer=Payer.US) & Q(settled="paid"))


def day_to_sort() -> Expression:
    """By when it is to be paid; without a day last."""
    return Coalesce("due_on", Value(NO_DAY, output_field=DateField()), output_field=DateField())


CHANGED = "charge"
"""The name under which an event keeps what became of a charge: [before, after], each as `facts_for_event`."""


def facts_for_event(charge: ChargeColumns) -> dict[str, Any]:
    """What an event keeps of a charge: numbers and codes, no words."""
    return {
        "ordinal": charge.ordinal,
        "kind": charge.kind,
        "payer": charge.payer,
        "owed": None if charge.owed is None else str(charge.owed),
        "currency": charge.currency,
        "settled": charge.settled,
        "paid": None if charge.paid_amount is None else str(charge.paid_amount),
        "refunded": None if charge.refunded_amount is None else str(charge.refunded_amount),
    }


def words_of_change(before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    """What an event kept, for the history: the sum, and the one before where it was another."""
    kind = str(dict(ChargeKind.choices).get(after["kind"], after["kind"]))
    name = "refunded" if after["refunded"] else "paid" if after["paid"] else "owed"
    now, was = _sum(after, name), _sum(before, "owed") if before else ""
    if was and now and was != now:
        now = f"{was} → {now}"
    return f"{kind}: {now}" if now else kind


def _sum(facts: dict[str, Any], name: str) -> str:
    return f"{facts[name]} {facts['currency']}" if facts[name] is not None else ""


def known_currency(code: str, otherwise: str) -> str:
    """A currency code as it is stored, the other one where none is given."""
    return code.strip().upper() or otherwise


def more_than_agreed(charge: ChargeColumns) -> bool:
    """Whether more was named in the end than was agreed."""
    return charge.actual is not None and charge.agreed is not None and charge.actual > charge.agreed


def over_the_most(charges: Iterable[ChargeColumns], most: Decimal | None, currency: str) -> bool:
    """Whether what is asked for the supply, in the currency of the limit, is more than anybody wanted to pay."""
    if most is None:
        return False
    asked = [
        each.owed
        for each in charges
        if each.kind in {ChargeKind.SUPPLY, ChargeKind.SHIPPING}
        and each.payer in {Payer.US, Payer.PARTNER}
        and each.settled not in {Settled.WAIVED, Settled.REPLACED}
        and each.currency == currency
        and each.owed is not None
    ]
    return sum(asked, Decimal(0)) > most


def bill_until(due: date | None) -> date | None:
    """The last day on which a loss is billed in time: six months after the due date, on the same day of the month."""
    if due is None:
        return None
    months = due.month - 1 + LATEST_BILL_MONTHS
    year, month = due.year + months // 12, months % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=due.day - 1), first_of_next - timedelta(days=1))


PACKED = (
    "ordinal", "kind", "payer", *AMOUNTS, "currency", "method", "invoice_number", "noted_on", "invoiced_on", "due_on",
    "paid_on", "settled", "settled_on", "refund_offered_on", "refunded_on", "wish", "note", "bill_key", "partner_id",
)  # fmt: skip
"""Columns that a request's page needs of its charges."""
