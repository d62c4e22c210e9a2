"""Asking for something: what it is, how it is wanted, a last look, and the number."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts.gateway import client_address
from illservice.citations.drafts import Draft, find_draft, keep_visit, new_key
from illservice.citations.forms.start import Pasted, StartForm
from illservice.citations.kinds import Kind, Material
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound
from patrons.eligibility import Severity
from patrons.models import Patron
from patrons.selectors import findings_for
from requests_app.forms.patron import AskForm, CheckForm
from requests_app.selectors import open_count, request_for_patron
from requests_app.selectors.declarations import declaration_of
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest, submit
from requests_app.views.patron_check import Check
from requests_app.views.patron_pages import away_words, card_page, setting_of
from requests_app.views.patron_words import status_of
from requests_app.workflow.states import Wording

MOST_TYPED = 50_000
"""Characters of a form that are kept for somebody who must sign in again."""


# -- What do you need? --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def start(request: HttpRequest, patron: Patron, _actor: Actor, key: str = "") -> HttpResponse:
    """/ask/: one question. With a draft it changes what the draft is about."""
    draft = find_draft(key, patron.pk) if key else None
    form = StartForm(_sent(request), initial={"material": draft.material} if draft else None)
    if request.method == "POST" and form.is_valid():
        found: Pasted = form.cleaned_data["found"]
        material = form.cleaned_data["material"] or found.material
        if draft is None and not found:
            return redirect("patron:ask_material", material)
        return _to_form(_started(draft or Draft(patron.pk), material, found))
    context = {"form": form, "draft": draft, "away": away_words(patron, clock.now())}
    return render(request, "patron/start.html", context)


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
    if not draft.number:
        return draft
    return replace(draft, key=new_key(), number="", revision=0)


def _to_form(draft: Draft) -> HttpResponseRedirect:
    return redirect("patron:ask_draft", draft.material, draft.key)


# -- The form -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, material: str, key: str = "") -> HttpResponseBase:
    """/ask/<material>/: the fields of one material. With a draft they hold its answers.

    Somebody whose sign-in ended while they were typing signs in again and finds the answers.
    """
    if request.method == "POST" and not request.user.is_authenticated and material in Material.values:
        kept = _keep_typed(request, material)
        if kept is not None:
            return kept
    return _details(request, material=material, key=key)


def _keep_typed(request: HttpRequest, material: str) -> HttpResponse | None:
    typed = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    if sum(len(name) + len(str(text)) for name, text in typed.items()) > MOST_TYPED:
        return None
    minute = int(clock.now().timestamp() // 60)
    visit = keep_visit({"material": material, "typed": typed}, minute=minute, address=client_address(request))
    return None if visit is None else redirect("patron:openurl_resume", visit)


@card_page
def _details(
    request: HttpRequest, patron: Patron, _actor: Actor, material: str, key: str = ""
) -> HttpResponse:
    if material not in Material.values:
        raise NotFound(material=material)
    at = clock.now()
    draft = find_draft(key, patron.pk) if key else Draft(patron.pk)
    if draft.material != material:
        draft.describe(material, {})
    refused = _refusal(patron, material, "either", at)
    form = _form(request, draft, patron, at)
    if request.method == "POST" and not refused and form.is_valid():
        refused_kind = _refusal(patron, material, form.cleaned_data["wanted"], at)
        if not refused_kind:
            return _to_check(draft, form)
        form.add_error("wanted", refused_kind)
    context = {"form": form, "draft": draft, "refused": refused, "material": Material(material).patron_label}
    return render(request, "patron/details.html", context)


def _form(request: HttpRequest, draft: Draft, patron: Patron, at: datetime) -> AskForm:
    """Bound to what was sent, or to answers that no longer hold (`?check=1`), else filled with the answers."""
    about: dict[str, Any] = {
        "material": draft.material,
        "setting": setting_of(patron, at),
        "kinds": _kinds(patron),
    }
    if request.method == "POST":
        return AskForm(request.POST, **about)
    if draft.complete and request.GET.get("check"):
        return AskForm(_bound(draft), **about)
    return AskForm(initial=draft.answers, **about)


def _bound(draft: Draft) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(draft.answers)
    return data


def _kinds(patron: Patron) -> list[str]:
    """In which ways this patron's category may have things."""
    category = patron.category
    if category.may_loan and category.may_copy:
        return list(Kind.values)
    return [Kind.COPY.value] if category.may_copy else [Kind.LOAN.value]


def _refusal(patron: Patron, material: str, wanted: str, at: datetime) -> Any:
    """Words when this patron cannot ask for it at all, else nothing."""
    findings = findings_for(patron, wanted=wanted, material=material, at=at)
    return next((each.words for each in findings if each.severity == Severity.REFUSE), "")


