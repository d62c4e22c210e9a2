"""The borrowing desk's bench: receive what arrives, and everything else that is done with an item in the hand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.scanning import Bench, begin_anew, bench_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from patrons.selectors import collectors_of
from requests_app import selectors
from requests_app.models import BorrowingRequest
from requests_app.services.scanning import receive_and_advance
from requests_app.views.lists import BORROWING
from requests_app.views.scan_modes import MODES, SECOND, next_words, where_now
from requests_app.workflow import TABLE
from requests_app.workflow.rights import CIRCULATION


class ReceiveBench(Bench):
    """What arrives, goes to the shelf, is handed over, comes back and goes home."""

    side = BORROWING
    page = "receive"
    modes = MODES
    hidden = {SECOND.action: SECOND}  # nobody changes it

    def hits(self, code: str) -> list[BorrowingRequest]:
        """By any code, or words of the title; cards where a name is checked."""
        states = self.mode.states(TABLE)
        return selectors.expected(self.library, self.actor, code, states=states, cards=self.mode.cards)

    def where_now(self, one: BorrowingRequest) -> str:
        """State, branch, shelf, day."""
        return where_now(one)

    def next_words(self, one: BorrowingRequest) -> str:
        """The next step, with the branch where it happens."""
        return next_words(one, self.actor)

    def at_once(self, one: BorrowingRequest, _code: str) -> str | None:
        """What is received without a look goes on the hold shelf when the patron picks it up right here."""
        if self.mode.action != "receive":
            return None
        code = receive_and_advance(request=one, actor=self.actor, at=self.at)
        return _("Received, on the hold shelf under %(code)s") % {"code": code} if code else ""

    def known(self, one: BorrowingRequest) -> dict[str, Any]:
        """The address to send it back to, as the library knows its partner when the lender said nothing."""
        if self.mode.action not in {"receive", SECOND.action}:
            return {}
        sender = next((each for each in one.tries.all() if each.open), None)
        return {"return_address": selectors.return_address_of(sender)} if sender else {}

    def instead(self, one: BorrowingRequest) -> dict[str, str]:
        """It may be a second copy."""
        url = self._second_url(one)
        return {"more_url": url, "more_label": _("It is a second copy from another lender")} if url else {}

    def facts(self, one: BorrowingRequest) -> dict[str, Any]:
        """Whose it is, where it goes, under which conditions."""
        patron = one.patron if selectors.sees_persons(self.actor) else None
        told = (
            (_("Card"), patron.barcode if patron else ""),
            (_("May be picked up by"), self._collectors(one)),
            (_("Request"), one.number),
            (_("Author"), one.article_author or one.author or "–"),
            (_("Now"), where_now(one)),
            (_("Pick-up"), one.pickup_branch.name if one.pickup_branch else ""),
            (_("Due from the patron"), date_format(one.patron_due) if one.patron_due else ""),
            (_("Conditions"), ", ".join(one.conditions)),
        )
        return {
            "aside_title": patron.name if patron else one.number,
            "aside": [{"label": label, "value": value} for label, value in told if value],
            "second_url": self._second_url(one),
        }

    def _collectors(self, one: BorrowingRequest) -> str:
        """Who else may have it, when it is handed over."""
        if self.mode.action != "hand_over" or one.patron_id is None or not selectors.sees_persons(self.actor):
            return ""
        return ", ".join(collectors_of(one.patron_id, local_date(self.at, self.library.timezone)))

    def _second_url(self, one: BorrowingRequest) -> str:
        if self.mode.action != "receive" or not self.can(one, SECOND.action):
            return ""
        return f"{self.base}?do={SECOND.action}&number={one.number}"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=CIRCULATION)
def receive(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/receive/: GET the bench; POST a scan (`code`) or the facts about one request (`number`)."""
    sent = request.POST if request.method == "POST" else request.GET
    quick = sent.get("quick") == "1"
    bench = ReceiveBench(library, actor, clock.now(), do=sent.get("do", ""), quick=quick)
    return bench_page(bench, request)


@require_POST
@staff_page(roles=CIRCULATION)
def new_list(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/receive/new/: begin a new running list."""
    return begin_anew(ReceiveBench(library, actor, clock.now(), do=request.POST.get("do", "")), request)
