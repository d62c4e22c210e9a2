"""A patron's own requests: the list, one request, and what the patron can do with it."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.forms.fields import WriteForm
from illservice.citations.kinds import FIELD_LABELS, FIELDS, Kind
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.page import money_words
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.idempotency import once
from illservice.documents.selectors import dead_addresses
from patrons.doors import cards_of, choose_library
from patrons.models import Patron
from requests_app.forms.patron import DELIVERY_LABELS
from requests_app.models import BorrowingRequest, Delivery
from requests_app.selectors import request_for_patron
from requests_app.selectors.money import owed_by_patron
from requests_app.selectors.own import own_page
from requests_app.services.words import patron_message
from requests_app.views.patron_moves import moves_of
from requests_app.views.patron_pages import away_words, card_page
from requests_app.views.patron_timeline import timeline
from requests_app.views.patron_words import conditions_of, day, status_of, title_of
from requests_app.workflow import states as s


@require_safe
@card_page
def mine(request: HttpRequest, patron: Patron, _actor: Actor) -> HttpResponse:
    """/my/: open requests first, 25 a page."""
    at = clock.now()
    page = own_page(patron, request.GET.get("page"))
    base = reverse("patron:mine")
    links = open_links(page.rows, at)
    context = {
        "rows": [_row(each, at, links.get(each.pk, "")) for each in page.rows],
        "pager": {
            "newer_url": f"{base}?page={page.previous_cursor}" if page.previous_cursor else "",
            "older_url": f"{base}?page={page.next_cursor}" if page.next_cursor else "",
        },
        "cards": _cards(request, patron),
        "debts": _debts(patron),
        "patron": patron,
    }
    return render(request, "patron/mine.html", context)


def _row(request: BorrowingRequest, at: datetime, link: str) -> dict[str, Any]:
    return {
        "number": request.number,
        "title": title_of(request),
        "author": (request.article_author if request.article_title else "") or request.author,
        "url": reverse("patron:request", args=[request.number]),
        "status": status_of(request, at, link_opens=bool(link)),
        "submitted_at": request.submitted_at,
        "link": link if request.state == s.COPY_DELIVERED else "",
    }


def _debts(patron: Patron) -> dict[str, Any] | None:
    """What the patron owes, and how to pay it; None for nothing."""
    owed = [
        {
            "number": each.request.number,
            "title": title_of(each.request),
            "url": reverse("patron:request", args=[each.request.number]),
            "amount": money_words(each.owed, each.currency),
            "kind": each.get_kind_display(),
            "invoice": each.invoice_number,
            "due": each.due_on,
        }
        for each in owed_by_patron(patron)
    ]
    return {"owed": owed, "how": patron.library.patron_payment} if owed else None


def _cards(request: HttpRequest, patron: Patron) -> list[dict[str, Any]]:
    """The libraries between which somebody with several cards can choose."""
    found = cards_of(request)
    return [
        {"name": each.library.name, "slug": each.library.slug, "current": each.pk == patron.pk}
        for each in (found if len(found) > 1 else [])
    ]


@require_POST
@card_page
def library(request: HttpRequest, _patron: Patron, _actor: Actor) -> HttpResponse:
    """/my/library/: from now on ask with the card of another library."""
    wanted = request.POST.get("library", "")
    for card in cards_of(request):
        if card.library.slug == wanted:
            choose_library(request, card.library_id)
            return redirect("patron:mine")
    raise NotFound(library=wanted)


# -- One request --------------------------------------------------------------------------------------------


@require_safe
@card_page
def one(request: HttpRequest, patron: Patron, actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/: all that the patron may know of it, and do."""
    return _page(request, request_for_patron(patron, number), actor, WriteForm(), patron)


def _page(
    request: HttpRequest, found: BorrowingRequest, actor: Actor, form: WriteForm, patron: Patron
) -> HttpResponse:
    at = clock.now()
    form.initial = {"key": secrets.token_urlsafe(12)}
    link = open_links([found], at).get(found.pk, "")
    context = {
        "asked": found,
        "title": title_of(found),
        "status": status_of(found, at, link_opens=bool(link)),
        "away": away_words(patron, at) if found.wording == s.Wording.RECEIVED else "",
        "pickup": _pickup(found),
        "link": link,
        "calendar_url": _calendar_url(found),
        "conditions": conditions_of(found),
        "facts": _facts(found),
        "entries": timeline(found),
        "exchange": _exchange(found),
        "moves": moves_of(found, actor),
        "waiting": _waits(found),
        "form": form,
    }
    return render(request, "patron/request.html", context)


