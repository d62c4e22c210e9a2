"""One action on one request: its form, the act, and the way back."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.conflicts import conflict, says_more, seen_version, was_me
from illservice.core.desk.forms import ActionForm, show_refusal
from illservice.core.desk.links import back_to
from illservice.core.desk.reading import events_since, is_undone
from illservice.core.desk.side import Side
from illservice.core.desk.undo import offer_undo
from illservice.core.errors import (
    IllError,
    InvalidInput,
    NotFound,
    NotPermitted,
    Refused,
    StaleVersion,
    WrongState,
)
from illservice.core.refusals import back_url
from illservice.core.workflow import Row

CONFLICTS = (StaleVersion, WrongState, Refused)


def act(
    side: Side, request: HttpRequest, library: Any, actor: Actor, number: str, action: str
) -> HttpResponseBase:
    """GET …/do/<action>/ shows the form, POST acts; `back` says where to go on afterwards."""
    if action not in side.doors:
        raise NotFound(action=action)
    one = side.find(library, actor, number)
    form = None
    try:
        row = side.row_of(one, action, actor)
        form = side.doors[action].form(
            request.POST if request.method == "POST" else None,
            request=one,
            actor=actor,
            at=clock.now(),
            initial=_asked_for(side, request, action),
        )
        if request.method != "POST":
            return form_page(side, request, library, one, row, form)
        return _act(side, request, library, actor, one, row, form)
    except CONFLICTS as error:
        if again(side, request, one, action, actor, form):
            messages.info(request, _("That is done already."))
            return go(request, back_to(request, side.links.request(library.slug, one.number)))
        if form is None and request.method == "POST":
            form = side.doors[action].form(request.POST, request=one, actor=actor, at=clock.now())
        return conflict(
            side,
            request,
            library,
            actor,
            number=one.number,
            action=action,
            error=error,
            form=form if _sent(form) else None,
        )


def _sent(form: ActionForm | None) -> bool:
    return form is not None and form.is_bound


def _asked_for(side: Side, request: HttpRequest, action: str) -> dict[str, str]:
    """Values that a link may name in advance, such as the kind of a hold."""
    names = side.doors[action].form_class.base_fields
    return {name: request.GET[name] for name in names if name in request.GET and name != "version"}


def again(
    side: Side, request: HttpRequest, one: Any, action: str, actor: Actor, form: ActionForm | None = None
) -> bool:
    """Whether this is the second click of a step that was done.

    Whatever the refusal was: a click that reads the request while the first one ends may find the condition gone.
    """
    seen = seen_version(request) if request.method == "POST" else None
    if seen is None or not was_me(events_since(side.event_model, one.pk, seen), action, actor, clock.now()):
        return False
    return not says_more(side, form, one, actor)


def form_page(
    side: Side,
    request: HttpRequest,
    library: Any,
    one: Any,
    row: Row,
    form: ActionForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The form as a page, or as a part of the request's page for htmx."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    context: dict[str, Any] = {
        "one": one,
        "title": side.title(one),
        "form": form,
        "label": row.label,
        "words": row.words,
        "consequences": [effect.words for effect in row.then],
        "danger": side.doors[row.action].danger,
        "wide": row.action == "edit",
        "act_url": side.links.action(library.slug, one.number, row.action),
        "url": side.links.request(library.slug, one.number),
        "back": back,
    }
    is_part = getattr(request, "htmx", None) and not request.htmx.boosted  # type: ignore[attr-defined]  # django-htmx
    template = "desk/action_form.html" if is_part else "desk/action.html"
    return render(request, template, context, status=status)


def _act(
    side: Side, request: HttpRequest, library: Any, actor: Actor, one: Any, row: Row, form: ActionForm
) -> HttpResponseBase:
    seen = seen_version(request)
    if seen is None and not row.keeps_version:
        raise InvalidInput({"version": _("Open the request again and repeat the step.")})
    if seen != one.version and not row.keeps_version:
        raise StaleVersion(seen=seen or 0, current=one.version)
    if not form.is_valid():
        return form_page(side, request, library, one, row, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    at = clock.now()
    try:
        said = side.doors[row.action].run(request=one, data=form.facts, actor=actor, at=at, version=seen)
    except InvalidInput as refusal:
        show_refusal(form, refusal)
        return form_page(side, request, library, one, row, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    say_done(side, request, library, actor, one, said or side.doors[row.action].done)
    return go(request, back_to(request, side.links.request(library.slug, one.number)))


def say_done(side: Side, request: HttpRequest, library: Any, actor: Actor, one: Any, words: Any) -> None:
    """Say what was done, with the way back while there is one."""
    text = _("%(what)s: %(title)s") % {"what": words, "title": side.title(one)[:80]}
    kept = side.kept_undo(library, actor, one.number)
    if kept:
        offer_undo(request, number=one.number, undo=kept, text=text, at=clock.now())
    else:
        messages.success(request, text)


def go(request: HttpRequest, url: str) -> HttpResponseBase:
    """On to another page, also from a part of one."""
    if getattr(request, "htmx", None) and not request.htmx.boosted:  # type: ignore[attr-defined]  # django-htmx
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def undo(side: Side, request: HttpRequest, library: Any, actor: Actor, number: str) -> HttpResponseBase:
    """POST act: take the last step back."""
    one = side.find(library, actor, number)
    what = request.POST.get("act", "")
    try:
        side.undo_last(request_id=one.pk, act=what, actor=actor, at=clock.now())
    except NotPermitted:
        raise
    except IllError as refusal:
        if not is_undone(side.event_model, one.pk, what):
            messages.error(request, str(refusal))
            return go(request, side.links.request(library.slug, one.number))
    messages.success(request, _("Taken back: %(title)s") % {"title": side.title(one)[:80]})
    return go(request, _where_it_was_offered(side, request, library, one))


def _where_it_was_offered(side: Side, request: HttpRequest, library: Any, one: Any) -> str:
    """The list or page on which the banner stood, else the request."""
    came_from = back_url(request)
    if came_from.startswith(f"{side.prefix}{library.slug}/") and "/do/" not in came_from:
        return back_to(request, came_from)
    return back_to(request, side.links.request(library.slug, one.number))
