"""The lending desk's bench: found on the shelf, packed, checked in; scan and done."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.scanning import Bench, Mode, begin_anew, bench_page
from illservice.core.errors import Refused
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.models import LendingItem, LendingRequest
from lending.selectors import finding
from lending.services.items import item_found
from lending.views.lists import LENDING
from lending.views.rows import place_of
from lending.workflow import TABLE
from lending.workflow.rights import STACKS
from lending.workflow.states import NextActor
from lending.workflow.steps import next_step, to_pull

_CODES = gettext_lazy("The item’s barcode, our number, the borrower’s number, or words of the title")

_MODES: dict[str, Mode] = {
    mode.action: mode
    for mode in (
        Mode("item_found", gettext_lazy("Found on the shelf"), _CODES, gettext_lazy("Found on the shelf")),
        Mode(
            "ship",
            gettext_lazy("Pack and send"),
            _CODES,
            gettext_lazy("Sent"),
            looks=True,
            quick_label=gettext_lazy("Send at once with every scan"),
            slow_label=gettext_lazy("Look at each item first"),
            quick_words=gettext_lazy("A scan sends at once, with our usual loan period and what was agreed."),
        ),
        Mode("check_in", gettext_lazy("Check in"), _CODES, gettext_lazy("Checked in")),
    )
}


class LendingBench(Bench):
    """What comes from the stacks, leaves in a parcel and comes home."""

    side = LENDING
    page = "scan"
    modes: ClassVar[dict[str, Mode]] = _MODES

    def hits(self, code: str) -> list[LendingRequest]:
        """By any code, or words of the title and the borrower."""
        return finding.scanned(self.library, self.actor, code, states=self.mode.states(TABLE))

    def where_now(self, one: LendingRequest) -> str:
        """State, borrower, due date, day of its return."""
        parts = [str(TABLE.state(one.state).label), one.borrower.name]
        if one.due and one.is_open and one.shipped_at:
            parts.append(_("due %(day)s") % {"day": date_format(one.due)})
        if one.checked_in_at:
            day = date_format(local_date(one.checked_in_at, one.library.timezone))
            parts.append(_("checked in on %(day)s") % {"day": day})
        return ", ".join(parts)

    def next_words(self, one: LendingRequest) -> str:
        """The next step; what is still to be fetched for the same request is named."""
        left = to_pull(one)
        if left:
            return _("Still to fetch: %(items)s") % {"items": "; ".join(_item_words(item) for item in left)}
        step = next_step(one, self.actor) if one.next_actor == NextActor.DESK else None
        return str(step.label) if step else ""

    def at_once(self, one: LendingRequest, code: str) -> str | None:
        """Of several items the one whose barcode or call number was scanned is the one that was found."""
        wanted = to_pull(one)
        if self.mode.action != "item_found" or len(wanted) < 2:
            return None
        item_found(request_id=one.pk, item_id=_meant(wanted, code).pk, actor=self.actor, at=self.at)
        return ""

    def asks_first(self, one: LendingRequest) -> bool:
        """Which of several items was found is said by its barcode, not on a page."""
        return self.mode.action != "item_found" and super().asks_first(one)

    def facts(self, one: LendingRequest) -> dict[str, Any]:
        """To whom it goes, with what, and what was agreed."""
        told = (
            (_("Request"), one.number),
            (_("Their number"), one.borrower_number),
            (_("Author"), one.article_author or one.author or "–"),
            (_("Now"), self.where_now(one)),
            (_("Items"), "\n".join(_item_words(item) for item in one.items.all())),
            (_("Ship to"), one.ship_to or one.borrower.address),
            (_("Conditions"), ", ".join(one.conditions)),
        )
        listed = [{"label": label, "value": value} for label, value in told if value]
        return {"aside_title": one.borrower.name, "aside": listed}


def _meant(wanted: list[LendingItem], code: str) -> LendingItem:
    fitting = [item for item in wanted if code and code in {item.barcode, item.call_number}]
    if len(fitting) != 1:
        words = _("Several items are to be fetched for it. Scan the barcode of the item itself.")
        raise Refused(words, code="several_items")
    return fitting[0]


def _item_words(item: LendingItem) -> str:
    return " · ".join(part for part in (item.volume, place_of(item), item.barcode) if part)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=STACKS)
def scan(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/scan/: GET the bench; POST a scan (`code`) or the facts about one request (`number`)."""
    sent = request.POST if request.method == "POST" else request.GET
    quick = sent.get("quick") == "1"
    bench = LendingBench(library, actor, clock.now(), do=sent.get("do", ""), quick=quick)
    return bench_page(bench, request)


@require_POST
@staff_page(roles=STACKS)
def new_list(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/scan/new/: begin a new running list."""
    return begin_anew(LendingBench(library, actor, clock.now(), do=request.POST.get("do", "")), request)
