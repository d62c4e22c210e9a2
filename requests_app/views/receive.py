"""Scan and done: receive what arrives, and everything else that is done with an item in the hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import IllError, InvalidInput
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app import selectors
from requests_app.forms.actions import ACTIONS, ActionForm
from requests_app.forms.scan import ScanForm
from requests_app.models import BorrowingRequest
from requests_app.services.scanning import receive_and_advance
from requests_app.views.rows import queue_row, title_of
from requests_app.views.scan_lines import WAITS, WRONG, Line, clear, done_line, keep, line, lines_of
from requests_app.views.scan_modes import (
    SECOND,
    Mode,
    asks_first,
    mode_links,
    mode_of,
    next_words,
    wants_part,
    where_now,
)
from requests_app.workflow.rights import CIRCULATION
from requests_app.workflow.steps import allowed_in_list


@dataclass(frozen=True, slots=True)
class Bench:
    """Where somebody scans, and what every scan shall do."""

    library: Library
    actor: Actor
    at: datetime
    mode: Mode
    quick: bool

    @property
    def slug(self) -> str:
        """The library's short name."""
        return self.library.slug

    def url(self, **query: str) -> str:
        """The page with this mode chosen."""
        quick = {"quick": "1"} if self.quick else {}
        return f"{reverse('desk:receive', args=[self.slug])}?{urlencode({'do': self.mode.action} | quick | query)}"

    def line(self, tone: str, words: str, about: BorrowingRequest | None = None, **more: str) -> Line:
        """One line of the running list."""
        return line(tone, words, at=self.at, slug=self.slug, about=about, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=CIRCULATION)
