"""Scan and done: choose the action once, then scan, scan, scan. Knows no library noun.

A desk subclasses `Bench` with its modes and the hooks; `bench_page(bench, request)` is the page, `begin_anew` the
button that starts a new running list.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from illservice.core.actors import Actor
from illservice.core.desk.forms import ActionForm
from illservice.core.desk.listing import ListSide
from illservice.core.desk.scan_form import ScanForm
from illservice.core.desk.scan_lines import DONE, WAITS, WRONG, Line, clear, keep, line, lines_of
from illservice.core.errors import IllError, InvalidInput
from illservice.core.lists import clean_query
from illservice.core.workflow import Table, may


@dataclass(frozen=True, slots=True)
class Mode:
    """One action for all scans. `looks`: somebody checks facts or a name before it is done; `quick`: a person may
    choose to do without, and `quick_words`, `quick_label`, `slow_label` say what that means."""

    action: str
    label: Any
    hint: Any
    done: Any
    looks: bool = False
    cards: bool = False
    quick_words: Any = ""
    quick_label: Any = ""
    slow_label: Any = ""

    @property
    def may_be_quick(self) -> bool:
        """Whether the look can be left out."""
        return bool(self.quick_label)

    def states(self, table: Table) -> frozenset[str]:
        """Where the action starts from."""
        return frozenset().union(*(row.when for row in table.rows if row.action == self.action))


class Bench(ABC):
    """Where somebody scans, and what every scan shall do. `page` is the name of its address, `hidden` are modes that
    only a link leads to."""

    side: ClassVar[ListSide]
    page: ClassVar[str]
    modes: ClassVar[Mapping[str, Mode]]
    hidden: ClassVar[Mapping[str, Mode]] = {}

    def __init__(
        self, library: Any, actor: Actor, at: datetime, *, do: str = "", quick: bool = False
    ) -> None:
        known = {**self.modes, **self.hidden}
        self.library = library
        self.actor = actor
        self.at = at
        self.mode = known.get(do) or next(iter(self.modes.values()))
        self.quick = quick

    @abstractmethod
    def hits(self, code: str) -> list[Any]:
        """What a scan may mean: what the mode can be done with, else where it is instead."""

    @abstractmethod
    def where_now(self, one: Any) -> str:
        """Where the item is, in words for somebody who holds it in the hand."""

    @abstractmethod
    def next_words(self, one: Any) -> str:
        """What the desk does next with the item in the hand; nothing when it waits for somebody else."""

    def asks_first(self, one: Any) -> bool:
        """Whether a page with the facts comes before the act."""
        if self.mode.may_be_quick:
            return not self.quick
        return self.mode.looks or self.side.doors[self.mode.action].asks(one)

    def at_once(self, _one: Any, _code: str) -> str | None:
        """Do it in the desk's own way and return the words for it; None leaves it to the action's door."""
        return None

    def known(self, _one: Any) -> dict[str, Any]:
        """What the form shows before anybody typed."""
        return {}

    def instead(self, _one: Any) -> dict[str, str]:
        """`more_url` with `more_label`: what may be meant when this cannot be done."""
        return {}

    def facts(self, _one: Any) -> dict[str, Any]:
        """What the page with the facts shows beside the form."""
        return {}

    @property
    def where(self) -> str:
        """The key of the running list: of this desk and library."""
        return f"{self.side.links.space}:{self.library.slug}"

    @property
    def base(self) -> str:
        """The page without a mode."""
        return self.side.links.page(self.page, self.library.slug)

    def url(self, **query: str) -> str:
        """The page with this mode chosen."""
        quick = {"quick": "1"} if self.quick else {}
        return f"{self.base}?{urlencode({'do': self.mode.action} | quick | query)}"

    def possible(self, one: Any) -> bool:
        """Whether the mode's action can be done with it now."""
        return self.can(one, self.mode.action)

    def can(self, one: Any, action: str) -> bool:
        """Whether this person can do something with it now."""
        return any(row.action == action for row in self.side.allowed(one, self.actor))

    def one(self, number: str) -> Any:
        """The request as it is now, None when it is not there for this person."""
        return next(iter(self.side.by_numbers(self.library, self.actor, [number])), None)

    def line(self, tone: str, words: str, about: Any = None, **more: str) -> Line:
        """One line of the running list."""
        if about is not None:
            url = self.side.links.request(self.library.slug, about.number)
            more = {"number": about.number, "title": self.side.title(about)[:120], "url": url} | more
        return line(tone, words, at=self.at, **more)

    def done_line(self, words: str, about: Any) -> Line:
        """A line for what was done, with what to do next and the way back, read from the request as it is now."""
        now = self.one(about.number) or about
        kept = self.side.last_act(now.pk)
        undo = self.side.links.undo(self.library.slug, now.number)
        back = {"undo": undo, "act": kept[0]} if kept else {}
        return self.line(DONE, words or str(self.mode.done), now, next=self.next_words(now), **back)

    def not_possible(self, one: Any, words: str = "") -> Line:
        """It is somewhere else already: say where, and offer what may be meant."""
        said = _("Not done. Now: %(place)s") % {"place": self.where_now(one)}
        return self.line(
            WRONG, f"{words} {said}".strip(), one, next=self.next_words(one), **self.instead(one)
        )

    def refused(self, one: Any, refusal: IllError) -> Line:
        """Not done, and why; somebody may have been faster."""
        now = self.one(one.number) or one
        if now.state != one.state or not self.possible(now):
            return self.not_possible(now, _("Somebody was faster."))
        return self.line(WRONG, _("Not done: %(words)s") % {"words": refusal}, now)

    def mode_links(self) -> list[dict[str, Any]]:
        """The modes this person has the right to."""
        return [
            {"label": mode.label, "url": f"{self.base}?do={mode.action}", "current": mode is self.mode}
            for mode in self.modes.values()
            if any(may(row, self.actor) for row in self.side.table.rows if row.action == mode.action)
        ]


