"""The list of what is owed, at both desks: what we pay, what we are paid, totals by currency, and the same as CSV."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, QuerySet, Sum, Value, When
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from illservice.core import clock, money
from illservice.core.actors import Actor
from illservice.core.csvfile import csv_lines
from illservice.core.desk.costs import status_of
from illservice.core.desk.filters import ListFilter, choice, day
from illservice.core.desk.links import Addresses, with_query
from illservice.core.desk.listing import page_context
from illservice.core.money import OUTSTANDING, Payer, Standing
from illservice.core.paging import ASC, MOST_ROWS, Order, keyset_page

Found = QuerySet[Any]
PAGE_SIZE = 50
ORDER: Order = (("day_to_sort", ASC), ("id", ASC))
"""By when it is to be paid: what is overdue first, what has no day last."""
WE_PAY, WE_GET = "we_pay", "we_get"
EVERYTHING = "all"
CENT = Decimal("0.01")

STATES = (
    (EVERYTHING, _("all, also what is settled")),
    *((each.value, each.label) for each in Standing),
)
DIRECTIONS = ((WE_PAY, _("what we owe")), (WE_GET, _("what is owed to us")))


class MoneyFilter(ListFilter):
    """Narrows the list; without a state what is outstanding. Partners and currencies are those that occur."""

    state = choice(_("State"), STATES, method="in_state")
    direction = choice(_("Direction"), DIRECTIONS, method="in_direction")
    partner = choice(_("Library"), (), field_name="partner__slug")
    currency = choice(_("Currency"), ())
    kind = choice(_("What for"), money.ChargeKind.choices)
    since = day(_("Noted from"), "noted_on", "gte")
    until = day(_("Noted to"), "noted_on", "lte")

    def __init__(self, *args: Any, partners: Sequence[Any], currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["partner"].extra["choices"] = partners
        self.filters["currency"].extra["choices"] = [(each, each) for each in currencies]

    def in_state(self, found: Found, _name: str, value: str) -> Found:
        """Charges that stand so today."""
        if value == EVERYTHING:
            return found
        return found.filter(money.standing_is(value, clock.local_date(clock.now(), self.zone)))

    def in_direction(self, found: Found, _name: str, value: str) -> Found:
        """What we owe, or what is owed to us."""
        return found.filter(OUTSTANDING, money.we_pay() if value == WE_PAY else ~money.we_pay())


@dataclass(frozen=True)
class MoneySide:
    """One desk, for its list. `visible` are the charges that somebody may see, with what `who` and `number` ask.

    `extra` are columns of the side's own: a name and how a charge fills it.
    """

    links: Addresses
    visible: Callable[[Any, Actor], Found]
    for_list: Callable[[Found], Found]
    narrow: type[MoneyFilter]
    extra: Mapping[Any, Callable[[Any], str]]


@dataclass(frozen=True, slots=True)
class Total:
    """What is outstanding in one currency; never added to another one."""

    currency: str
    we_pay: Decimal
    we_get: Decimal
    count: int


def totals_of(found: Found) -> list[Total]:
    """What is outstanding among these charges, by currency, in one statement."""
    pays = money.we_pay()
    rows = (
        found.filter(OUTSTANDING)
        .annotate(amount=money.outstanding_amount())
        .values("currency")
        .annotate(paying=Sum("amount", filter=pays), getting=Sum("amount", filter=~pays), n=Count("id"))
        .order_by("currency")
    )
    return [Total(row["currency"], _cents(row["paying"]), _cents(row["getting"]), row["n"]) for row in rows]


def _cents(value: Decimal | None) -> Decimal:
    """SQLite adds as floating point: two places are what there is."""
    return (value or Decimal(0)).quantize(CENT)


def _narrowed(side: MoneySide, request: HttpRequest, library: Any, actor: Actor) -> tuple[MoneyFilter, Found]:
    """The filter and what it leaves; one statement for the choices."""
    visible = side.visible(library, actor)
    occurs = list(visible.values_list("partner__slug", "partner__name", "currency").distinct().order_by())
    partners = sorted(
        {(slug, name) for slug, name, _code in occurs if slug}, key=lambda each: each[1].lower()
    )
    narrowing = side.narrow(
        request.GET,
        queryset=visible,
        zone=library.timezone,
        partners=partners,
        currencies=sorted({code for _slug, _name, code in occurs if code}),
    )
    found = narrowing.qs
    if not _asks(narrowing, "state") and not _asks(narrowing, "direction"):
        found = found.filter(OUTSTANDING)
    return narrowing, found


def _asks(narrowing: MoneyFilter, name: str) -> bool:
    cleaned = narrowing.form.cleaned_data if narrowing.form.is_valid() else {}
    return bool(cleaned.get(name))


def _for_rows(side: MoneySide, found: Found) -> Found:
    """With what each row says, in the statement of the list."""
    direction = Case(
        When(money.REFUND_DUE & money.we_pay(), then=Value(WE_PAY)),
        When(money.OWED & money.we_pay(), then=Value(WE_PAY)),
        When(OUTSTANDING, then=Value(WE_GET)),
        default=Value(""),
        output_field=CharField(max_length=10),
    )
    outstanding = Case(When(OUTSTANDING, then=money.outstanding_amount()), default=Value(None))
    listed: Found = side.for_list(found).annotate(
        day_to_sort=money.day_to_sort(), direction=direction, outstanding=outstanding
    )
    return listed


def money_page(side: MoneySide, request: HttpRequest, library: Any, actor: Actor) -> HttpResponse:
    """What is owed and due, overdue first."""
    today = clock.local_date(clock.now(), library.timezone)
    narrowing, found = _narrowed(side, request, library, actor)
    page = keyset_page(_for_rows(side, found), order=ORDER, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    rows = [
        {
            "url": side.links.request(library.slug, each.request.number),
            "cells": record(side, each, today),
            "status": status_of(each, today),
        }
        for each in page.rows
    ]
    context = {
        "filter": narrowing,
        "columns": header(side),
        "page": page_context(request, page, rows),
        "totals": totals_of(found),
        "export_url": _export_url(side, request, library),
        "plain_url": request.path,
    }
    return render(request, "desk/money.html", context)


def _export_url(side: MoneySide, request: HttpRequest, library: Any) -> str:
    query = with_query(request, cursor=None).partition("?")[2]
    url = side.links.page("money_export", library.slug)
    return f"{url}?{query}" if query else url


def header(side: MoneySide) -> list[Any]:
    """The heads of the columns, of the page and of the file."""
    return [
        _("Request"), _("What for"), _("Who pays"), _("Library"), *side.extra, _("Agreed"), _("Actual"),
        _("Outstanding"), _("Currency"), _("Direction"), _("Invoice"), _("Invoiced"), _("To be paid by"), _("Paid on"),
        _("State"),
    ]  # fmt: skip


def record(side: MoneySide, charge: Any, today: date) -> list[str]:
    """One charge, column by column: amounts with a point, days as ISO 8601, so that programs read them too."""
    partner = charge.partner.name if charge.partner_id else ""
    return [
        charge.request.number,
        str(charge.get_kind_display()),
        str(Payer(charge.payer).label),
        partner,
        *(fill(charge) for fill in side.extra.values()),
        _plain(charge.agreed),
        _plain(charge.actual),
        _plain(charge.outstanding),
        charge.currency,
        str(dict(DIRECTIONS).get(charge.direction, "")),
        charge.invoice_number,
        _plain(charge.invoiced_on),
        _plain(charge.due_on),
        _plain(charge.paid_on),
        str(charge.standing(today).label),
    ]


def _plain(value: date | Decimal | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value.quantize(CENT))


def money_file(side: MoneySide, request: HttpRequest, library: Any, actor: Actor) -> StreamingHttpResponse:
    """The list as CSV, line by line: however long it is, one page of it is held at a time."""
    today = clock.local_date(clock.now(), library.timezone)
    _narrowing, found = _narrowed(side, request, library, actor)
    lines = csv_lines(
        header(side), (record(side, each, today) for each in _page_by_page(_for_rows(side, found)))
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="money-{library.slug}-{today.isoformat()}.csv"'
    return response


def _page_by_page(found: Found) -> Iterator[Any]:
    """Every row in the order of the list, without a cursor in the database."""
    cursor: str | None = None
    while True:
        page = keyset_page(found, order=ORDER, cursor=cursor, size=MOST_ROWS)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


__all__ = ["MoneyFilter", "MoneySide", "Total", "money_file", "money_page", "totals_of"]
