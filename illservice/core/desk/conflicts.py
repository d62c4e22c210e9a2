"""The page that says who was first, what is so now, and keeps what the person typed."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.buttons import button
from illservice.core.desk.forms import ActionForm
from illservice.core.desk.reading import events_since
from illservice.core.desk.side import Side
from illservice.core.errors import IllError, StaleVersion, WrongState

DOUBLE_CLICK = timedelta(seconds=20)
"""Nobody fills in the same form anew in this time; a slow connection may well send one twice."""
_SILENT = (forms.HiddenInput, forms.MultipleHiddenInput)


def seen_version(request: HttpRequest) -> int | None:
    """The version that the person's page showed."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def was_me(events: list[Any], action: str, actor: Actor, at: datetime) -> bool:
    """Whether the first thing since then is this same step of this same person a moment ago: a double click."""
    first = events[0] if events else None
    return (
        first is not None
        and (first.action, first.actor_kind) == (action, actor.kind.value)
        and first.actor_id == actor.id
        and at - first.happened_at < DOUBLE_CLICK
        and not any(event.reverses for event in events)
    )


def conflict(
    side: Side,
    request: HttpRequest,
    library: Any,
    actor: Actor,
    *,
    number: str,
    action: str,
    error: IllError,
    form: ActionForm | None = None,
    kept: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """409: what is so now, what happened since, what is possible, what was typed. Nothing was overwritten."""
    one = side.find(library, actor, number)
    seen = seen_version(request)
    since = (
        events_since(side.event_model, one.pk, seen)
        if seen is not None and isinstance(error, StaleVersion)
        else []
    )
    rows = {row.action: row for row in side.allowed(one, actor)}
    repeat = action in rows and isinstance(error, StaleVersion)
    merged, differences = _merged(side, form, one, actor) if repeat else (None, [])
    context: dict[str, Any] = {
        "one": one,
        "message": _words(side, error, one),
        "what": side.history.words(action),
        "state": side.table.state(one.state).label,
        "since": side.history.entries(since, persons=side.sees_persons(actor)),
        "typed": kept or (typed(form) if form is not None and merged is None else []),
        "differences": differences,
        "form": merged,
        "act_url": side.links.action(library.slug, one.number, action),
        "back": request.POST.get("back", ""),
        "actions": [button(side, one, library.slug, row) for row in rows.values()],
        "url": side.links.request(library.slug, one.number),
        "version": one.version,
    }
    return render(request, "desk/action_conflict.html", context, status=HTTPStatus.CONFLICT)


def _words(side: Side, error: IllError, one: Any) -> str:
    if isinstance(error, StaleVersion):
        return _("Somebody changed this request after you opened it.")
    if isinstance(error, WrongState):
        return _("This request is in another place now: %(state)s.") % {
            "state": side.table.state(one.state).label
        }
    return str(error)


def typed(form: ActionForm) -> list[dict[str, Any]]:
    """What stands in a form that was sent, in the words of its fields."""
    found = []
    for bound in form:
        if isinstance(bound.field.widget, _SILENT):
            continue
        value = bound.value()
        text = _plain(bound, value)
        if text:
            found.append({"label": bound.label, "value": text, "copyable": True})
    return found


def says_more(side: Side, form: ActionForm | None, one: Any, actor: Actor) -> bool:
    """Whether an edit that came too late holds words that the request does not hold yet."""
    _form, differences = _merged(side, form, one, actor)
    return any(each["now"] != each["typed"] for each in differences)


def _plain(bound: forms.BoundField, value: Any) -> str:
    """A value as a person reads it: the words of a choice, not its code."""
    choices = dict(getattr(bound.field, "choices", ()))
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(each, each)) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else ""
    if value in {None, ""}:
        return ""
    return str(choices.get(value, value))


def _merged(
    side: Side, form: ActionForm | None, one: Any, actor: Actor
) -> tuple[ActionForm | None, list[dict[str, Any]]]:
    """After an edit met another one: the request as it is now with what this person typed, to be looked at again.

    A field counts as typed when it differs from what the person's own page showed.
    """
    if not isinstance(form, side.edit_form):
        return None, []
    at = clock.now()
    now = side.doors["edit"].form(request=one, actor=actor, at=at)
    changed = set(form.changed_data) - {"version"}
    data: dict[str, Any] = {"version": one.version}
    differences = []
    for name in {**now.fields, **{each: form.fields[each] for each in changed}}:
        if name == "version":
            continue
        current = now.initial.get(name)
        mine = form[name].value() if name in changed else current
        data[name] = mine
        data[f"initial-{name}"] = current
        if name in changed and name in now.fields:
            differences.append(
                {
                    "label": now[name].label,
                    "now": _plain(now[name], current),
                    "typed": _plain(now[name], mine),
                }
            )
    return side.doors["edit"].form(data, request=one, actor=actor, at=at), differences
