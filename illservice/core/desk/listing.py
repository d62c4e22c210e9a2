"""The list of a desk: stages, search, filters, orders, pages by key. Knows no library noun.

A desk says what is its own in a `ListSide`; `queue_page(SIDE, request, library, actor)` is the page.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from illservice.core import clock, lists
from illservice.core.actors import Actor
from illservice.core.desk.forms import ActionDoor
from illservice.core.desk.links import Addresses, with_query
from illservice.core.desk.results import take_results
from illservice.core.lists import ATTENTION, CLOSED, CLOSED_ORDERS, FOUND_ORDERS, RUSH
from illservice.core.paging import Order, Page, keyset_page
from illservice.core.workflow import Row, Table

PAGE_SIZE = 50
Found = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What can stand in the address of a list.

    `queues` in groups, in the order of the day; `names` of the lists that cut across them ("" is everything open);
    `more` are cut-across lists of the desk's own, each with its condition for a library at a time; `sorts` names the
    orders.
    """

    queues: tuple[tuple[str, tuple[str, ...]], ...]
    names: Mapping[str, Any]
    orders: Mapping[str, Order]
    sorts: Mapping[str, Any]
    label: Callable[[str], str]
    more: Mapping[str, Callable[[Any, datetime], Q]]

    @property
    def codes(self) -> frozenset[str]:
        """The queues."""
        return frozenset(code for _group, codes in self.queues for code in codes)


class MakeRow(Protocol):
    """One row of the list (components/_queue_row.html). `back` is the address to which an act returns."""

    def __call__(
        self, request: Any, /, *, library: Any, actor: Actor, at: datetime, back: str
    ) -> dict[str, Any]: ...


