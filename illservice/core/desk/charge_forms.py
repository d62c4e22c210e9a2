"""The forms of money, the same at both desks. A charge is named by its number within the request, never by a key."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core import money as m
from illservice.core.clock import local_date
from illservice.core.desk.fields import CostForm, currency, day, lines, money, short_text, upper
from illservice.core.desk.forms import EMPTY, ActionDoor, ActionForm, PickField, with_facts
from illservice.core.workflow.money import Price

METHODS = [EMPTY, *m.PAYMENT_METHODS]


def method_field() -> forms.ChoiceField:
    """How it is paid."""
    return forms.ChoiceField(label=_("Way of paying"), required=False, choices=METHODS)


def words_of(charge: m.ChargeColumns) -> str:
    """A charge in one line, to choose it."""
    sum_ = f"{charge.owed} {charge.currency}" if charge.owed is not None else str(_("no amount yet"))
    return f"{charge.get_kind_display()}: {sum_} ({charge.get_payer_display()})"


class OneChargeForm(ActionForm):
    """Which charge is meant. `fits` says of which it can be done."""

    charge = PickField(label=_("Which charge?"))

    def fits(self, charge: m.ChargeColumns) -> bool:
        """Whether this can be done with a charge."""
        return charge.is_open

    def prepare(self) -> None:
        """Offer those that can be meant; the one that a link names alone. Its values stand in the other fields."""
        found = [each for each in self.request.charges.all() if self.fits(each)]
        named = [each for each in found if str(each.ordinal) == str(self.initial.get("charge", ""))]
        chosen = next(iter(named or (found if len(found) == 1 else [])), None)
        field = self.fields["charge"]
        if isinstance(field, PickField):
            field.offer((str(each.ordinal), words_of(each), each) for each in named or found)
        if chosen is not None:
            self.initial["charge"] = str(chosen.ordinal)
            for name, value in self.known(chosen).items():
                self.initial.setdefault(name, value)
        self.fill()

    def known(self, charge: m.ChargeColumns) -> dict[str, Any]:
        """What the fields show of the charge before anybody typed."""
        return {}

    def fill(self) -> None:
        """Choices of a side's own."""

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        return data | {"charge": data["charge"].ordinal}


class PriceFields(forms.Form):
    """What is noted of a charge."""

    payers: ClassVar[tuple[str, ...]] = ()
    kind = forms.ChoiceField(label=_("What for"), choices=m.ChargeKind.choices)
    payer = forms.ChoiceField(label=_("Who pays"), choices=())
    agreed = money(_("Agreed"), _("What was promised beforehand."))
    actual = money(_("Actual"), _("What was named in the end. It counts when it is given."))
    currency = currency()
    method = method_field()
    wish = forms.ChoiceField(
        label=_("The owner wants"),
        required=False,
        choices=m.Wish.choices,
        help_text=_("For what was lost or damaged."),
    )
    note = lines(_("Note among staff"))

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    def offer_payers(self) -> None:
        """Those who can pay at this desk."""
        field = self.fields["payer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, m.Payer(code).label) for code in self.payers]

    def price(self) -> Price:
        """As the service takes it."""
        data = self.cleaned_data
        names = ("kind", "payer", "agreed", "actual", "currency", "method", "wish", "note")
        return Price(**{name: data[name] for name in names})


class NoteChargeForm(PriceFields, ActionForm):
    """A new charge."""

    def defaults(self, request: Any) -> dict[str, Any]:
        """The library's own currency; the first who can pay."""
        return {"currency": request.library.currency, "payer": self.payers[0], "kind": m.ChargeKind.SUPPLY}

    def prepare(self) -> None:
        """The payers of this desk."""
        self.offer_payers()

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"price": self.price()}


class ChangeChargeForm(PriceFields, OneChargeForm):
    """Another amount, another reason."""

    field_order = ("charge",)

    def known(self, charge: m.ChargeColumns) -> dict[str, Any]:
        """The charge as it is."""
        names = ("kind", "payer", "agreed", "actual", "method", "wish", "note")
        values = {name: getattr(charge, name) for name in names}
        return values | {"currency": charge.currency or self.library.currency}

    def fill(self) -> None:
        """The payers of this desk; a way of paying that another system named stays."""
        self.offer_payers()
        field, known = self.fields["method"], self.initial.get("method")
        if isinstance(field, forms.ChoiceField) and known and known not in dict(METHODS):
            field.choices = [*METHODS, (known, known)]

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"charge": self.cleaned_data["charge"].ordinal, "price": self.price()}


