"""The parts of a request's staff page that both desks print alike."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.reading import PageFacts, Written
from illservice.core.desk.side import Side
from illservice.core.errors import InvalidInput
from illservice.core.workflow import may

Fact = dict[str, Any]
_COPIED = frozenset({"title", "article_title", "author", "article_author"})


def fact(label: Any, value: Any, **more: Any) -> Fact:
    """One line of a list of facts."""
    return {"label": label, "value": value} | more


def filled(lines: Iterable[Fact]) -> list[Fact]:
    """Without the lines that say nothing."""
    return [line for line in lines if line["value"]]


def day_words(day: date | None) -> str:
    """A date as the reader writes it."""
    return date_format(day, "DATE_FORMAT") if day else ""


def money_words(amount: Any, currency: str) -> str:
    """An amount with its currency."""
    return f"{amount} {currency}".strip() if amount is not None else ""


def citation_facts(one: Any, labels: Mapping[str, Any], asked: Mapping[str, str] | None = None) -> list[Fact]:
    """The citation in the order of `labels`, with the words as asked where they differ."""
    facts = []
    for name, label in labels.items():
        value, was = getattr(one, name), str((asked or {}).get(name, ""))
        if value or was:
            copyable = name in _COPIED and bool(value)
            facts.append(fact(label, value or "–", copyable=copyable, asked=was if was != value else ""))
    return facts


def identifier_facts(one: Any) -> list[Fact]:
    """The identifiers, each with a warning when it is none."""
    return [
        fact(row.get_kind_display(), row.normalised or row.raw, wrong=not row.valid, copyable=row.valid)
        for row in one.identifiers.all()
    ]


def kind_facts(one: Any, label: Callable[[str], Any]) -> list[Fact]:
    """How it is wanted and, where that differs, how it is handled and supplied. `label` has words for a kind."""
    handled = str(label(one.kind))
    if one.kind_supplied and one.kind_supplied != one.kind:
        handled = _("%(kind)s, supplied as %(supplied)s") % {
            "kind": handled,
            "supplied": label(one.kind_supplied),
        }
    wanted = str(label(one.wanted))
    return [fact(_("Wanted as"), wanted), fact(_("Handled as"), handled if handled != wanted else "")]


def frame(
    side: Side, found: PageFacts[Any], library: Any, actor: Actor, offered: dict[str, Any]
) -> dict[str, Any]:
    """What every request's page has: its names, history, notes, and the way back from the last step."""
    one, persons = found.request, side.sees_persons(actor)
    history = side.history.entries(one.events.all(), persons=persons)
    return {
        "one": one,
        "title": side.title(one),
        "version": one.version,
        "slug": library.slug,
        "buttons": offered,
        "act_name": f"{side.links.space}:act",
        "note_name": f"{side.links.space}:note",
        "may_clear_marks": _may(side, one, "clear_mark", actor),
        "history": list(reversed(history)),
        "notes": found.notes,
        "last_step": _last_step(side, one, library, actor),
    }


def head(side: Side, one: Any, at: datetime, *, queue: str, badges: list[Any], reads: str) -> dict[str, Any]:
    """How far it is, who acts next and by when. `reads` are the words for the patron or the borrower."""
    is_open = one.closed_at is None
    return {
        "status": {"text": side.table.state(one.state).label, "tone": "info" if is_open else "neutral"},
        "queue": queue if one.queue != one.state else "",
        "badges": badges,
        "reads": reads,
        "act_by": one.act_by if is_open else None,
        "late": is_open and one.act_by < at,
        "closed_at": one.closed_at,
        "outcome": one.get_outcome_display() if one.outcome else "",
    }


def open_questions(
    one: Any, offered: dict[str, Any], label: Callable[[str], Any], facts: Callable[[Any], list[Fact]]
) -> list[dict[str, Any]]:
    """The questions that wait, each with its answers as buttons."""
    return [
        {
            "label": label(each.kind),
            "facts": facts(each),
            "asked_at": each.asked_at,
            "reply_by": each.reply_by,
            "actions": offered["panels"].get(each.kind, []),
        }
        for each in one.questions.all()
        if each.answered_at is None
    ]


def open_marks(one: Any, label: Callable[[str], Any]) -> list[dict[str, Any]]:
    """The open marks with their dates."""
    return [
        {"kind": mark.kind, "label": label(mark.kind), "at": mark.at, "until": mark.until}
        for mark in one.marks.all()
        if mark.cleared_at is None
    ]


def twins(side: Side, slug: str, numbers: Iterable[str]) -> list[dict[str, str]]:
    """Other requests, as links."""
    return [{"number": number, "url": side.links.request(slug, number)} for number in numbers]


def exchange(conversation: Iterable[Written], *, ours: str, theirs: str) -> list[dict[str, Any]]:
    """The conversation as components/_conversation.html prints it."""
    return [
        {
            "at": each.at,
            "author": each.author or (theirs if each.from_them else ours),
            "text": each.text,
            "own": not each.from_them,
        }
        for each in conversation
    ]


def keep_note(
    side: Side, request: HttpRequest, library: Any, actor: Actor, number: str, add: Callable[..., None]
) -> HttpResponse:
    """POST text: a note among staff. `add` is the side's service."""
    one = side.find(library, actor, number)
    try:
        add(request_id=one.pk, text=request.POST.get("text", ""), actor=actor, at=clock.now())
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Note kept."))
    return HttpResponseRedirect(side.links.request(library.slug, one.number) + "#notes")


def _may(side: Side, one: Any, action: str, actor: Actor) -> bool:
    row = side.table.row(one.state, action)
    return row is not None and may(row, actor)


def _last_step(side: Side, one: Any, library: Any, actor: Actor) -> dict[str, Any] | None:
    """The last act, when it can be taken back at any time because it sent nothing."""
    kept = one.undo
    if not kept or kept.get("sends") or kept["version"] != one.version:
        return None
    row = next((each for each in side.table.rows if each.action == kept["action"]), None)
    if row is None or not may(row, actor):
        return None
    return {
        "label": side.history.words(kept["action"]),
        "act": kept["act"],
        "url": side.links.undo(library.slug, one.number),
    }
