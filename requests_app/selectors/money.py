"""What is owed for borrowing requests: by us, and by patrons."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.money import OWED, Payer
from illservice.directory.models import Library
from patrons.models import Patron
from requests_app.models import BorrowingCharge
from requests_app.selectors.sight import visible_to_staff


def charges_visible_to(library: Library, actor: Actor) -> QuerySet[BorrowingCharge]:
    """The charges of the requests that this person of the staff may see."""
    found = BorrowingCharge.objects.filter(library=library)
    if actor.branches:
        found = found.filter(request__in=visible_to_staff(library, actor).values("pk"))
    return found


def for_money_list(found: QuerySet[BorrowingCharge]) -> QuerySet[BorrowingCharge]:
    """With the number, the library and the card that a row shows, in its own statement."""
    return found.select_related("request__patron", "partner").only(
        *(field.attname for field in BorrowingCharge._meta.concrete_fields),
        "request__number",
        "request__patron__barcode",
        "request__patron__name",
        "partner__name",
    )


def owed_by_patron(patron: Patron) -> QuerySet[BorrowingCharge]:
    """What a patron still owes, by when it is to be paid, with the request. A refund that is due is no debt."""
    found = BorrowingCharge.objects.filter(
        OWED, library_id=patron.library_id, request__patron=patron, payer=Payer.PATRON
    )
    return found.select_related("request").order_by("due_on", "id")


def debts_block(patron: Patron) -> str:
    """Why a patron's record may not go yet, in words for staff; empty when nothing is owed.

    Also while money of the patron's is with us: a refund needs somebody to go to.
    """
    if owed_by_patron(patron).exists():
        return str(_("The patron owes money for requests."))
    back = BorrowingCharge.objects.filter(
        library_id=patron.library_id,
        request__patron=patron,
        payer=Payer.PATRON,
        refund_offered_on__isnull=False,
        refunded_on__isnull=True,
    )
    return str(_("The patron gets money back for a request.")) if back.exists() else ""
