"""The rows of money: the same on both sides, whatever stands beside them."""

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow.money.charges import CHARGE_OPEN, CHARGE_PAID
from illservice.core.workflow.table import Effect, Row

CHARGES = (
    "note_charge", "change_charge", "invoice_charge", "pay_charge", "waive_charge", "refund_charge",
)  # fmt: skip


def money_rows(
    when: frozenset[str], *, desk: frozenset[str], clock: frozenset[str], bill: Effect
) -> tuple[Row, ...]:
    """Money has no place of its own in the life of a request: charges are noted and settled from every state."""
    return (
        Row("note_charge", _("Note a charge"), when, desk, past=_("Charge noted"),
            words=_("A fee, a loss, a damage: how much, in which currency, and who pays.")),
        Row("change_charge", _("Change a charge"), when, desk, only_if=(CHARGE_OPEN,), past=_("Charge changed"),
            words=_("Another amount or reason, while it is not settled.")),
        Row("invoice_charge", _("Note an invoice"), when, desk, only_if=(CHARGE_OPEN,), then=(bill,),
            past=_("Invoice noted"),
            words=_("An invoice came, or a bill goes out: its number, and by when it is to be paid.")),
        Row("pay_charge", _("Paid"), when, desk, only_if=(CHARGE_OPEN,), past=_("Paid"),
            words=_("The money went out or came in.")),
        Row("waive_charge", _("Settle without money"), when, desk, only_if=(CHARGE_OPEN,),
            past=_("Settled without money"),
            words=_("Nothing is paid: it is waived, or the item was replaced.")),
        Row("refund_charge", _("Refunded"), when, desk, only_if=(CHARGE_PAID,), past=_("Refunded"),
            words=_("Money that was paid went back.")),
        Row("bill_overdue", _("Bill what is overdue"), when, clock, then=(bill,), keeps_version=True, undo=False,
            button=False, past=_("Billed"),
            words=_("It is long overdue: a bill is written and sent, once for each step of the ladder.")),
    )  # fmt: skip
