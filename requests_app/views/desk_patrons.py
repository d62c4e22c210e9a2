"""Patrons as the desk sees them: search, data, requests, clear and block."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.listing import page_context
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.paging import keyset_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.notices.channels import offered
from illservice.notices.selectors import rules_of
from patrons.models import OFF, Patron
from patrons.selectors import all_proxies_of, blocks_of, choice_of, patron_by_barcode, search_patrons
from patrons.services import block_patron, clear_patron, name_proxy, remove_proxy, unblock_patron
from patrons.services.erasing import MAY_ERASE
from requests_app import selectors
from requests_app.forms.patron_notices import DeskProxyForm
from requests_app.views.patron_notices import proxy_line
from requests_app.views.rows import queue_row
from requests_app.workflow.rights import CIRCULATION, DESK

PAGE_SIZE = 20
MOST_OPEN = 100
_MORE_THAN_NAME = CIRCULATION - {Role.STUDENT}


@require_safe
@staff_page(roles=CIRCULATION)
def patrons(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/patrons/: find a patron by name, card or e-mail. A card number goes straight to its patron."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    seen = selectors.patrons_seen_by(library, actor)
    exact = patron_by_barcode(library, words, among=seen) if words else None
    if exact is not None:
        return redirect(_url(library, exact))
    found = list(search_patrons(library, words, among=seen)) if words else []
    context = {
        "slug": library.slug,
        "stages": None,
        "words": words,
        "all_data": bool(actor.roles & _MORE_THAN_NAME),
        "found": [{"patron": each, "url": _url(library, each)} for each in found],
    }
    return render(request, "desk/patrons.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=CIRCULATION)
def patron(request: HttpRequest, library: Library, actor: Actor, barcode: str) -> HttpResponse:
    """/desk/<slug>/patrons/<card>/: one patron; POST `do` = clear, block or unblock."""
    at = clock.now()
    found = patron_by_barcode(library, barcode, among=selectors.patrons_seen_by(library, actor))
    if found is None:
        raise NotFound()
    if request.method == "POST":
        return _act(request, library, found, actor, at)
    requests = selectors.requests_of_patron(library, actor, found)
    page = keyset_page(
        selectors.for_list(requests.filter(closed_at__isnull=False)),
        order=selectors.FOUND_ORDERS["newest"],
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    still_open = selectors.for_list(requests.filter(closed_at__isnull=True))
    back = request.get_full_path()

    def rows(subjects: Any) -> list[dict[str, Any]]:
        found = (queue_row(each, library=library, actor=actor, at=at, back=back) for each in subjects)
        return [row | {"person": row["branch"]} for row in found]

    context = {
        "slug": library.slug,
        "stages": None,
        "patron": found,
        "facts": _facts(found, actor, at),
        "warnings": _warnings(found, actor, at),
        "open_page": {"rows": rows(still_open.order_by("-submitted_at", "-id")[:MOST_OPEN])},
        "page": page_context(request, page, rows(page.rows)),
        "may_change": bool(actor.roles & DESK),
        "may_erase": bool(actor.roles & MAY_ERASE),
        "proxies": [proxy_line(each) for each in all_proxies_of(found)],
        "proxy_form": DeskProxyForm(),
        "new_url": f"{reverse('desk:new', args=[library.slug])}?patron={found.barcode}",
    }
    return render(request, "desk/patron.html", context)


def _url(library: Library, found: Patron) -> str:
    return reverse("desk:patron", args=[library.slug, found.barcode])


def _facts(found: Patron, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Name and card for everybody; the rest for those who write to patrons and judge their accounts."""
    facts: list[tuple[Any, Any]] = [(_("Library card"), found.barcode)]
    if actor.roles & _MORE_THAN_NAME:
        facts += [
            (_("Category"), found.category.name),
            (_("Department"), found.department),
            (_("E-mail"), found.email),
            (_("Telephone"), found.phone),
            (_("Postal address"), found.address),
            (_("Prefers"), found.get_contact_display()),
            *_chosen(found),
            (_("Home branch"), found.home_branch.name if found.home_branch else ""),
            (_("Card valid until"), date_format(found.expires_on) if found.expires_on else ""),
            (_("Note for staff"), found.note),
        ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _chosen(found: Patron) -> list[tuple[Any, Any]]:
    """What the patron chose about notices, where it differs from the rest."""
    choice, ways = choice_of(found), offered(rules_of(found.library_id))
    names = {**ways, OFF: _("none, at the patron’s wish")}
    return [
        (_("Reminders"), names.get(choice.reminders, "")),
        (_("News"), names.get(choice.news, "")),
        (_("Number for messages"), choice.address if len(ways) > 1 else ""),
    ]


def _warnings(found: Patron, actor: Actor, at: datetime) -> list[str]:
    """Why new requests of this patron wait for the desk."""
    said = []
    if found.is_blocked:
        why = found.block_reason if actor.roles & _MORE_THAN_NAME else ""
        said.append(_("Blocked: %(why)s") % {"why": why} if why else _("Blocked"))
    for each in blocks_of(found):
        day = date_format(local_date(each.since, found.library.timezone))
        words = _("Blocked since %(day)s: the item of request %(number)s is long overdue.")
        said.append(words % {"day": day, "number": each.number})
    if found.expires_on and found.expires_on < local_date(at, found.library.timezone):
        said.append(_("The library card has expired."))
    if found.cleared_at is None:
        said.append(_("New: nobody has checked this account yet."))
    return said


def _act(request: HttpRequest, library: Library, found: Patron, actor: Actor, at: datetime) -> HttpResponse:
    action = request.POST.get("do", "")
    try:
        if action == "clear":
            clear_patron(patron_id=found.pk, actor=actor, at=at)
            messages.success(request, _("The account is cleared."))
        elif action == "block":
            reason = request.POST.get("reason", "")
            block_patron(patron_id=found.pk, reason=reason, actor=actor, at=at)
            messages.success(request, _("Blocked. New requests wait for the desk."))
        elif action == "unblock":
            unblock_patron(patron_id=found.pk, actor=actor, at=at)
            messages.success(request, _("The block is taken away."))
        elif action in {"proxy", "no_proxy"}:
            _change_proxies(request, found, action, actor, at)
    except InvalidInput as wrong:
        messages.error(request, str(wrong.message))
    return redirect(_url(library, found))


def _change_proxies(request: HttpRequest, found: Patron, action: str, actor: Actor, at: datetime) -> None:
    """Name somebody for the patron, or take the name away; InvalidInput says what is missing."""
    if action == "no_proxy":
        key = request.POST.get("proxy", "")
        proxy_id = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
        if remove_proxy(patron_id=found.pk, proxy_id=proxy_id, actor=actor, at=at):
            messages.success(request, _("This person acts for the patron no more."))
        return
    form = DeskProxyForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({name: " ".join(map(str, words)) for name, words in form.errors.items()})
    name_proxy(patron_id=found.pk, named=form.named(), actor=actor, at=at)
    messages.success(request, _("This person may act for the patron."))
