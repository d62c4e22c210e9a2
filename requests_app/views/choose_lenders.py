"""Which libraries to ask, in which order: found, added, moved and saved in one form that works without scripts."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.acting import CONFLICTS, again, go, say_done
from illservice.core.desk.conflicts import conflict, seen_version
from illservice.core.desk.forms import show_refusal
from illservice.core.errors import InvalidInput, StaleVersion
from illservice.core.workflow import Row
from illservice.directory.doors import staff_page
from illservice.directory.forms import NewPartnerForm
from illservice.directory.models import Library, Partnership
from illservice.directory.selectors import partnerships_named, search_partners
from illservice.directory.services import add_partner, change_partner_address, may_change_partners
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.selectors.page import acting_request
from requests_app.views.links import action_url, back_to, request_url
from requests_app.views.rows import title_of
from requests_app.views.side import SIDE

ACTION = "plan_lenders"
MOST_LENDERS = 30


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def choose(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponseBase:
    """…/do/plan_lenders/: every button but "save" changes only the page; "save" acts."""
    one = acting_request(library, actor, number)
    chosen = request.POST.getlist("partners")[:MOST_LENDERS]
    try:
        row = SIDE.row_of(one, ACTION, actor)
        if request.method != "POST":
            return _page(request, library, actor, one, row, chosen=_planned(one))
        what, _colon, slug = request.POST.get("do", "find").partition(":")
        if what == "save":
            return _save(request, library, actor, one)
        if what == "new":
            return _new(request, library, actor, one, row, chosen)
        return _page(request, library, actor, one, row, chosen=_changed(chosen, what, slug))
    except CONFLICTS as error:
        if _saved_already(request, library, actor, one, chosen):
            messages.info(request, _("That is done already."))
            return go(request, back_to(request, request_url(library.slug, one.number)))
        names = [each["name"] for each in _lines(library, chosen)]
        kept = (
            [{"label": _("Lenders that you chose"), "value": "\n".join(names), "copyable": True}]
            if names
            else []
        )
        return conflict(
            SIDE, request, library, actor, number=one.number, action=ACTION, error=error, kept=kept
        )


def _saved_already(
    request: HttpRequest, library: Library, actor: Actor, one: BorrowingRequest, chosen: list[str]
) -> bool:
    """Whether this is the second click on "save" and the list stands as it was sent."""
    if request.POST.get("do") != "save" or not again(SIDE, request, one, ACTION, actor):
        return False
    return _planned(acting_request(library, actor, one.number)) == chosen


def _planned(one: BorrowingRequest) -> list[str]:
    return [each.partner.slug for each in one.tries.all() if each.status == "planned"]


def _changed(chosen: list[str], what: str, slug: str) -> list[str]:
    """The list after one button: add, drop, up, down, first."""
    others = [each for each in chosen if each != slug]
    if what == "add":
        return [*others, slug][:MOST_LENDERS]
    if what == "drop":
        return others
    if slug in chosen and what in {"up", "down", "first"}:
        place = 0 if what == "first" else max(chosen.index(slug) + (1 if what == "down" else -1), 0)
        return [*others[:place], slug, *others[place:]]
    return chosen


def _save(request: HttpRequest, library: Library, actor: Actor, one: BorrowingRequest) -> HttpResponseBase:
    seen = seen_version(request)
    if seen != one.version:
        raise StaleVersion(seen=seen or 0, current=one.version)
    door = ACTIONS[ACTION]
    at = clock.now()
    form = door.form(request.POST, request=one, actor=actor, at=at)
    if not form.is_valid():
        raise InvalidInput({name: errors[0] for name, errors in form.errors.items()})
    door.run(request=one, data=form.facts, actor=actor, at=at, version=seen)
    say_done(SIDE, request, library, actor, one, door.done)
    return go(request, back_to(request, request_url(library.slug, one.number)))


def _new(
    request: HttpRequest, library: Library, actor: Actor, one: BorrowingRequest, row: Row, chosen: list[str]
) -> HttpResponse:
    form = NewPartnerForm(request.POST)
    if form.is_valid():
        try:
            made = add_partner(library_id=library.pk, actor=actor, at=clock.now(), **form.cleaned_data)
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            return _page(request, library, actor, one, row, chosen=[*chosen, made.partner.slug])
    return _page(request, library, actor, one, row, chosen=chosen, new=form)


def _lines(library: Library, chosen: list[str]) -> list[dict[str, Any]]:
    known = {each.partner.slug: each for each in partnerships_named(library, chosen)}
    return [_line(known[slug]) for slug in dict.fromkeys(chosen) if slug in known]


def _line(partnership: Partnership) -> dict[str, Any]:
    return {
        "slug": partnership.partner.slug,
        "name": partnership.partner.name,
        "system": partnership.get_system_display(),
        "address": partnership.email,
        "needs_address": partnership.system == "mail" and not partnership.email,
        "cost": partnership.cost_note,
        "note": partnership.note,
    }


def _page(
    request: HttpRequest,
    library: Library,
    actor: Actor,
    one: BorrowingRequest,
    row: Row,
    *,
    chosen: list[str],
    new: NewPartnerForm | None = None,
) -> HttpResponse:
    words = (request.POST.get("q") or request.GET.get("q") or "").strip()[:100]
    found = [_line(each) for each in search_partners(library, words)]
    tried = {each.partner.slug for each in one.tries.all() if each.asked_at}
    seen = seen_version(request)
    context = {
        "one": one,
        "title": title_of(one),
        "label": row.label,
        "words": row.words,
        "lines": _lines(library, chosen),
        "found": [each | {"tried": each["slug"] in tried} for each in found if each["slug"] not in chosen],
        "q": words,
        "asked": list(dict.fromkeys(each.partner.name for each in one.tries.all() if each.asked_at)),
        "new": new or NewPartnerForm(),
        "form": new,
        "may_add": may_change_partners(actor),
        "version": one.version if seen is None else seen,
        "act_url": action_url(library.slug, one.number, ACTION),
        "url": request_url(library.slug, one.number),
        "back": request.POST.get("back", "") or request.GET.get("back", ""),
    }
    wrong = new is not None and new.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "desk/action_lenders.html", context, status=status)


@require_POST
@staff_page
def partner_address(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponseBase:
    """POST email, back: the address to which requests to this partner go."""
    home = back_to(request, reverse("desk:queue", args=[library.slug]))
    try:
        changed = change_partner_address(
            library_id=library.pk,
            partner=partner,
            email=request.POST.get("email", ""),
            actor=actor,
            at=clock.now(),
        )
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        words = (
            _("Requests to %(name)s go to %(address)s now.")
            if changed.email
            else _("%(name)s has no address now.")
        )
        messages.success(request, words % {"name": changed.partner.name, "address": changed.email})
    return HttpResponseRedirect(home)