def bench_page(bench: Bench, request: HttpRequest) -> HttpResponse:
    """GET the bench; POST a scan (`code`) or the facts about one request (`number`)."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("number", "")
    if request.method == "POST":
        return _act(request, bench, number) if number else _scan(request, bench, sent.get("code", ""))
    if number:
        return _facts(request, bench, number)
    return _show(request, bench, sent.get("code", ""))


def begin_anew(bench: Bench, request: HttpRequest) -> HttpResponse:
    """Begin a new running list."""
    clear(request, bench.where)
    return redirect(f"{bench.base}?do={bench.mode.action}")


def _show(request: HttpRequest, bench: Bench, code: str = "") -> HttpResponse:
    """The scan field and the running list; with a code that may mean several things, the choice of them."""
    found = bench.hits(code) if code else []
    choices = [
        bench.side.row(each, library=bench.library, actor=bench.actor, at=bench.at, back="")
        | {"url": bench.url(number=each.number), "action": None}
        for each in found
    ]
    context = _frame(request, bench) | {"code": code, "choices": choices, "choice_page": {"rows": choices}}
    return render(request, "desk/receive.html", context)


def _frame(request: HttpRequest, bench: Bench) -> dict[str, Any]:
    """What every page of the bench shows."""
    quick = "1" if bench.quick else ""
    form = ScanForm(
        initial={"do": bench.mode.action, "quick": quick}, hint=bench.mode.hint, auto_id="scan_%s"
    )
    return {
        "mode": bench.mode,
        "modes": bench.mode_links(),
        "quick": bench.quick,
        "scan_form": form,
        "scan_url": bench.base,
        "new_list_url": bench.side.links.page(f"{bench.page}_new", bench.library.slug),
        "scanned": lines_of(request, bench.where),
        "back": bench.url(),
        "stages": None,
    }


def _scan(request: HttpRequest, bench: Bench, code: str) -> HttpResponse:
    """One scan: done at once, or on to the facts, or a line that says what is wrong. The list always goes on."""
    code = clean_query(code)
    if not code:
        return redirect(bench.url())
    found = bench.hits(code)
    if len(found) > 1:
        return _go(request, bench.url(code=code))
    if not found:
        words = _("Nothing fits “%(code)s”. Check the number, or type words of the title.") % {"code": code}
        return _say(request, bench, bench.line(WRONG, words, code=code))
    hit = found[0]
    if not bench.possible(hit):
        return _say(request, bench, bench.not_possible(hit))
    if bench.asks_first(hit):
        return _go(request, bench.url(number=hit.number))
    return _say(request, bench, _at_once(bench, hit, code))


def _at_once(bench: Bench, hit: Any, code: str) -> Line:
    """Act without asking. Somebody may have been faster: then the line says where the item is."""
    try:
        words = bench.at_once(hit, code)
        if words is None:
            door = bench.side.doors[bench.mode.action]
            form = door.filled(
                bench.side.given(hit, bench.mode.action), request=hit, actor=bench.actor, at=bench.at
            )
            if not form.is_valid():
                more = {"more_url": bench.url(number=hit.number), "more_label": _("Say it")}
                return bench.line(WAITS, _("Something has to be said first"), hit, **more)
            words = str(
                door.run(request=hit, data=form.facts, actor=bench.actor, at=bench.at, version=hit.version)
                or ""
            )
    except IllError as refusal:
        return bench.refused(hit, refusal)
    return bench.done_line(words, hit)


def _say(request: HttpRequest, bench: Bench, said: Line) -> HttpResponse:
    """Keep the line, and show it: alone for htmx, else on top of the page."""
    keep(request, bench.where, said)
    if _wants_part(request):
        context = {"line": said, "back": bench.url(), "fresh": True}
        return render(request, "desk/_scan_line.html", context)
    return redirect(bench.url())


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if _wants_part(request) else redirect(url)


def _wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for one line of the list rather than a page."""
    return bool(getattr(request, "htmx", False))


