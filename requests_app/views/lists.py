"""The borrowing desk, for its lists, batches and scans (illservice.core.desk.listing)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.desk.listing import Grammar, ListSide, StagePlan, label_from, stages_of
from illservice.directory.models import Library
from requests_app import selectors
from requests_app.filters import RequestFilter
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.printing import kinds_in_list
from requests_app.views.links import LINKS
from requests_app.views.rows import ONE_CLICK, queue_row, title_of
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.rights import CLEARING
from requests_app.workflow.steps import allowed_in_list

Found = QuerySet[BorrowingRequest]

GRAMMAR = Grammar(
    queues=selectors.QUEUES,
    names={
        "": _("All open requests"),
        selectors.RUSH: _("Rush"),
        selectors.ATTENTION: _("Needs attention"),
        selectors.CLOSED: _("Closed requests"),
    },
    orders=selectors.ORDERS,
    sorts={
        "act_by": _("act by"),
        "newest": _("newest first"),
        "oldest": _("oldest first"),
        "need_by": _("needed by"),
        "title": _("title"),
    },
    label=label_from(
        lambda: dict(s.HoldKind.choices),
        lambda: dict(s.QuestionKind.choices),
        lambda: dict(TABLE.labels()),
    ),
    more={},
)

_STAGES = StagePlan(
    groups={
        "review": _("Check"),
        "sending": _("Find"),
        "lenders": _("With lenders"),
        "coming": _("Arriving"),
        "patrons": _("With patrons"),
        "back": _("Going back"),
    },
    always=frozenset({s.READY, s.ASKED, s.ON_THE_WAY, s.AT_DESK, s.ON_SHELF, s.ON_LOAN, s.BACK_AT_DESK}),
)


def stages(request: HttpRequest, library: Library, actor: Actor) -> list[dict[str, Any]]:
    """The sidebar: the queues with their true counts; one statement over the open requests. Copyright has a page of its
    own, with counts and ways out.
    """
    found = stages_of(BORROWING, _STAGES, request, library, selectors.queue_counts(library, actor))
    if not actor.roles & CLEARING:
        return found
    url = LINKS.page("copyright", library.slug)
    own = {"url": url, "current": request.path == url}
    return [each | own if each["code"] == s.HoldKind.COPYRIGHT else each for each in found]


def _narrow(data: Any, found: Found, library: Library) -> RequestFilter:
    return RequestFilter(
        data, queryset=found, choices=selectors.filter_choices(library), zone=library.timezone
    )


def _by_words(found: Found, text: str, actor: Actor) -> Found:
    return selectors.by_words(found, text, persons=selectors.sees_persons(actor))


def _given(request: BorrowingRequest, action: str) -> dict[str, Any]:
    """Many are cleared of the hold in whose queue they stand."""
    return {"kind": request.queue} if action == "clear_hold" else {}


BORROWING = ListSide(
    table=TABLE,
    doors=ACTIONS,
    links=LINKS,
    grammar=GRAMMAR,
    one_click=ONE_CLICK,
    visible=selectors.visible_to_staff,
    exact=selectors.exact_match,
    by_words=_by_words,
    narrow=_narrow,
    for_list=selectors.for_list,
    sortable=selectors.sortable,
    by_numbers=selectors.by_numbers,
    last_act=selectors.last_act,
    allowed=allowed_in_list,
    title=title_of,
    row=queue_row,
    given=_given,
    prints=kinds_in_list,
    words={
        "search": _("Try fewer words, part of a title, a card number, or any number of the request."),
    },
)
