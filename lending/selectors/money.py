"""What other libraries owe us, and what goes back to them."""

from django.db.models import QuerySet

from illservice.core.actors import Actor
from illservice.directory.models import Library
from lending.models import LendingCharge
from lending.selectors.sight import visible_to_staff


def charges_visible_to(library: Library, actor: Actor) -> QuerySet[LendingCharge]:
    """The charges of the requests that this person of the staff may see."""
    found = LendingCharge.objects.filter(library=library)
    if actor.branches:
        found = found.filter(request__in=visible_to_staff(library, actor).values("pk"))
    return found


def for_money_list(found: QuerySet[LendingCharge]) -> QuerySet[LendingCharge]:
    """With the numbers and the library that a row shows, in its own statement."""
    return found.select_related("request", "partner").only(
        *(field.attname for field in LendingCharge._meta.concrete_fields),
        "request__number",
        "request__borrower_number",
        "partner__name",
    )
