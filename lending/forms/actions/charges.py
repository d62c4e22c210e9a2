"""Money at the lending desk."""

from illservice.core.desk.charge_forms import ChangeChargeForm, NoteChargeForm, money_doors
from illservice.core.desk.forms import ActionDoor
from illservice.core.money import Payer
from lending.services import charges

PAYERS = (Payer.PARTNER.value, Payer.NOBODY.value)


class NoteForm(NoteChargeForm):
    """Who can pay here."""

    payers = PAYERS


class ChangeForm(ChangeChargeForm):
    """Who can pay here."""

    payers = PAYERS


CHARGES: dict[str, ActionDoor] = money_doors(charges, NoteForm, ChangeForm)
