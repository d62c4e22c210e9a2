"""Charges of a subject, changed inside an act: noted, invoiced, paid, waived, refunded, once it is lost and found.

Money moves through the workflow table and not through the audit of master data: what was noted about a payment stands
in the history of its request with who and when, it can be taken back like any other step, and a page that somebody
else made stale is refused by the same version. Rows of people raise the version; a ladder's bill does not.

The subject has its rows as `charges` (models on illservice.core.money.ChargeColumns). An event keeps amounts and codes
under `charge`; words stay in the charge's own note.
"""

from illservice.core.workflow.money.charges import (
    CHARGE_OPEN,
    CHARGE_PAID,
    LOSS_SETTLED,
    Price,
    add_charge,
    charge_of,
    money_facts,
    put,
)
from illservice.core.workflow.money.feeding import (
    bill,
    drop_expected,
    feed,
    own_number,
    settle_losses,
    turned_up,
)
from illservice.core.workflow.money.rows import CHARGES, money_rows
from illservice.core.workflow.money.verbs import change, invoice, pay, refund, waive

__all__ = [
    "CHARGES",
    "CHARGE_OPEN",
    "CHARGE_PAID",
    "LOSS_SETTLED",
    "Price",
    "add_charge",
    "bill",
    "change",
    "charge_of",
    "drop_expected",
    "feed",
    "invoice",
    "money_facts",
    "money_rows",
    "own_number",
    "pay",
    "put",
    "refund",
    "settle_losses",
    "turned_up",
    "waive",
]
