"""The lending desk, for its lists, batches and scans (illservice.core.desk.listing)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.listing import Grammar, ListSide, StagePlan, label_from, stages_of
from illservice.core.lists import ATTENTION, CLOSED, RUSH
from illservice.directory.models import Library
from lending.filters import LendingFilter
from lending.forms.actions import ACTIONS
from lending.models import LendingRequest
from lending.printing import kinds_in_list
from lending.selectors import finding, lists, sight
from lending.views.links import LINKS
from lending.views.rows import ONE_CLICK, queue_row, title_of
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.states import HoldKind, QuestionKind
from lending.workflow.steps import allowed_in_list

Found = QuerySet[LendingRequest]

GRAMMAR = Grammar(
    queues=lists.QUEUES,
    names={
        "": _("All open requests"),
        RUSH: _("Rush"),
        ATTENTION: _("Needs attention"),
        lists.OVERDUE: _("Overdue"),
        CLOSED: _("Closed requests"),
    },
    orders=lists.ORDERS,
    sorts={
        "act_by": _("act by"),
        "newest": _("newest first"),
        "oldest": _("oldest first"),
        "due": _("due back"),
        "need_by": _("needed by"),
        "title": _("title"),
        "borrower": _("borrower"),
    },
    label=label_from(
        lambda: dict(HoldKind.choices),
        lambda: dict(QuestionKind.choices),
        lambda: dict(TABLE.labels()),
    ),
    more={lists.OVERDUE: lists.is_overdue},
)

_STAGES = StagePlan(
    groups={
        "answer": _("Answer"),
        "fetch": _("Fetch and send"),
        "away": _("At the borrowers"),
        "back": _("Coming back"),
    },
    always=frozenset({s.NEW, s.TO_PULL, s.FOUND, s.ON_LOAN, s.COMING_BACK}),
)


def stages(request: HttpRequest, library: Library, actor: Actor) -> list[dict[str, Any]]:
    """The sidebar: the queues with their true counts; one statement over the open requests."""
    counts = lists.queue_counts(library, actor, at=clock.now())
    return stages_of(LENDING, _STAGES, request, library, counts)


def _narrow(data: Any, found: Found, library: Library) -> LendingFilter:
    return LendingFilter(data, queryset=found, choices=lists.filter_choices(library), zone=library.timezone)


def _by_words(found: Found, text: str, _actor: Actor) -> Found:
    return finding.by_words(found, text)


def _given(request: LendingRequest, action: str) -> dict[str, Any]:
    """Many are cleared of the hold in whose queue they stand, and fetched from where they are known to be."""
    if action == "clear_hold":
        return {"kind": request.queue}
    return {"rows": None} if action == "pull" else {}


LENDING = ListSide(
    table=TABLE,
    doors=ACTIONS,
    links=LINKS,
    grammar=GRAMMAR,
    one_click=ONE_CLICK,
    visible=sight.visible_to_staff,
    exact=finding.exact_match,
    by_words=_by_words,
    narrow=_narrow,
    for_list=lists.for_list,
    sortable=lists.sortable,
    by_numbers=lists.by_numbers,
    last_act=lists.last_act,
    allowed=allowed_in_list,
    title=title_of,
    row=queue_row,
    given=_given,
    prints=kinds_in_list,
    words={
        "search": _(
            "Try fewer words, part of a title, a library’s name, a call number, or any number of the request."
        ),
    },
)