def _facts(request: HttpRequest, bench: Bench, number: str, form: ActionForm | None = None) -> HttpResponse:
    """The facts about one item before the act: a form filled with what is known, or a name to be checked."""
    hit = bench.one(number)
    if hit is None or not bench.possible(hit):
        words = _("There is no such request, or it is not yours to see.")
        keep(request, bench.where, bench.not_possible(hit) if hit else bench.line(WRONG, words, code=number))
        return redirect(bench.url())
    door = bench.side.doors[bench.mode.action]
    form = form or door.form(request=hit, actor=bench.actor, at=bench.at, initial=bench.known(hit))
    if "barcode" in form.fields:  # a scanner goes on with the barcode on the item, a person with Enter
        form.fields["barcode"].widget.attrs["autofocus"] = True
    context = _frame(request, bench) | {
        "form": form,
        "subject": hit,
        "title": bench.side.title(hit),
        "place": bench.where_now(hit),
        "submit_label": str(bench.mode.label),
        "focus_button": not form.is_bound and "barcode" not in form.fields,
        **bench.facts(hit),
    }
    return render(request, "desk/receive_facts.html", context, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, bench: Bench, number: str) -> HttpResponse:
    """The facts were sent: act, then back to the scan field with a line on top."""
    hit = bench.one(number)
    if hit is None:
        return _facts(request, bench, number)
    door = bench.side.doors[bench.mode.action]
    form = door.form(request.POST, request=hit, actor=bench.actor, at=bench.at)
    if not form.is_valid():
        return _facts(request, bench, number, form)
    try:
        version = form.cleaned_data["version"]
        words = door.run(request=hit, data=form.facts, actor=bench.actor, at=bench.at, version=version)
    except InvalidInput as wrong:
        for name, said in wrong.fields.items():
            form.add_error(name if name in form.fields else None, str(said))
        return _facts(request, bench, number, form)
    except IllError as refusal:
        keep(request, bench.where, bench.refused(hit, refusal))
    else:
        keep(request, bench.where, bench.done_line(str(words or ""), hit))
    return redirect(bench.url())
