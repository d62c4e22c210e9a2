"""How the people of borrowing libraries find what is theirs, and the desk the accounts it gave them."""

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from illservice.accounts.models import User
from illservice.citations.normalise import search_text
from illservice.core.errors import NotFound
from illservice.core.lists import clean_query, with_words
from illservice.core.paging import DESC, Page, keyset_page
from illservice.directory.models import Library, Partnership
from lending.models import BorrowerAccount, LendingDesk, LendingRequest

OWN_PAGE = 25
HEAVY = ("raw", "undo", "search_text", "ship_to", "borrower_note")
"""Columns that a list never shows."""


@dataclass(frozen=True, slots=True)
class Dealing:
    """Whom somebody may ask, and in whose name: `partnership.library` lends, `partnership.partner` borrows."""

    partnership: Partnership

    @property
    def lender(self) -> Library:
        """The library that is asked."""
        return self.partnership.library

    @property
    def borrower(self) -> Library:
        """The person's own library."""
        return self.partnership.partner

    @property
    def rules(self) -> LendingDesk:
        """How the lender lends; the defaults where it has set none."""
        return getattr(self.lender, "lending_desk", None) or LendingDesk(library=self.lender)

    @property
    def email(self) -> str:
        """Where the lending library writes to."""
        return self.partnership.email or self.partnership.partner.email

    @property
    def address(self) -> str:
        """Where things are sent: as the lending library knows it, else the library's own postal address."""
        return self.partnership.return_address.strip() or self.partnership.partner.address.strip()


def dealings_of(user: User) -> list[Dealing]:
    """Every active partnership that the accounts of this person open, by lending library. One statement."""
    given = Q(partner__borrower_accounts__lender__isnull=True) | Q(
        partner__borrower_accounts__lender=F("library")
    )
    found = Partnership.objects.filter(
        given,
        partner__borrower_accounts__user=user,
        is_active=True,
        partner__is_active=True,
        library__is_tenant=True,
        library__is_active=True,
    )
    rows = found.select_related("library__lending_desk", "partner").distinct()
    return [Dealing(row) for row in rows.order_by("library__name", "partner__name", "pk")]


def visible_to_borrower(dealing: Dealing) -> QuerySet[LendingRequest]:
    """What a borrowing library asked of one lender, however it came in."""
    return LendingRequest.objects.filter(library=dealing.lender, borrower=dealing.borrower)


def request_for_borrower(dealing: Dealing, number: str) -> LendingRequest:
    """One of the library's own requests with all that its page shows; NotFound for any other."""
    found = (
        visible_to_borrower(dealing)
        .filter(number=number)
        .select_related("library", "borrower", "reason")
        .prefetch_related("items", "holds", "questions", "marks", "messages", "events", "identifiers")
        .first()
    )
    if found is None:
        raise NotFound(request=number)
    return found


def own_page(dealing: Dealing, *, words: str = "", cursor: str | None = None) -> Page[LendingRequest]:
    """Open requests first, then closed ones, each newest first; `words` narrow it by what is searched."""
    is_open = Case(When(closed_at__isnull=True, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = visible_to_borrower(dealing)
    if words:
        found = with_words(found, search_text(clean_query(words)).split(), ("search_text",))
    rows = (
        found.defer(*HEAVY)
        .select_related("reason", "library")
        .prefetch_related("marks", "questions", "holds")
        .annotate(standing=is_open)
    )
    order = (("standing", DESC), ("submitted_at", DESC), ("id", DESC))
    return keyset_page(rows, order=order, cursor=cursor, size=OWN_PAGE)


def accounts_at(library: Library) -> list[BorrowerAccount]:
    """The accounts by which people of other libraries ask this one: those it gave, and those of the operators."""
    partners = Partnership.objects.filter(library=library, is_active=True).values("partner_id")
    found = BorrowerAccount.objects.filter(
        Q(lender=library) | Q(lender__isnull=True, library__in=partners)
    ).select_related("user", "library")
    return list(found.order_by("library__name", "user__display_name", "pk"))
