"""The copyright desk: what waits for a person, why, what made the count, and the ways out."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.listing import page_context
from illservice.core.desk.results import take_results
from illservice.core.paging import keyset_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.copyright import Flag
from requests_app.copyright.decision import OVER_LIMIT, OVER_LIMIT_OF_WORK, WayOut
from requests_app.selectors.copyright.rules import copyright_rules, settings_of
from requests_app.selectors.copyright.waiting import (
    ORDER,
    Line,
    copies_not_cleared,
    lines_of,
    waiting_for_copyright,
)
from requests_app.selectors.declarations import jurisdiction_of
from requests_app.services.copyright.rules import MAY_SET_COPYRIGHT
from requests_app.views.links import LINKS, action_url, request_url
from requests_app.views.rows import title_of
from requests_app.workflow.rights import CLEARING, COPYRIGHT_DESK
from requests_app.workflow.states import HoldKind

PAGE_SIZE = 50
SHOWN = 8
"""Requests of a count that a line names."""

_WAYS: dict[str, tuple[str, str]] = {
    "clear": ("clear_copyright", ""),
    "not_sold": ("clear_copyright", "ground=not_sold"),
    WayOut.ROYALTY: ("pay_royalty", ""),
    WayOut.SUPPLIER: ("get_elsewhere", "way=supplier"),
    WayOut.WAIT: ("wait_year", ""),
    WayOut.BUY: ("get_elsewhere", "way=buy"),
    WayOut.OVERRIDE: ("clear_copyright", "ground=override"),
    WayOut.CANCEL: ("cancel", "reason=copyright"),
}
"""The action behind each way out, and what its form begins with."""
_CLEARS = frozenset({"clear", "not_sold"})
_FIRST = gettext_lazy("clear it")


@require_safe
@staff_page(roles=CLEARING)
def desk(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/copyright/: the queue. A constant number of statements for each page of it."""
    rules, now = copyright_rules(library), clock.now()
    settings, today = settings_of(rules, library), clock.local_date(now, library.timezone)
    found = waiting_for_copyright(library, actor)
    page = keyset_page(found, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    back = request.get_full_path()
    late = copies_not_cleared(library, actor)
    lines = lines_of(library, [*page.rows, *late], settings=settings, today=today)
    rows = [_row(each, library, actor, back) for each in lines]
    context = {
        "library": library,
        "page": page_context(request, page, rows[: len(page.rows)]),
        "late": rows[len(page.rows) :],
        "results": take_results(request),
        "back": back,
        "may_clear": bool(actor.roles & COPYRIGHT_DESK),
        "batch_url": LINKS.page("batch", library.slug),
        "no_law": not jurisdiction_of(library),
        "links": _links(library, actor),
    }
    return render(request, "desk/copyright.html", context)


def _links(library: Library, actor: Actor) -> list[dict[str, str]]:
    pages = (
        ("copyright_report", _("Counts and royalties"), COPYRIGHT_DESK),
        ("copyright_rules", _("Rules"), MAY_SET_COPYRIGHT),
    )
    return [
        {"url": LINKS.page(name, library.slug), "label": label}
        for name, label, roles in pages
        if actor.roles & roles
    ]


def _row(line: Line, library: Library, actor: Actor, back: str) -> dict[str, Any]:
    one, record = line.request, line.record
    return {
        "number": one.number,
        "version": one.version,
        "url": request_url(library.slug, one.number),
        "title": title_of(one),
        "detail": _detail(line),
        "count": _count(line),
        "room": line.count is not None and line.has_room,
        "full": not line.has_room,
        "made_by": [
            {"number": each.number, "url": request_url(library.slug, each.number)}
            for each in line.made_by
            if each.library_id == library.pk
        ][-SHOWN:],
        "elsewhere": sum(1 for each in line.made_by if each.library_id != library.pk),
        "rule": record.rule if record is not None else "",
        "by_hand": line.by_hand,
        "sentence": line.sentence,
        "flags": [Flag(each).label for each in record.flags] if record is not None else [],
        "badges": _badges(line),
        "ways": _ways(line, library, actor, back),
    }


def _detail(line: Line) -> str:
    one = line.request
    inside = one.title if one.article_title else ""
    place = " ".join(part for part in (one.volume, f"({one.issue})" if one.issue else "") if part)
    return " · ".join(part for part in (one.article_author[:60], inside[:80], place, one.date) if part)


def _count(line: Line) -> str:
    """As people say it: 4 of 5 this year."""
    if line.count is None:
        return ""
    year = _year_of(line)
    words = {"count": line.count, "limit": line.limit, "year": year}
    return _("%(count)s of %(limit)s in %(year)s") % words


def _year_of(line: Line) -> int:
    record = line.record
    if record is None:
        return 0
    return (record.wait_until or record.asked_on).year


def _badges(line: Line) -> list[dict[str, str]]:
    badges = []
    if line.request.rush:
        badges.append({"text": _("Rush"), "tone": "warn"})
    record = line.record
    if record is not None and record.wait_until is not None:
        words = _("waits until %(day)s") % {"day": date_format(record.wait_until, "SHORT_DATE_FORMAT")}
        badges.append({"text": words, "tone": "info"})
    others = [each for each in line.request.holds.all() if each.kind != HoldKind.COPYRIGHT]
    if others:
        words = ngettext("%(n)s more thing holds it back", "%(n)s more things hold it back", len(others))
        badges.append({"text": words % {"n": len(others)}, "tone": "neutral"})
    return badges


def _ways(line: Line, library: Library, actor: Actor, back: str) -> list[dict[str, Any]]:
    """The ways out that this person may take, the likely one first."""
    may_decide = bool(actor.roles & COPYRIGHT_DESK)
    ways = []
    for code in _codes(line):
        action, given = _WAYS[code]
        if not may_decide and action != "cancel":
            continue
        ways.append(
            {
                "label": _FIRST if code in _CLEARS else WayOut(code).label,
                "url": _with(action_url(library.slug, line.request.number, action), given, back),
                "number": line.request.number,
            }
        )
    return ways


def _codes(line: Line) -> list[str]:
    record = line.record
    if line.is_late:
        return [*_cleared_by(line), WayOut.ROYALTY]
    if record is not None and record.rule == "D5":
        return [*_cleared_by(line), WayOut.BUY, WayOut.SUPPLIER, WayOut.CANCEL]
    if not line.is_over:
        return [*_cleared_by(line), WayOut.SUPPLIER, WayOut.CANCEL]
    of_work = record is not None and record.rule in {"D11", "D12"}
    codes = OVER_LIMIT_OF_WORK if of_work else OVER_LIMIT
    return [each for each in codes if not (line.waits and each is WayOut.WAIT)]


def _cleared_by(line: Line) -> list[str]:
    """How it is cleared without paying."""
    if line.record is not None and line.record.rule == "D5":
        return ["not_sold"]
    return [WayOut.OVERRIDE if line.is_over else "clear"]


def _with(url: str, given: str, back: str) -> str:

    query = "&".join(part for part in (given, urlencode({"back": back})) if part)
    return f"{url}?{query}"
