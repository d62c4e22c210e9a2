"""One request of another library on one page: what is wanted, by whom, how far it is, and what can be done."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from illservice.citations.forms.staff import citation_labels
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk import page
from illservice.core.desk.buttons import buttons
from illservice.core.desk.reading import PageFacts
from illservice.core.models import OutboxState
from illservice.directory.doors import staff_page
from illservice.directory.kinds import condition_words
from illservice.directory.models import Library
from illservice.notices.selectors import notices_of
from lending.models import Channel, LendingRequest
from lending.selectors.licences import licence_on
from lending.selectors.page import neighbour_of, page_facts, sent_to
from lending.services import words
from lending.views import request_parts as parts
from lending.views.documents import files_part
from lending.views.links import LINKS
from lending.views.printing import prints_of
from lending.views.rows import badges, state_words
from lending.views.side import SIDE
from lending.workflow import TABLE
from lending.workflow.rights import DESK
from lending.workflow.states import MarkKind, NextActor, QuestionKind, Wording

LONGEST_MAILS = 50


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """GET /lend/<slug>/requests/<number>/."""
    found = page_facts(library, actor, number)
    if found.request.number != number:
        return HttpResponseRedirect(LINKS.request(library.slug, found.request.number))
    return render(request, "lending/request.html", page_context(found, library, actor))


def page_context(found: PageFacts[LendingRequest], library: Library, actor: Actor) -> dict[str, Any]:
    """All that the page prints."""
    at, one = clock.now(), found.request
    offered = buttons(SIDE, one, library.slug, actor)
    rows = offered["rows"]
    return page.frame(SIDE, found, library, actor, offered) | {
        "head": _head(one, at),
        "citation": page.citation_facts(one, citation_labels(one.material)),
        "identifiers": page.identifier_facts(one),
        "wish": parts.wish_facts(one, actor),
        "place": parts.place_facts(one),
        "licence": parts.licence_part(licence_on(one, at), one, library.slug, rows),
        "borrower": parts.borrower_part(one, library, actor, neighbour_of(one), at),
        "holds": [
            parts.hold_part(each, library.slug, clears=offered["clears"])
            for each in one.holds.all()
            if each.cleared_at is None
        ],
        "questions": page.open_questions(
            one, offered, lambda kind: QuestionKind(kind).label, parts.question_facts
        ),
        "marks": page.open_marks(one, lambda kind: MarkKind(kind).label),
        "prints": prints_of(one, library.slug),
        "items": parts.items_part(one),
        "may_find": "item_found" in rows,
        "may_miss": "item_not_found" in rows,
        "may_plan": "plan_items" in rows,
        "plan_url": LINKS.action(library.slug, one.number, "plan_items"),
        "files": files_part(one, library.slug, actor, at, may_send="send_copy" in rows),
        "costs": parts.costs(one, library, rows, at) if actor.roles & DESK else None,
        "exchange": page.exchange(found.conversation, ours=library.name, theirs=one.borrower.name),
        "may_write": "message_borrower" in rows,
        "write": {"code": "message_borrower", "label": _("Message to the borrower")},
        "conversation_title": _("Conversation with the borrower"),
        **_sent(one, library, actor),
    }


def _head(one: LendingRequest, at: datetime) -> dict[str, Any]:
    reads = _("The borrower reads: %(words)s") % {"words": Wording(one.wording).label}
    binding = condition_words(one.conditions) if one.closed_at is None else []
    shown = [*badges(one), *({"text": each, "tone": "warn"} for each in binding)]
    head = page.head(SIDE, one, at, queue=state_words(one), badges=shown, reads=reads)
    return head | {"next": NextActor(one.next_actor).label if one.closed_at is None else ""}


def _sent(one: LendingRequest, library: Library, actor: Actor) -> dict[str, Any]:
    """What went to the borrower: messages to its system, or mails."""
    if one.channel != Channel.ISO18626:
        again = reverse("notices:again", args=[library.slug]) if actor.roles & DESK else ""
        return {"sent": [], "mails": notices_of(one.number)[-LONGEST_MAILS:], "again_url": again}
    labels = _effect_words()
    rows = [
        {
            "label": labels.get(each.word, each.word),
            "state_label": OutboxState(each.state).label,
            "failed": each.state == OutboxState.FAILED,
            "at": each.at,
            "words": each.error,
        }
        for each in sent_to(one.number)[-LONGEST_MAILS:]
    ]
    return {"sent": rows, "mails": []}


def _effect_words() -> dict[str, str]:
    """What each message to a borrower's system says, in the words of the table."""
    effects = (effect for row in TABLE.rows for effect in row.then)
    return {effect.name.removeprefix("answer_"): capfirst(str(effect.words)) for effect in effects}


@require_POST
@staff_page
def add_note(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST text: a note among staff."""
    return page.keep_note(SIDE, request, library, actor, number, words.add_note)
