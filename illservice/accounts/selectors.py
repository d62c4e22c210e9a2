"""How doors find accounts and what they are for."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role


def desks_of(user: User) -> list[tuple[str, str, frozenset[str]]]:
    """Short name and name of the libraries where somebody works, by name, and what the person is there."""
    found = Membership.objects.filter(user=user, library__is_tenant=True, library__is_active=True)
    rows = found.order_by("library__name", "library__slug").values_list(
        "library__slug", "library__name", "role"
    )
    roles: dict[tuple[str, str], set[str]] = {}
    for slug, name, role in rows:
        roles.setdefault((slug, name), set()).add(role)
    return [(slug, name, frozenset(held)) for (slug, name), held in roles.items()]


def resettable_accounts(email: str) -> QuerySet[User]:
    """The active accounts with this address that have a password here (not those of the gateway)."""
    found = User.objects.filter(email__iexact=email, is_active=True)
    unusable = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return found.exclude(unusable).order_by("pk")


def administered_libraries(user: User) -> frozenset[int]:
    """Keys of the libraries where somebody is administrator."""
    found = Membership.objects.filter(user=user, role=Role.ADMINISTRATOR, library__is_active=True)
    return frozenset(found.values_list("library_id", flat=True))
