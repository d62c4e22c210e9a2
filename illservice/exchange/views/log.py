"""What was said about one request: every message with its confirmation, and what waits or failed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.desks import desk_of_number
from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.numbers import read_number
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.exchange.models import Exchanged
from illservice.exchange.selectors import exchange_of, unsent_of
from illservice.exchange.services.sending import send_again
from illservice.exchange.services.wording import WAITING_WORDS, sentence
from illservice.protocols.iso18626.messages import MessageStatus

SENDERS = frozenset({Role.BORROWING, Role.LENDING, Role.HEAD, Role.ADMINISTRATOR})


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """/exchange/<slug>/<number>/: 404 for a request of another library, and where nothing was ever to be said."""
    number = _number(number)
    said, unsent = list(exchange_of(library.pk, number)), list(unsent_of(library.pk, number))
    if not said and not unsent:
        raise NotFound(number=number)
    desk = desk_of_number(number)
    context = {
        "library": library,
        "number": number,
        "request_url": desk.links.request(library.slug, number) if desk else "",
        "rows": [_row(entry) for entry in said],
        "unsent": [_unsent(row) for row in unsent],
        "may_send": bool(actor.roles & SENDERS),
    }
    return render(request, "exchange/log.html", context)


def _number(text: str) -> str:
    """A number as it is written; of anything else what a database can look for."""
    return read_number(text) or text.replace("\x00", "")


def _row(entry: Exchanged) -> dict[str, Any]:
    return {"entry": entry, "words": sentence(entry), "status": _status(entry)}


def _status(entry: Exchanged) -> dict[str, str]:
    """The confirmation in a word."""
    if entry.answer_status == MessageStatus.OK:
        return {"text": _("confirmed"), "tone": "ok"}
    if entry.answer_status == MessageStatus.ERROR:
        return {"text": _("refused"), "tone": "bad"}
    return {"text": _("not confirmed"), "tone": "warn"}


def _unsent(row: OutboxRow) -> dict[str, Any]:
    word = str(row.payload.get("word", ""))
    return {
        "key": row.key,
        "words": WAITING_WORDS.get(word, word),
        "error": row.last_error,
        "has_failed": row.state == OutboxState.FAILED,
        "at": row.finished_at if row.state == OutboxState.FAILED else row.not_before,
    }


@require_POST
@staff_page(roles=SENDERS)
def again(request: HttpRequest, library: Library, _actor: Actor, number: str) -> HttpResponse:
    """/exchange/<slug>/<number>/again/: a message that was given up gets another life."""
    number = _number(number)
    key = request.POST.get("key", "").replace("\x00", "")
    if send_again(library_id=library.pk, number=number, key=key, at=clock.now()):
        messages.success(request, _("The message is sent again."))
    else:
        messages.info(request, _("This message was sent again already."))
    return redirect("exchange:log", library.slug, number)
