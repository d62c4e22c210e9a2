"""The queue page: stages with true counts, search, filters, orders, pages by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.paging import Order, Page, keyset_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app import selectors
from requests_app.filters import RequestFilter
from requests_app.models import BorrowingRequest
from requests_app.views.batch import take_results
from requests_app.views.links import request_url, with_query
from requests_app.views.rows import batch_actions, queue_row
from requests_app.views.shell import queue_label

PAGE_SIZE = 50
LISTS = {
    "": gettext_lazy("All open requests"),
    selectors.RUSH: gettext_lazy("Rush"),
    selectors.ATTENTION: gettext_lazy("Needs attention"),
    selectors.CLOSED: gettext_lazy("Closed requests"),
}
SORTS = {
    "act_by": gettext_lazy("act by"),
    "newest": gettext_lazy("newest first"),
    "oldest": gettext_lazy("oldest first"),
    "need_by": gettext_lazy("needed by"),
    "title": gettext_lazy("title"),
}
_KNOWN = frozenset(code for _group, codes in selectors.QUEUES for code in codes)


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


def view_of(request: HttpRequest) -> View:
    """Read the address; what it does not know is left out, so that an old link still shows a list."""
    queue = request.GET.get("queue", "")
    queue = queue if queue in _KNOWN or queue in LISTS else ""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    orders = selectors.ORDERS
    if query and not queue:
        orders = selectors.FOUND_ORDERS
    elif queue == selectors.CLOSED:
        orders = selectors.CLOSED_ORDERS
    sort = request.GET.get("sort", "")
    return View(queue, query, sort if sort in orders else next(iter(orders)), orders)


@require_safe
@staff_page
def queue(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/: a list of requests. A code that names just one request opens its page."""
    at = clock.now()
    view = view_of(request)
    found = selectors.visible_to_staff(library, actor)
    if view.queue or not view.query:
        found = selectors.in_queue(found, view.queue)
    if view.query:
        hits = selectors.exact_hits(found, view.query)
        if len(hits) == 1 and not view.queue:
            return redirect(request_url(library.slug, hits[0]))
        if hits:
            found = found.filter(number__in=hits)
        else:
            found = selectors.by_words(found, view.query, persons=selectors.sees_persons(actor))
    narrowing = RequestFilter(
        request.GET, queryset=found, choices=selectors.filter_choices(library), zone=library.timezone
    )
    page = keyset_page(
        selectors.for_list(selectors.sortable(narrowing.qs, view.order)),
        order=view.order,
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    back = request.get_full_path()
    rows = [queue_row(each, library=library, actor=actor, at=at, back=back) for each in page.rows]
    context = {
        "slug": library.slug,
        "heading": heading_of(view),
        "view": view,
        "filter": narrowing,
        "page": page_context(request, page, rows),
        "sorts": sort_links(request, view),
        "columns": columns_of(request, view),
        "batch": batch_actions(page.rows, actor),
        "back": back,
        "results": take_results(request),
        "everything_url": with_query(request, queue=None) if view.query and view.queue else "",
        "plain_url": request.path + (f"?queue={view.queue}" if view.queue else ""),
    }
    return render(request, "desk/queue.html", context)


def heading_of(view: View) -> str:
    """What the list is called."""
    name = str(LISTS.get(view.queue) or queue_label(view.queue))
    if view.query and not view.queue:
        return _("Found for “%(words)s”") % {"words": view.query}
    if view.query:
        return _("%(list)s: “%(words)s”") % {"list": name, "words": view.query}
    return name


def page_context(
    request: HttpRequest, page: Page[BorrowingRequest], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """Rows and the links to the neighbours (components/_queue.html)."""
    return {
        "rows": rows,
        "newer_url": with_query(request, cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": with_query(request, cursor=page.next_cursor) if page.next_cursor else "",
    }


def sort_links(request: HttpRequest, view: View) -> list[dict[str, Any]]:
    """The orders this list can have."""
    return [
        {"label": SORTS[code], "url": with_query(request, sort=code), "current": code == view.sort}
        for code in view.orders
    ]


def columns_of(request: HttpRequest, view: View) -> list[dict[str, Any]]:
    """The heads of the table; those that sort say so."""
    when = _("Closed") if view.queue == selectors.CLOSED else _("Act by")
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
