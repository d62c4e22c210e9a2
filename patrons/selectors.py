"""How the other packages find patrons and categories."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from illservice.accounts.models import User
from illservice.citations.normalise import search_text
from illservice.core.clock import local_date
from illservice.core.errors import NotFound
from illservice.core.statements import Prepared, number
from illservice.directory.models import Library
from patrons.eligibility import EligibilityFacts, Finding, check
from patrons.models import (
    OFF,
    Erasure,
    NoticeChoice,
    Patron,
    PatronBlock,
    PatronCategory,
    PrivacyRules,
    Proxy,
)

SEARCH_LIMIT = 50


def patrons_of(user: User) -> list[Patron]:
    """The patron records of one account at active libraries, with library and category, by library name."""
    found = Patron.objects.filter(user=user, library__is_tenant=True, library__is_active=True)
    return list(found.select_related("library", "category").order_by("library__name", "pk"))


def patrons_in(library: Library) -> QuerySet[Patron]:
    """All patrons of a library, with their category. Who was erased is nobody's patron any more."""
    found = Patron.objects.filter(library=library, erased_at__isnull=True)
    return found.select_related("category", "home_branch", "notice_choice")


def patron_in(library: Library, patron_id: int) -> Patron:
    """One patron of a library by key; NotFound when there is none there."""
    patron = patrons_in(library).filter(pk=patron_id).first()
    if patron is None:
        raise NotFound(patron=patron_id)
    return patron


def patron_by_barcode(
    library: Library, barcode: str, *, among: QuerySet[Patron] | None = None
) -> Patron | None:
    """The patron with this library card number, as scanned or typed; `among` are those that one may see."""
    if "\x00" in barcode:
        return None  # PostgreSQL takes no such text, not even to compare with
    found = patrons_in(library) if among is None else among
    return found.filter(barcode=barcode.strip()).first()


def accounts_by_barcode(barcode: str) -> list[User]:
    """The accounts of active patrons' records with this library card number, in any library: two are ambiguous."""
    return list(
        User.objects.filter(patrons__barcode=barcode, patrons__library__is_active=True).distinct()[:2]
    )


def search_patrons(
    library: Library, words: str, *, limit: int = SEARCH_LIMIT, among: QuerySet[Patron] | None = None
) -> QuerySet[Patron]:
    """Patrons of a library whose name, card number or e-mail holds every word, by name; at most `limit`.

    Nothing to look for finds nobody: a list of all patrons is nobody's wish at the desk. `among` are those that one
    may see.
    """
    found = patrons_in(library) if among is None else among
    wanted = search_text(words).split()[:8]
    if not wanted:
        return found.none()
    for word in wanted:
        found = found.filter(search_text__contains=word)
    return found.order_by("name", "pk")[: min(limit, SEARCH_LIMIT)]


def rules_of(library: Library) -> PrivacyRules:
    """How a library keeps and forgets people; the defaults where it has set nothing. No statement when joined."""
    relation = PrivacyRules.library.field.remote_field
    if not relation.is_cached(library):
        relation.set_cached_value(library, _RULES.first(library=library.pk))
    known: PrivacyRules | None = getattr(library, "privacy_rules", None)
    return known or PrivacyRules(library=library)


_RULES = Prepared(lambda: PrivacyRules.objects.filter(library_id=number("library")))


def privacy_rules(library: Library) -> PrivacyRules:
    """The same, read now."""
    return PrivacyRules.objects.filter(library=library).first() or PrivacyRules(library=library)


def categories_of(library: Library) -> list[tuple[str, str]]:
    """Code and name of a library's categories of patrons, by name."""
    return list(PatronCategory.objects.filter(library=library).order_by("name").values_list("code", "name"))


def erasures_of(library: Library, limit: int = 20) -> QuerySet[Erasure]:
    """The last erasures that were asked for at a library, newest first."""
    return Erasure.objects.filter(library=library)[:limit]


def blocks_of(patron: Patron) -> list[PatronBlock]:
    """What blocks a patron by itself: an item of each of these requests is long overdue. The oldest first."""
    return list(patron.blocks.all())


def block_of(number: str) -> PatronBlock | None:
    """The block that the overdue item of a request brought."""
    return PatronBlock.objects.filter(number=number).first()


def findings_for(
    patron: Patron,
    *,
    wanted: str,
    material: str,
    at: datetime,
    open_requests: int = 0,
    limit: int | None = None,
) -> list[Finding]:
    """What speaks against a request of this patron now. Needs the patron's library and category at hand.

    `limit` is how many open requests the loan policy allows; None: as many as anybody likes.
    """
    category = patron.category
    return check(
        EligibilityFacts(
            today=local_date(at, patron.library.timezone),
            is_new=patron.cleared_at is None,
            is_blocked=patron.is_blocked,
            expires_on=patron.expires_on,
            open_requests=open_requests,
            limit=limit,
            may_loan=category.may_loan,
            may_copy=category.may_copy,
            refused_materials=category.refused_materials,
            refusal_text=category.refusal_text,
            wanted=wanted,
            material=material,
            has_overdue=patron.blocks.exists(),
        )
    )


def choice_made(patron: Patron) -> NoticeChoice | None:
    """What a patron chose about notices; None when nothing was chosen."""
    return getattr(patron, "notice_choice", None)


def choice_of(patron: Patron) -> NoticeChoice:
    """What a patron chose about notices; all empty, and unsaved, when nothing was chosen."""
    return choice_made(patron) or NoticeChoice(patron=patron)


def proxies_of(patron_id: int, on: date) -> list[Proxy]:
    """Whom a patron sends on this day, by name."""
    still = Q(until__isnull=True) | Q(until__gte=on)
    found = Proxy.objects.filter(still, patron_id=patron_id)
    return list(found.select_related("account").order_by("name", "pk"))


def all_proxies_of(patron: Patron) -> list[Proxy]:
    """Whom a patron named, those whose time is over too, by name."""
    return list(patron.proxies.select_related("account").order_by("name", "pk"))


def proxy_by_id(proxy_id: int) -> Proxy | None:
    """One proxy with patron and account; None when it was taken away."""
    return Proxy.objects.select_related("patron__library", "account").filter(pk=proxy_id).first()


def proxies_to_tell(patron_id: int, *, reminder: bool) -> list[int]:
    """Keys of those who are told beside a patron; whether they still are is checked when it is sent."""
    return [key for key, reminders in _PROXIES.rows(patron=patron_id) if reminders or not reminder]


_PROXIES = Prepared(
    lambda: Proxy.objects.filter(patron_id=number("patron"), gets_notices=True).values_list(
        "pk", "gets_reminders"
    )
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads reminders: a patron, or the person whom a patron named."""

    patron_id: int = 0
    proxy_id: int = 0


def reminders_wanted(reader: Reader) -> bool | None:
    """Whether whoever reads reminders by this link still gets them; None when it is nobody's any more."""
    if reader.proxy_id:
        found = Proxy.objects.filter(pk=reader.proxy_id, gets_notices=True)
        return found.values_list("gets_reminders", flat=True).first()
    found_patron = Patron.objects.filter(pk=reader.patron_id, erased_at__isnull=True)
    patron = found_patron.select_related("notice_choice").first()
    if patron is None:
        return None
    return choice_of(patron).reminders != OFF


def collectors_of(patron_id: int, on: date) -> list[str]:
    """The names of those who may pick up for a patron on this day."""
    return [proxy.name for proxy in proxies_of(patron_id, on) if proxy.may_collect]
