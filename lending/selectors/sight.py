"""Who of the staff sees which requests of other libraries."""

from django.db.models import Exists, OuterRef, QuerySet

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.directory.models import Library
from lending.models import LendingItem, LendingRequest

_NEED_NOT_KNOW_WHERE = frozenset({Role.BORROWING, Role.COPYRIGHT})


def visible_to_staff(library: Library, actor: Actor) -> QuerySet[LendingRequest]:
    """What this staff member may see; people bound to branches see what is fetched from there."""
    found = LendingRequest.objects.filter(library=library)
    if actor.branches:
        here = LendingItem.objects.filter(request=OuterRef("pk"), location_id__in=actor.branches)
        found = found.filter(Exists(here))
    return found


def is_seen_by_staff(number: str, library_id: int, actor: Actor) -> bool:
    """Whether a member of a library's staff sees a request, and with it its scans."""
    return visible_to_staff(Library(pk=library_id), actor).filter(number=number).exists()


def sees_readers(actor: Actor) -> bool:
    """Whether somebody's work needs the address of a reader to whom an item goes straight."""
    return bool(actor.roles - _NEED_NOT_KNOW_WHERE)