@dataclass(frozen=True)
class ListSide:
    """One desk, for its lists, batches and scans.

    `visible` is what somebody may see; `exact` a condition for a code that was typed or scanned, None when the text
    is none; `by_words(found, text, actor)` the search; `narrow(data, found, library)` the filter set; `for_list` and
    `by_numbers` fetch what rows show and actions ask; `one_click` are actions that need no further facts, in the
    order of the day, and `given(request, action)` what the list knows for their forms; `prints(rows)` are the papers
    that can be made of them (code, heading).
    """

    table: Table
    doors: Mapping[str, ActionDoor]
    links: Addresses
    grammar: Grammar
    one_click: tuple[str, ...]
    visible: Callable[[Any, Actor], Found]
    exact: Callable[[str], Q | None]
    by_words: Callable[[Found, str, Actor], Found]
    narrow: Callable[[Any, Found, Any], Any]
    for_list: Callable[[Found], Found]
    sortable: Callable[[Found, Order], Found]
    by_numbers: Callable[[Any, Actor, Sequence[str]], list[Any]]
    last_act: Callable[[int], tuple[str, bool] | None]
    allowed: Callable[[Any, Actor], list[Row]]
    title: Callable[[Any], str]
    row: MakeRow
    given: Callable[[Any, str], dict[str, Any]]
    prints: Callable[[Sequence[Any]], Sequence[Any]]
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What of the requests is shown, as the address says it."""

    queue: str
    query: str
    sort: str
    orders: Mapping[str, Order]

    @property
    def order(self) -> Order:
        """The order chosen, or the first one this list has."""
        return self.orders[self.sort]


def view_of(request: HttpRequest, grammar: Grammar) -> View:
    """Read the address; what it does not know is left out, so that an old link still shows a list."""
    queue = request.GET.get("queue", "")
    queue = queue if queue in grammar.codes or queue in grammar.names else ""
    query = lists.clean_query(request.GET.get("q", ""))
    orders = grammar.orders
    if query and not queue:
        orders = FOUND_ORDERS
    elif queue == CLOSED:
        orders = CLOSED_ORDERS
    sort = request.GET.get("sort", "")
    return View(queue, query, sort if sort in orders else next(iter(orders)), orders)


def in_list(side: ListSide, found: Found, queue: str, library: Any, at: datetime) -> Found:
    """The requests of one list of this desk."""
    condition = side.grammar.more.get(queue)
    return found.filter(condition(library, at)) if condition else lists.in_queue(found, queue)


def queue_page(side: ListSide, request: HttpRequest, library: Any, actor: Actor) -> HttpResponse:
    """A list of requests. A code that names just one request opens its page."""
    at = clock.now()
    view = view_of(request, side.grammar)
    found = side.visible(library, actor)
    if view.queue or not view.query:
        found = in_list(side, found, view.queue, library, at)
    if view.query:
        hits = lists.numbers_of(found, side.exact(view.query))
        if len(hits) == 1 and not view.queue:
            return redirect(side.links.request(library.slug, hits[0]))
        found = found.filter(number__in=hits) if hits else side.by_words(found, view.query, actor)
    narrowing = side.narrow(request.GET, found, library)
    page = keyset_page(
        side.for_list(side.sortable(narrowing.qs, view.order)),
        order=view.order,
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    back = request.get_full_path()
    rows = [side.row(each, library=library, actor=actor, at=at, back=back) for each in page.rows]
    batch, prints = batch_actions(side, page.rows, actor), side.prints(page.rows)
    context = {
        "heading": heading_of(side.grammar, view),
        "view": view,
        "filter": narrowing,
        "page": page_context(request, page, rows),
        "sorts": sort_links(request, view, side.grammar.sorts),
        "columns": columns_of(request, view),
        "batch": batch,
        "prints": prints,
        "bulk": bool(batch or prints),
        "batch_url": side.links.page("batch", library.slug),
        "print_url": side.links.page("print", library.slug) if prints else "",
        "back": back,
        "results": take_results(request),
        "words": side.words,
        "everything_url": with_query(request, queue=None) if view.query and view.queue else "",
        "plain_url": request.path + (f"?queue={view.queue}" if view.queue else ""),
    }
    return render(request, "desk/queue.html", context)


def heading_of(grammar: Grammar, view: View) -> str:
    """What the list is called."""
    name = str(grammar.names.get(view.queue) or grammar.label(view.queue))
    if view.query and not view.queue:
        return _("Found for “%(words)s”") % {"words": view.query}
    if view.query:
        return _("%(list)s: “%(words)s”") % {"list": name, "words": view.query}
    return name


def page_context(request: HttpRequest, page: Page[Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows and the links to the neighbours (components/_queue.html)."""
    return {
        "rows": rows,
        "newer_url": with_query(request, cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": with_query(request, cursor=page.next_cursor) if page.next_cursor else "",
    }


def sort_links(request: HttpRequest, view: View, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The orders this list can have."""
    return [
        {"label": names[code], "url": with_query(request, sort=code), "current": code == view.sort}
        for code in view.orders
    ]


def columns_of(request: HttpRequest, view: View) -> list[dict[str, Any]]:
    """The heads of the table; those that sort say so."""
    when = _("Closed") if view.queue == CLOSED else _("Act by")
    by_title, by_time = "title" in view.orders, "act_by" in view.orders
    return [
        {
            "label": _("Request"),
            "url": with_query(request, sort="title") if by_title else "",
            "sorted": "ascending" if view.sort == "title" else "",
        },
        {"label": _("For")},
        {"label": _("Status")},
        {
            "label": when,
            "url": with_query(request, sort="act_by") if by_time else "",
            "sorted": "ascending" if view.sort == "act_by" else "",
        },
        {"label": _("Next step")},
    ]


def batch_actions(side: ListSide, requests: Sequence[Any], actor: Actor) -> list[Row]:
    """What can be done to at least one of these requests without further facts, in the order of the day."""
    possible: dict[str, Row] = {}
    for request in requests:
        for row in side.allowed(request, actor):
            if row.action in side.one_click and row.action in side.doors:
                possible.setdefault(row.action, row)
    return [possible[action] for action in side.one_click if action in possible]


@dataclass(frozen=True, slots=True)
class StagePlan:
    """The sidebar of a desk: names of the groups, queues that stand there also when they are empty."""

    groups: Mapping[str, Any]
    always: Collection[str]


def stages_of(
    side: ListSide, plan: StagePlan, request: HttpRequest, library: Any, counts: lists.Counts
) -> list[dict[str, Any]]:
    """The queues with their true counts, in groups (components/_stage_nav.html)."""
    base = side.links.page("queue", library.slug)
    chosen = _chosen_list(request, base)
    attention = side.links.page("attention", library.slug)

    def stage(code: str, label: Any, count: int | None) -> dict[str, Any]:
        url = f"{base}?queue={code}" if code else base
        return {"code": code, "label": label, "url": url, "count": count, "current": chosen == code}

    stages = [
        stage("", _("All open"), counts.total),
        stage(RUSH, _("Rush"), counts.rush),
        stage(ATTENTION, _("Needs attention"), counts.attention)
        | {"url": attention, "alert": True, "current": request.path == attention},
        *(stage(code, side.grammar.names[code], counts.more[code]) for code in side.grammar.more),
    ]
    for group, codes in side.grammar.queues:
        heading = plan.groups[group]
        for code in codes:
            count = counts.queues.get(code, 0)
            if count or code in plan.always:
                stages.append(stage(code, side.grammar.label(code), count) | {"heading": heading})
                heading = ""
    return [*stages, stage(CLOSED, _("Closed"), None) | {"heading": _("History")}]


def _chosen_list(request: HttpRequest, base: str) -> str | None:
    """The list that the page shows; a search over everything is in none of them."""
    if request.path != base or (request.GET.get("q", "").strip() and not request.GET.get("queue")):
        return None
    return request.GET.get("queue", "")


def label_from(*sources: Callable[[], Mapping[str, Any]]) -> Callable[[str], str]:
    """The staff wording of a queue: of its hold, its question, or its state."""

    def label(code: str) -> str:
        return str(next((found()[code] for found in sources if code in found()), code))

    return label
