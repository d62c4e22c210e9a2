"""How the other packages find patrons and categories."""

from datetime import datetime

from django.db.models import QuerySet

from illservice.accounts.models import User
from illservice.citations.normalise import search_text
from illservice.core.clock import local_date
from illservice.core.errors import NotFound
from illservice.directory.models import Library
from patrons.eligibility import EligibilityFacts, Finding, check
from patrons.models import Patron

SEARCH_LIMIT = 50


def patrons_of(user: User) -> list[Patron]:
    """The patron records of one account at active libraries, with library and category, by library name."""
    found = Patron.objects.filter(user=user, library__is_tenant=True, library__is_active=True)
    return list(found.select_related("library", "category").order_by("library__name", "pk"))


def patrons_in(library: Library) -> QuerySet[Patron]:
    """All patrons of a library, with their category."""
    return Patron.objects.filter(library=library).select_related("category", "home_branch")


def patron_in(library: Library, patron_id: int) -> Patron:
    """One patron of a library by key; NotFound when there is none there."""
    patron = patrons_in(library).filter(pk=patron_id).first()
    if patron is None:
        raise NotFound(patron=patron_id)
    return patron


def patron_by_barcode(library: Library, barcode: str) -> Patron | None:
    """The patron with this library card number, as scanned or typed."""
    if "\x00" in barcode:
        return None  # PostgreSQL takes no such text, not even to compare with
    return patrons_in(library).filter(barcode=barcode.strip()).first()


def accounts_by_barcode(barcode: str) -> list[User]:
    """The accounts of active patrons' records with this library card number, in any library: two are ambiguous."""
    return list(
        User.objects.filter(patrons__barcode=barcode, patrons__library__is_active=True).distinct()[:2]
    )


def search_patrons(library: Library, words: str, *, limit: int = SEARCH_LIMIT) -> QuerySet[Patron]:
    """Patrons of a library whose name, card number or e-mail holds every word, by name; at most `limit`.

    Nothing to look for finds nobody: a list of all patrons is nobody's wish at the desk.
    """
    found = patrons_in(library)
    wanted = search_text(words).split()[:8]
    if not wanted:
        return found.none()
    for word in wanted:
        found = found.filter(search_text__contains=word)
    return found.order_by("name", "pk")[: min(limit, SEARCH_LIMIT)]


def findings_for(
    patron: Patron, *, wanted: str, material: str, open_requests: int, at: datetime
) -> list[Finding]:
    """What speaks against a request of this patron now. Needs the patron's library and category at hand."""
    category = patron.category
    return check(
        EligibilityFacts(
            today=local_date(at, patron.library.timezone),
            is_new=patron.cleared_at is None,
            is_blocked=patron.is_blocked,
            expires_on=patron.expires_on,
            open_requests=open_requests,
            limit=category.open_request_limit,
            may_loan=category.may_loan,
            may_copy=category.may_copy,
            refused_materials=category.refused_materials,
            refusal_text=category.refusal_text,
            wanted=wanted,
            material=material,
        )
    )
