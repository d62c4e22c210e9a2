"""One request on one page: what is wanted, for whom, how far it is, and what can be done."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.workflow import may
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.directory.services import may_change_partners
from illservice.notices.selectors import notices_of
from requests_app.forms.actions.review import CLEARING_REASONS
from requests_app.models import BorrowingRequest
from requests_app.selectors import sees_persons
from requests_app.selectors.page import PageFacts, acting_request, page_facts
from requests_app.services import checking, words
from requests_app.views import request_parts as parts
from requests_app.views.conflicts import seen_version
from requests_app.views.links import request_url, undo_url
from requests_app.views.request_actions import buttons
from requests_app.views.request_history import action_words, history
from requests_app.views.rows import badges, state_words, title_of
from requests_app.workflow import TABLE
from requests_app.workflow.rights import DESK
from requests_app.workflow.states import HoldKind, NextActor, QuestionKind, Wording

LONGEST_MAILS = 50


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """GET /desk/<slug>/requests/<number>/."""
    found = page_facts(library, actor, number)
    if found.request.number != number:
        return HttpResponseRedirect(request_url(library.slug, found.request.number))
    return render(request, "desk/request.html", page_context(found, library, actor))


def page_context(found: PageFacts, library: Library, actor: Actor) -> dict[str, Any]:
    """All that the page prints."""
    at = clock.now()
    one = found.request
    persons = sees_persons(actor)
    offered = buttons(one, library, actor)
    return {
        "one": one,
        "title": title_of(one),
        "head": _head(one, at),
        "version": one.version,
        "slug": library.slug,
        "buttons": offered,
        "citation": parts.citation_facts(one),
        "identifiers": parts.identifier_facts(one),
        "wish": parts.wish_facts(one, persons=persons),
        "place": parts.place_facts(one),
        "patron": parts.patron_facts(one, library, actor, at),
        "holds": _holds(one, library, actor, offered),
        "questions": _questions(one, offered),
        "marks": parts.open_marks(one),
        "may_clear_marks": _may(one, "clear_mark", actor),
        "tries": [parts.try_part(each) for each in one.tries.all()],
        "may_number": "record_number" in offered["rows"],
        "may_change_partners": may_change_partners(actor),
        "items": [parts.item_part(each) for each in one.items.all()],
        "history": list(reversed(history(one.events.all(), persons=persons))),
        "notes": found.notes,
        "exchange": _exchange(found, library) if persons else [],
        "may_write": "message_patron" in offered["rows"] and persons,
        "mails": notices_of(one.number)[-LONGEST_MAILS:] if persons else [],
        "again_url": reverse("notices:again", args=[library.slug]) if actor.roles & DESK else "",
        "last_step": _last_step(one, library, actor),
    }


def _head(one: BorrowingRequest, at: Any) -> dict[str, Any]:
    is_open = one.closed_at is None
    return {
        "status": {"text": TABLE.state(one.state).label, "tone": "info" if is_open else "neutral"},
        "queue": state_words(one) if one.queue != one.state else "",
        "badges": [*badges(one), *_conditions(one)],
        "patron_sees": Wording(one.wording).label,
        "next": NextActor(one.next_actor).label if is_open else "",
        "act_by": one.act_by if is_open else None,
        "late": is_open and one.act_by < at,
        "closed_at": one.closed_at,
        "outcome": one.get_outcome_display() if one.outcome else "",
    }


def _conditions(one: BorrowingRequest) -> list[dict[str, str]]:
    """The lender's conditions while they bind, where nobody can overlook them."""
    words = parts.condition_words(one.conditions) if one.closed_at is None else []
    return [{"text": each, "tone": "warn"} for each in words]


def _holds(
    one: BorrowingRequest, library: Library, actor: Actor, offered: dict[str, Any]
) -> list[dict[str, Any]]:
    persons = sees_persons(actor)
    found = []
    for hold in one.holds.all():
        if hold.cleared_at is None:
            part = parts.hold_part(hold, library)
            part["reasons"] = CLEARING_REASONS[HoldKind(hold.kind)]
            part["clears"] = offered["clears"] and checking.may_clear(hold.kind, actor)
            part["accepts"] = part["is_new_patron"] and part["clears"] and checking.may_accept(actor)
            part["patron_url"] = ""
            if hold.kind == HoldKind.PATRON and one.patron and persons:
                part["patron_url"] = parts.optional_url("desk:patron", library.slug, one.patron.barcode)
            found.append(part)
    return found


def _questions(one: BorrowingRequest, offered: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": QuestionKind(each.kind).label,
            "facts": parts.question_part(each.terms),
            "asked_at": each.asked_at,
            "reply_by": each.reply_by,
            "actions": offered["panels"].get(each.kind, []),
        }
        for each in one.questions.all()
        if each.answered_at is None
    ]


def _exchange(found: PageFacts, library: Library) -> list[dict[str, Any]]:
    return [
        {
            "at": each.at,
            "author": each.author or (_("the patron") if each.from_patron else library.name),
            "text": each.text,
            "own": not each.from_patron,
        }
        for each in found.conversation
    ]


def _may(one: BorrowingRequest, action: str, actor: Actor) -> bool:
    row = TABLE.row(one.state, action)
    return row is not None and may(row, actor)


def _last_step(one: BorrowingRequest, library: Library, actor: Actor) -> dict[str, Any] | None:
    """The last act, when it can be taken back at any time because it sent nothing."""
    kept = one.undo
    if not kept or kept.get("sends") or kept["version"] != one.version:
        return None
    row = next((each for each in TABLE.rows if each.action == kept["action"]), None)
    if row is None or not may(row, actor):
        return None
    return {
        "label": action_words(kept["action"]),
        "act": kept["act"],
        "url": undo_url(library.slug, one.number),
    }


@require_POST
@staff_page
def add_note(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST text: a note among staff."""
    one = acting_request(library, actor, number)
    try:
        words.add_note(request_id=one.pk, text=request.POST.get("text", ""), actor=actor, at=clock.now())
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Note kept."))
    return HttpResponseRedirect(request_url(library.slug, one.number) + "#notes")


@require_POST
@staff_page
def accept_patron(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST version: the account was looked at; patron and hold are cleared together."""
    one = acting_request(library, actor, number)
    checking.accept_patron(request_id=one.pk, actor=actor, at=clock.now(), version=seen_version(request))
    messages.success(request, _("The account is cleared, and this request with it."))
    return HttpResponseRedirect(request_url(library.slug, one.number))