def _to_check(draft: Draft, form: AskForm) -> HttpResponseRedirect:
    draft = _unsent(draft)
    # Words are kept clean; everything else as it was sent, so that the same checks can run again.
    sent = {name: str(form.data.get(name, "")) for name in form.fields}
    clean = {name: value for name, value in form.cleaned_data.items() if isinstance(value, str)}
    draft.answers = {name: value for name, value in (sent | clean).items() if value}
    draft.complete = True
    draft.revision += 1
    draft.save()
    return redirect("patron:check", draft.key)


# -- Check and send -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def check(request: HttpRequest, patron: Patron, actor: Actor, key: str) -> HttpResponse:
    """/ask/check/<draft>/: all answers once more, with what the patron should know before sending."""
    draft = find_draft(key, patron.pk)
    if draft.number:
        return redirect("patron:asked", draft.number)
    if not draft.complete:
        return _to_form(draft)
    at = clock.now()
    form = AskForm(
        _bound(draft), material=draft.material, setting=setting_of(patron, at), kinds=_kinds(patron)
    )
    if not form.is_valid():
        return redirect(reverse("patron:ask_draft", args=[draft.material, draft.key]) + "?check=1")
    as_copy = form.cleaned_data["wanted"] != Kind.LOAN
    last = CheckForm(
        _sent(request),
        declaration=declaration_of(patron.library) if as_copy else None,
        today=form.setting.today,
        initial={"seen": draft.revision},
    )
    moved = False
    if request.method == "POST" and last.is_valid():
        moved = last.cleaned_data["seen"] != str(draft.revision)
        sent = None if moved else _send(draft, form, last, patron, actor, at)
        if sent is not None:
            return sent
    context = Check(draft, form, patron, open_count(patron.pk), at).context()
    last.data = _seeing_now(last, draft)
    more = {"form": last, "moved": moved, "draft": draft, "away": away_words(patron, at)}
    return render(request, "patron/check.html", context | more)


def _seeing_now(last: CheckForm, draft: Draft) -> Any:
    """The answers and the text shown now are those that the next click sends."""
    if not last.data:
        return last.data
    return {name: last.data[name] for name in last.data} | {
        "seen": str(draft.revision),
        "copyright_version": last.version,
    }


def _send(
    draft: Draft, form: AskForm, last: CheckForm, patron: Patron, actor: Actor, at: datetime
) -> HttpResponse | None:
    """Send it in; None when it was refused, with the words on `last`. The draft's key makes it happen once."""
    new = new_request(draft, form, again_because=last.cleaned_data["again_because"], declared=last.declared())
    try:
        draft.number = submit(patron_id=patron.pk, new=new, actor=actor, at=at, key=draft.key)
    except InvalidInput as refusal:
        for words in refusal.fields.values():
            last.add_error(None, words)
        return None
    draft.save()
    return redirect("patron:asked", draft.number)


def new_request(
    draft: Draft, form: AskForm, *, again_because: str = "", declared: Declared | None = None
) -> NewRequest:
    """The draft as the service takes it."""
    values = form.cleaned_data
    branch = form.pickup_branch
    return NewRequest(
        material=draft.material,
        wanted=values["wanted"],
        citation=form.citation(draft.carried),
        delivery=values["delivery"],
        pickup_branch_id=branch.pk if branch else None,
        delivery_address=form.address,
        need_by=values["need_by"],
        any_edition=values.get("any_edition", False),
        any_language=values.get("any_language", False),
        volume_wanted=form.volume_wanted,
        max_cost=values["max_cost"],
        cited_in=values["cited_in"],
        note=values["note"],
        again_because=again_because,
        source=draft.source,
        raw=draft.raw,
        copied_from_id=draft.copied_from_id,
        declared=declared,
    )


# -- Done ---------------------------------------------------------------------------------------------------


@require_safe
@card_page
def asked(request: HttpRequest, patron: Patron, _actor: Actor, number: str) -> HttpResponse:
    """/ask/done/<number>/: the number, what happens next and by when. May be loaded, kept and printed at any time."""
    return render(request, "patron/asked.html", _asked(patron, number))


def _asked(patron: Patron, number: str) -> dict[str, Any]:
    """What both pages say. A library that is away has no date by which it looks at anything."""
    found, at = request_for_patron(patron, number), clock.now()
    away = away_words(patron, at) if found.wording == Wording.RECEIVED else ""
    return {"asked": found, "status": status_of(found, at), "patron": patron, "away": away}


@require_safe
@card_page
def saved(request: HttpRequest, patron: Patron, _actor: Actor, number: str) -> HttpResponse:
    """/ask/done/<number>/save: the same as a text file."""
    context = _asked(patron, number)
    response = render(request, "patron/asked.txt", context, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{context["asked"].number}.txt"'
    return response