def _calendar_url(found: BorrowingRequest) -> str:
    """Where the due date is to be had for a calendar, while it is for the patron to keep; "" otherwise."""
    brought = any(
        mark.kind == s.MarkKind.CLAIMED_RETURNED and mark.cleared_at is None for mark in found.marks.all()
    )
    if found.patron_due is None or found.state not in {s.ON_SHELF, s.ON_LOAN} or brought:
        return ""
    return reverse("patron:due_file", args=[found.number])


def _pickup(found: BorrowingRequest) -> list[dict[str, Any]]:
    """Where it waits, under which code, and until when."""
    if found.state != s.ON_SHELF or not found.shelf_code:
        return []
    place = found.location or found.pickup_branch
    facts = [{"label": _("Tell us this code"), "value": found.shelf_code}]
    if place is not None:
        facts.append({"label": _("Where"), "value": "\n".join(filter(None, (place.name, place.address)))})
        if place.opening_hours:
            facts.append({"label": _("Open"), "value": place.opening_hours})
    return [*facts, {"label": _("Pick it up by"), "value": day(found.act_by)}]


def open_links(requests: Iterable[BorrowingRequest], at: datetime) -> dict[int, str]:
    """The links to copies that still lead somewhere, by the request's key. One statement for copies of ours, if any."""
    lasting = {each.pk: each.copy_link for each in requests if each.copy_link and _is_in_time(each, at)}
    dead = dead_addresses(lasting.values(), at)
    return {key: link for key, link in lasting.items() if link not in dead}


def _is_in_time(found: BorrowingRequest, at: datetime) -> bool:
    until = found.copy_link_until
    return until is None or until >= clock.local_date(at, found.library.timezone)


def _facts(found: BorrowingRequest) -> list[dict[str, Any]]:
    """What was asked, as it stands now: the citation, its numbers, and how it was wanted."""
    labels = {spec.name: spec.label for spec in FIELDS.get(found.material, ())}
    values = {name: getattr(found, name) for name in TEXT_FIELDS}
    for row in found.identifiers.all():
        values.setdefault(row.kind, row.normalised or row.raw)
    order = [*labels, *(name for name in values if name not in labels)]
    facts = [
        {"label": labels.get(name, FIELD_LABELS[name]), "value": values[name]}
        for name in order
        if values.get(name)
    ]
    facts.append({"label": _("How you want it"), "value": Kind(found.wanted).patron_label})
    facts.append({"label": _("How it reaches you"), "value": DELIVERY_LABELS[Delivery(found.delivery)]})
    if found.delivery == Delivery.BRANCH and found.pickup_branch:
        facts.append({"label": _("Where you pick it up"), "value": found.pickup_branch.name})
    for label, value in (
        (_("Address"), found.delivery_address),
        (_("You need it by"), day(found.need_by)),
        (_("Where you found it"), found.cited_in),
        (_("Your note"), found.patron_note),
    ):
        if value:
            facts.append({"label": label, "value": value})
    return facts


def _exchange(found: BorrowingRequest) -> list[dict[str, Any]]:
    desk = found.library.name
    return [
        {
            "at": each.at,
            "author": _("You") if each.from_patron else desk,
            "text": each.text,
            "own": each.from_patron,
        }
        for each in found.messages.all()
    ]


def _waits(found: BorrowingRequest) -> bool:
    """Whether the desk waits for an answer of the patron."""
    return any(
        hold.kind == s.HoldKind.WAITING_PATRON and hold.cleared_at is None for hold in found.holds.all()
    )


@require_POST
@card_page
def write(request: HttpRequest, patron: Patron, actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/write/: words to the desk; the answer, when the desk waits for one."""
    found = request_for_patron(patron, number)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, actor, form, patron)
    at = clock.now()

    def work() -> str:
        patron_message(request_id=found.pk, text=form.cleaned_data["text"], actor=actor, at=at)
        return "sent"

    try:
        once(scope=f"message:{actor.id}:{found.pk}", key=form.cleaned_data["key"], at=at, work=work)
    except InvalidInput as refusal:
        form.add_error("text", refusal.fields["text"])
        return _page(request, found, actor, form, patron)
    messages.success(request, _("Your message is with the library."))
    return redirect("patron:request", found.number)