def receive(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/receive/: GET the bench; POST a scan (`code`) or the facts about one request (`number`)."""
    sent = request.POST if request.method == "POST" else request.GET
    bench = Bench(library, actor, clock.now(), mode_of(sent.get("do", "")), sent.get("quick") == "1")
    number = sent.get("number", "")
    if request.method == "POST":
        return _act(request, bench, number) if number else _scan(request, bench, sent.get("code", ""))
    if number:
        return _facts(request, bench, number)
    return _bench(request, bench, sent.get("code", ""))


@require_POST
@staff_page(roles=CIRCULATION)
def new_list(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/desk/<slug>/receive/new/: begin a new running list."""
    clear(request, library.slug)
    mode = mode_of(request.POST.get("do", ""))
    return redirect(f"{reverse('desk:receive', args=[library.slug])}?do={mode.action}")


def _bench(request: HttpRequest, bench: Bench, code: str = "") -> HttpResponse:
    """The scan field and the running list; with a code that may mean several things, the choice of them."""
    found = _hits(bench, code) if code else []
    choices = [
        queue_row(each, library=bench.library, actor=bench.actor, at=bench.at, back="")
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
        "slug": bench.slug,
        "mode": bench.mode,
        "modes": mode_links(bench.slug, bench.actor, bench.mode),
        "quick": bench.quick,
        "may_be_quick": bench.mode.action == "receive",
        "scan_form": form,
        "scan_url": reverse("desk:receive", args=[bench.slug]),
        "scanned": lines_of(request, bench.slug),
        "back": bench.url(),
        "stages": None,
    }


def _hits(bench: Bench, code: str) -> list[BorrowingRequest]:
    return selectors.expected(
        bench.library, bench.actor, code, states=bench.mode.states, cards=bench.mode.cards
    )


def _scan(request: HttpRequest, bench: Bench, code: str) -> HttpResponse:
    """One scan: done at once, or on to the facts, or a line that says what is wrong. The list always goes on."""
    code = code.replace("\x00", "").strip()[:200]
    if not code:
        return redirect(bench.url())
    found = _hits(bench, code)
    if len(found) > 1:
        return _go(request, bench.url(code=code))
    if not found:
        words = _("Nothing fits “%(code)s”. Check the number, or type words of the title.") % {"code": code}
        return _say(request, bench, bench.line(WRONG, words, code=code))
    hit = found[0]
    if not any(row.action == bench.mode.action for row in allowed_in_list(hit, bench.actor)):
        return _say(request, bench, _not_possible(bench, hit))
    if asks_first(bench.mode, hit, quick=bench.quick):
        return _go(request, bench.url(number=hit.number))
    return _say(request, bench, _at_once(bench, hit))


def _not_possible(bench: Bench, hit: BorrowingRequest, words: str = "") -> Line:
    """It is somewhere else already: say where, and offer what may be meant."""
    said = _("Not done. Now: %(place)s") % {"place": where_now(hit)}
    more = {}
    if bench.mode.action == "receive" and any(
        row.action == SECOND.action for row in allowed_in_list(hit, bench.actor)
    ):
        url = f"{reverse('desk:receive', args=[bench.slug])}?do={SECOND.action}&number={hit.number}"
        more = {"more_url": url, "more_label": _("It is a second copy from another lender")}
    return bench.line(WRONG, f"{words} {said}".strip(), hit, next=next_words(hit, bench.actor), **more)


def _at_once(bench: Bench, hit: BorrowingRequest) -> Line:
    """Act without asking. Somebody may have been faster: then the line says where the item is."""
    try:
        if bench.mode.action == "receive":
            code = receive_and_advance(request=hit, actor=bench.actor, at=bench.at)
            words = _("Received, on the hold shelf under %(code)s") % {"code": code} if code else ""
        else:
            door = ACTIONS[bench.mode.action]
            form = door.filled({}, request=hit, actor=bench.actor, at=bench.at)
            if not form.is_valid():
                url = bench.url(number=hit.number)
                return bench.line(
                    WAITS, _("Something has to be said first"), hit, more_url=url, more_label=_("Say it")
                )
            words = str(
                door.run(request=hit, data=form.facts, actor=bench.actor, at=bench.at, version=hit.version)
                or ""
            )
    except IllError as refusal:
        return _refused(bench, hit, refusal)
    return _done(bench, hit, words)


def _done(bench: Bench, hit: BorrowingRequest, words: str) -> Line:
    """The line for what was done, read from the request as it is now."""
    now = next(iter(selectors.by_numbers(bench.library, bench.actor, [hit.number])), hit)
    return done_line(
        words or str(bench.mode.done), about=now, actor=bench.actor, at=bench.at, slug=bench.slug
    )


def _refused(bench: Bench, hit: BorrowingRequest, refusal: IllError) -> Line:
    now = next(iter(selectors.by_numbers(bench.library, bench.actor, [hit.number])), hit)
    if now.state != hit.state:
        return _not_possible(bench, now, _("Somebody was faster."))
    return bench.line(WRONG, _("Not done: %(words)s") % {"words": refusal}, now)


def _say(request: HttpRequest, bench: Bench, said: Line) -> HttpResponse:
    """Keep the line, and show it: alone for htmx, else on top of the page."""
    keep(request, bench.slug, said)
    if wants_part(request):
        context = {"line": said, "back": bench.url(), "fresh": True}
        return render(request, "desk/_scan_line.html", context)
    return redirect(bench.url())


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if wants_part(request) else redirect(url)


def _facts(request: HttpRequest, bench: Bench, number: str, form: ActionForm | None = None) -> HttpResponse:
    """The facts about one item before the act: a form filled with what is known, or a name to be checked."""
    hit = _one(bench, number)
    if hit is None or not any(row.action == bench.mode.action for row in allowed_in_list(hit, bench.actor)):
        words = _("There is no such request, or it is not yours to see.")
        keep(request, bench.slug, _not_possible(bench, hit) if hit else bench.line(WRONG, words, code=number))
        return redirect(bench.url())
    door = ACTIONS[bench.mode.action]
    form = form or door.form(request=hit, actor=bench.actor, at=bench.at, initial=_known(bench, hit))
    if "barcode" in form.fields:  # a scanner goes on with the barcode on the item, a person with Enter
        form.fields["barcode"].widget.attrs["autofocus"] = True
    patron = hit.patron if selectors.sees_persons(bench.actor) else None
    context = _frame(request, bench) | {
        "form": form,
        "subject": hit,
        "title": title_of(hit),
        "patron": patron,
        "place": where_now(hit),
        "submit_label": str(bench.mode.label),
        "focus_button": not form.is_bound and "barcode" not in form.fields,
        "second_url": _second_url(bench, hit),
    }
    return render(request, "desk/receive_facts.html", context, status=422 if form.is_bound else 200)


def _known(bench: Bench, hit: BorrowingRequest) -> dict[str, Any]:
    """The address to send it back to, as the library knows its partner when the lender said nothing."""
    if bench.mode.action not in {"receive", SECOND.action}:
        return {}
    sender = next((each for each in hit.tries.all() if each.open), None)
    return {"return_address": selectors.return_address_of(sender)} if sender else {}


def _second_url(bench: Bench, hit: BorrowingRequest) -> str:
    possible = any(row.action == SECOND.action for row in allowed_in_list(hit, bench.actor))
    if bench.mode.action != "receive" or not possible:
        return ""
    return f"{reverse('desk:receive', args=[bench.slug])}?do={SECOND.action}&number={hit.number}"


def _one(bench: Bench, number: str) -> BorrowingRequest | None:
    return next(iter(selectors.by_numbers(bench.library, bench.actor, [number])), None)


def _act(request: HttpRequest, bench: Bench, number: str) -> HttpResponse:
    """The facts were sent: act, then back to the scan field with a line on top."""
    hit = _one(bench, number)
    if hit is None:
        return _facts(request, bench, number)
    door = ACTIONS[bench.mode.action]
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
        now = _one(bench, number) or hit
        possible = any(row.action == bench.mode.action for row in allowed_in_list(now, bench.actor))
        said = (
            _refused(bench, now, refusal)
            if possible
            else _not_possible(bench, now, _("Somebody was faster."))
        )
        keep(request, bench.slug, said)
        return redirect(bench.url())
    keep(request, bench.slug, _done(bench, hit, str(words or "")))
    return redirect(bench.url())
