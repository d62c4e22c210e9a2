"""One request on one page: what is wanted, for whom, how far it is, and what can be done."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from illservice.citations.forms.staff import citation_labels
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk import page
from illservice.core.desk.buttons import buttons
from illservice.core.desk.conflicts import seen_version
from illservice.core.desk.reading import PageFacts
from illservice.directory.doors import staff_page
from illservice.directory.kinds import condition_words
from illservice.directory.models import Library
from illservice.directory.services import may_change_partners
from illservice.notices.selectors import notices_of
from requests_app.forms.actions.review import CLEARING_REASONS
from requests_app.models import BorrowingRequest
from requests_app.selectors import sees_persons
from requests_app.selectors.page import acting_request, page_facts
from requests_app.services import checking, words
from requests_app.views import request_parts as parts
from requests_app.views.copyright_texts import acceptance_part
from requests_app.views.files import files_context
from requests_app.views.links import request_url
from requests_app.views.printing import prints_of
from requests_app.views.rows import badges, state_words
from requests_app.views.side import SIDE
from requests_app.workflow.rights import DESK
from requests_app.workflow.states import HoldKind, MarkKind, NextActor, QuestionKind, Wording

LONGEST_MAILS = 50


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """GET /desk/<slug>/requests/<number>/."""
    found = page_facts(library, actor, number)
    if found.request.number != number:
        return HttpResponseRedirect(request_url(library.slug, found.request.number))
    return render(request, "desk/request.html", page_context(found, library, actor))


def page_context(found: PageFacts[BorrowingRequest], library: Library, actor: Actor) -> dict[str, Any]:
    """All that the page prints."""
    at = clock.now()
    one = found.request
    persons = sees_persons(actor)
    offered = buttons(SIDE, one, library.slug, actor)
    return page.frame(SIDE, found, library, actor, offered) | {
        "head": _head(one, at),
        "citation": page.citation_facts(one, citation_labels(one.material), one.asked),
        "identifiers": page.identifier_facts(one),
        "wish": parts.wish_facts(one, actor, persons=persons),
        "place": parts.place_facts(one),
        "acceptance": acceptance_part(one, library.slug, persons=persons),
        "prints": prints_of(one, library.slug),
        "patron": parts.patron_facts(one, library, actor, at),
        "holds": _holds(one, library, actor, offered),
        "questions": page.open_questions(
            one,
            offered,
            lambda kind: QuestionKind(kind).label,
            lambda each: parts.question_part(each, one),
        ),
        "marks": page.open_marks(one, lambda kind: MarkKind(kind).label),
        "tries": [parts.try_part(each) for each in one.tries.all()],
        "files": files_context(one, library, actor, offered),
        "lender_words": parts.lender_words(found, library, offered),
        "log_url": parts.log_url(one, library),
        "may_number": "record_number" in offered["rows"],
        "may_change_partners": may_change_partners(actor),
        "items": [parts.item_part(each) for each in one.items.all()],
        "costs": parts.costs(one, library, offered["rows"], at) if actor.roles & DESK else None,
        "exchange": page.exchange(found.conversation, ours=library.name, theirs=_("the patron"))
        if persons
        else [],
        "may_write": "message_patron" in offered["rows"] and persons,
        "write": {"code": "message_patron", "label": _("Message to the patron")},
        "conversation_title": _("Conversation with the patron"),
        "mails": notices_of(one.number)[-LONGEST_MAILS:] if persons else [],
        "again_url": reverse("notices:again", args=[library.slug]) if actor.roles & DESK else "",
    }


def _head(one: BorrowingRequest, at: datetime) -> dict[str, Any]:
    reads = _("The patron reads: %(words)s") % {"words": Wording(one.wording).label}
    shown = [*badges(one), *_conditions(one)]
    head = page.head(SIDE, one, at, queue=state_words(one), badges=shown, reads=reads)
    return head | {"next": NextActor(one.next_actor).label if one.closed_at is None else ""}


def _conditions(one: BorrowingRequest) -> list[dict[str, str]]:
    """The lender's conditions while they bind, where nobody can overlook them."""
    words = condition_words(one.conditions) if one.closed_at is None else []
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


@require_POST
@staff_page
def add_note(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST text: a note among staff."""
    return page.keep_note(SIDE, request, library, actor, number, words.add_note)


@require_POST
@staff_page
def accept_patron(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST version: the account was looked at; patron and hold are cleared together."""
    one = acting_request(library, actor, number)
    checking.accept_patron(request_id=one.pk, actor=actor, at=clock.now(), version=seen_version(request))
    messages.success(request, _("The account is cleared, and this request with it."))
    return HttpResponseRedirect(request_url(library.slug, one.number))
