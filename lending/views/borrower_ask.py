"""A library asks: whom, what it is, how it is wanted, a last look, and the number."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts.doors import to_sign_in
from illservice.accounts.models import User
from illservice.citations.drafts import Draft, new_key
from illservice.citations.forms.start import Pasted, StartForm
from illservice.citations.kinds import Material
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound
from lending.doors import borrower_page, choose_borrower
from lending.forms.borrower import BorrowForm, SeenForm
from lending.models import Channel
from lending.selectors.borrowers import Dealing, dealings_of, request_for_borrower
from lending.services.intake import NewLending, submit
from lending.views.borrower_check import check_context
from lending.views.borrower_pages import asking_page, draw, own_draft, owner_of, setting_of
from lending.views.borrower_words import status_of, title_of

# -- Whom? --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lenders(request: HttpRequest) -> HttpResponseBase:
    """/from/: the libraries that know the person's own; straight on when there is one.

    A choice that is sent says whom the person asks from now on, and in whose name.
    """
    if not isinstance(request.user, User):
        return to_sign_in(request)
    found = dealings_of(request.user)
    if not found:
        raise NotFound()
    if request.method == "POST":
        wanted = (request.POST.get("lender"), request.POST.get("borrower"))
        found = [each for each in found if (each.lender.slug, each.borrower.slug) == wanted]
        if not found:
            raise NotFound()
        choose_borrower(request, found[0].borrower.pk)
    if len(found) == 1:
        return redirect("borrower:mine", found[0].lender.slug)
    several = len({each.borrower.pk for each in found}) > 1
    return draw(request, "borrower/lenders.html", {"dealings": found, "several": several})


# -- What do you need? --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@asking_page
def start(request: HttpRequest, dealing: Dealing, _actor: Actor, key: str = "") -> HttpResponse:
    """/from/<lender>/ask/: one question. With a draft it changes what the draft is about."""
    slug = dealing.lender.slug
    draft = own_draft(request, dealing, key) if key else None
    form = StartForm(_sent(request), initial={"material": draft.material} if draft else None)
    if request.method == "POST" and form.is_valid():
        found: Pasted = form.cleaned_data["found"]
        material = form.cleaned_data["material"] or found.material
        if draft is None and not found:
            return redirect("borrower:ask_material", slug, material)
        return _to_form(slug, _started(draft or Draft(owner_of(request, dealing)), material, found))
    return draw(request, "borrower/start.html", {"form": form, "draft": draft, "slug": slug})


def _sent(request: HttpRequest) -> QueryDict | None:
    """A form sent empty is a form sent."""
    return request.POST if request.method == "POST" else None


def _started(draft: Draft, material: str, found: Pasted) -> Draft:
    draft = _unsent(draft)
    draft.describe(material, dict(found.values))
    if found.raw:
        draft.raw = {"pasted": dict(found.raw)}
    draft.complete = False
    draft.save()
    return draft


def _unsent(draft: Draft) -> Draft:
    """The draft, or a new one like it when a request came of it already: what is changed now is another wish."""
    return replace(draft, key=new_key(), number="", revision=0) if draft.number else draft


def _to_form(slug: str, draft: Draft) -> HttpResponseRedirect:
    return redirect("borrower:ask_draft", slug, draft.material, draft.key)


# -- The form -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@asking_page
def details(
    request: HttpRequest, dealing: Dealing, _actor: Actor, material: str, key: str = ""
) -> HttpResponse:
    """/from/<lender>/ask/<material>/: the fields of one material. With a draft they hold its answers."""
    if material not in Material.values:
        raise NotFound(material=material)
    draft = own_draft(request, dealing, key) if key else Draft(owner_of(request, dealing))
    if draft.material != material:
        draft.describe(material, {})
    form = _form(request, draft, dealing, clock.now())
    if request.method == "POST" and form.is_valid():
        return _to_check(dealing.lender.slug, draft, form)
    slug = dealing.lender.slug
    context = {"form": form, "draft": draft, "material": Material(material).patron_label, "slug": slug}
    back = reverse("borrower:check", args=[slug, draft.key]) if draft.complete and not draft.number else ""
    return draw(
        request,
        "borrower/details.html",
        context | {"back_url": back or reverse("borrower:ask", args=[slug])},
    )


def _form(request: HttpRequest, draft: Draft, dealing: Dealing, at: datetime) -> BorrowForm:
    """Bound to what was sent, or to answers that no longer hold (`?check=1`), else filled with the answers."""
    about: dict[str, Any] = {"material": draft.material, "setting": setting_of(dealing, at)}
    if request.method == "POST":
        return BorrowForm(request.POST, **about)
    if draft.complete and request.GET.get("check"):
        return BorrowForm(_bound(draft), **about)
    return BorrowForm(initial=draft.answers, **about)


def _bound(draft: Draft) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(draft.answers)
    return data


def _to_check(slug: str, draft: Draft, form: BorrowForm) -> HttpResponseRedirect:
    draft = _unsent(draft)
    # Words are kept clean; everything else as it was sent, so that the same checks can run again.
    sent = {name: str(form.data.get(name, "")) for name in form.fields}
    clean = {name: value for name, value in form.cleaned_data.items() if isinstance(value, str)}
    draft.answers = sent | clean
    draft.complete = True
    draft.revision += 1
    draft.save()
    return redirect("borrower:check", slug, draft.key)


# -- Check and send -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@asking_page
def check(request: HttpRequest, dealing: Dealing, actor: Actor, key: str) -> HttpResponse:
    """/from/<lender>/check/<draft>/: all answers once more, with what should be known before sending."""
    slug, draft = dealing.lender.slug, own_draft(request, dealing, key)
    if draft.number:
        return redirect("borrower:sent", slug, draft.number)
    if not draft.complete:
        return _to_form(slug, draft)
    at = clock.now()
    form = BorrowForm(_bound(draft), material=draft.material, setting=setting_of(dealing, at))
    if not form.is_valid():
        return redirect(reverse("borrower:ask_draft", args=[slug, draft.material, draft.key]) + "?check=1")
    last = SeenForm(_sent(request), initial={"seen": draft.revision})
    moved = False
    if request.method == "POST" and last.is_valid():
        moved = last.cleaned_data["seen"] != str(draft.revision)
        if not moved and _send(draft, form, last, dealing, actor, at):
            return redirect("borrower:sent", slug, draft.number)
        last.data = {"seen": str(draft.revision)}  # the answers shown now are those that the next click sends
    context = check_context(draft, form, slug) | {"form": last, "moved": moved, "draft": draft}
    return draw(request, "patron/check.html", context)


def _send(
    draft: Draft, form: BorrowForm, last: SeenForm, dealing: Dealing, actor: Actor, at: datetime
) -> bool:
    """Send it in, once for each draft; False when it was refused, with the words on `last`."""
    try:
        draft.number = submit(
            library_id=dealing.lender.pk,
            borrower_id=dealing.borrower.pk,
            new=_new_request(draft, form),
            actor=actor,
            at=at,
            key=draft.key,
        )
    except InvalidInput as refusal:
        for words in refusal.fields.values():
            last.add_error(None, words)
        return False
    draft.save()
    return True


def _new_request(draft: Draft, form: BorrowForm) -> NewLending:
    """The draft as the service takes it."""
    values = form.cleaned_data
    return NewLending(
        material=draft.material,
        wanted=values["wanted"],
        citation=form.citation(draft.carried),
        channel=Channel.WEB,
        borrower_number=values["borrower_number"],
        need_by=values["need_by"],
        any_edition=values.get("any_edition", False),
        volume_wanted=form.volume_wanted,
        max_cost=values["max_cost"],
        max_cost_currency=form.setting.dealing.lender.currency if values["max_cost"] is not None else "",
        copyright_statement=values["copyright_statement"] if form.as_copy else "",
        delivery=values["delivery"],
        ship_to=values["ship_to"],
        note=values["note"],
        raw=draft.raw,
    )


# -- Sent ---------------------------------------------------------------------------------------------------


@require_safe
@borrower_page
def sent(request: HttpRequest, dealing: Dealing, _actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/sent/<number>/: the number, what happens next and by when. May be loaded at any time."""
    found = request_for_borrower(dealing, number)
    context = {
        "asked": found,
        "title": title_of(found),
        "status": status_of(found, clock.now()),
        "email": dealing.email,
        "slug": dealing.lender.slug,
    }
    return draw(request, "borrower/sent.html", context)