class InvoiceForm(OneChargeForm):
    """The invoice that came, or the bill that goes out."""

    number = short_text(_("Invoice number"), 60, _("Empty on a bill of ours: then it gets a number."))
    invoiced_on = day(_("Date of the invoice"))
    due_on = day(_("To be paid by"), _("30 days after the invoice, unless you name another day."))
    actual = money(_("Amount"))

    def fits(self, charge: m.ChargeColumns) -> bool:
        """Somebody pays it."""
        return charge.is_open and charge.payer != m.Payer.NOBODY

    def defaults(self, request: Any) -> dict[str, Any]:
        """Today."""
        return {"invoiced_on": local_date(self.at, request.library.timezone)}

    def known(self, charge: m.ChargeColumns) -> dict[str, Any]:
        """Number and amount as they are."""
        return {"number": charge.invoice_number, "actual": charge.owed, "due_on": charge.due_on}


class PayForm(OneChargeForm):
    """When, how much, and how."""

    paid = money(_("Amount paid"))
    on = day(_("Paid on"))
    method = method_field()

    def fits(self, charge: m.ChargeColumns) -> bool:
        """Somebody pays it."""
        return charge.is_open and charge.payer != m.Payer.NOBODY

    def defaults(self, request: Any) -> dict[str, Any]:
        """Today."""
        return {"on": local_date(self.at, request.library.timezone)}

    def known(self, charge: m.ChargeColumns) -> dict[str, Any]:
        """What is owed."""
        return {"paid": charge.owed, "method": charge.method}


class WaiveForm(OneChargeForm):
    """Why nothing is paid."""

    how = forms.ChoiceField(
        label=_("How is it settled?"),
        choices=[
            (m.Settled.WAIVED.value, _("waived: nobody pays it any more")),
            (m.Settled.REPLACED.value, _("replaced by another item")),
        ],
        widget=forms.RadioSelect,
        initial=m.Settled.WAIVED.value,
    )


class RefundForm(OneChargeForm):
    """How much went back, and when."""

    refunded = money(_("Amount refunded"))
    on = day(_("Refunded on"))

    def fits(self, charge: m.ChargeColumns) -> bool:
        """It was paid and nothing went back."""
        return charge.settled == m.Settled.PAID and charge.refunded_on is None

    def defaults(self, request: Any) -> dict[str, Any]:
        """Today."""
        return {"on": local_date(self.at, request.library.timezone)}

    def known(self, charge: m.ChargeColumns) -> dict[str, Any]:
        """All that was paid."""
        return {"refunded": charge.paid_amount}


class SettleForm(CostForm):
    """What the loss cost in the end, and how it was settled."""

    how = forms.ChoiceField(
        label=_("How was it settled?"),
        required=False,
        choices=[
            ("", _("say nothing about the money")),
            (m.Settled.PAID.value, _("paid")),
            (m.Settled.REPLACED.value, _("replaced by another item")),
            (m.Settled.WAIVED.value, _("nobody has to pay")),
        ],
        help_text=_("An open charge for the loss is settled with it."),
    )


def money_doors(
    services: Any, note_form: type[ActionForm], change_form: type[ActionForm]
) -> dict[str, ActionDoor]:
    """The doors of the rows of money; `services` is the side's module of that name."""
    return {
        "note_charge": with_facts(note_form, services.note_charge, _("Charge noted")),
        "change_charge": with_facts(change_form, services.change_charge, _("Charge changed")),
        "invoice_charge": with_facts(InvoiceForm, services.invoice_charge, _("Invoice noted")),
        "pay_charge": with_facts(PayForm, services.pay_charge, _("Noted as paid")),
        "waive_charge": with_facts(WaiveForm, services.waive_charge, _("Settled without money")),
        "refund_charge": with_facts(RefundForm, services.refund_charge, _("Noted as refunded")),
    }


__all__ = [
    "ChangeChargeForm",
    "NoteChargeForm",
    "SettleForm",
    "money_doors",
    "words_of",
]
