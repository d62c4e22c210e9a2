"""Money at the borrowing desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.desk.charge_forms import ChangeChargeForm, NoteChargeForm, money_doors
from illservice.core.desk.forms import ActionDoor, PickField
from illservice.core.money import Payer
from requests_app.services import charges

PAYERS = (Payer.US.value, Payer.PATRON.value, Payer.NOBODY.value)


class NoteForm(NoteChargeForm):
    """A new charge; of a lender's, which lender asks for it."""

    payers = PAYERS
    lender = PickField(label=_("Lender"), required=False)
    field_order = ("kind", "payer", "lender")

    def prepare(self) -> None:
        """Offer the lenders that were asked, by their place in the list."""
        super().prepare()
        field = self.fields["lender"]
        if isinstance(field, PickField):
            asked = [each for each in self.request.tries.all() if each.asked_at]
            field.offer(
                ((str(each.ordinal), each.partner.name, each) for each in asked),
                empty=_("the one that was asked last, if any"),
            )

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        lender_try = self.cleaned_data["lender"]
        return super().facts | {"try_id": lender_try.pk if lender_try else None}


class ChangeForm(ChangeChargeForm):
    """Who can pay here."""

    payers = PAYERS


CHARGES: dict[str, ActionDoor] = money_doors(charges, NoteForm, ChangeForm)
