"""What people write: notes among staff, the conversation with the patron, attention marks."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.text import clean_lines
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import InvalidInput, NotPermitted
from illservice.core.workflow import Act
from illservice.core.workflow.beside import mark, unmark
from requests_app.models import Message, Note
from requests_app.services.base import acting, lock_request, refuse_foreign
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind

LONGEST = 5000


def clean_words(text: str, field: str) -> str:
    """What somebody wrote, clean; empty or too long is refused."""
    clean = clean_lines(text)
    if not clean:
        raise InvalidInput({field: _("Write something first.")})
    if len(clean) > LONGEST:
        raise InvalidInput({field: _("That is too long. Please keep it under 5,000 characters.")})
    return clean


def add_note(*, request_id: int, text: str, actor: Actor, at: datetime) -> None:
    """A note among staff. It changes nothing else and makes nobody's page stale."""
    text = clean_words(text, "text")
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        if actor.kind not in {ActorKind.STAFF, ActorKind.TOKEN}:
            raise NotPermitted(action="add_note")
        author_id = actor.id if actor.kind == ActorKind.STAFF else None
        Note.objects.create(request=request, author_id=author_id, text=text, at=at)


def add_message(act: Act, text: str, *, from_patron: bool) -> Message:
    """One turn of the conversation, inside an act."""
    author = act.actor.id if act.actor.kind in {ActorKind.STAFF, ActorKind.PATRON} else None
    return act.add(
        Message(
            request=act.subject,
            from_patron=from_patron,
            author_id=author,
            text=clean_words(text, "text"),
            at=act.at,
        )
    )


def message_patron(*, request_id: int, text: str, actor: Actor, at: datetime) -> None:
    """The desk writes; the patron gets a mail. Answers what the patron wrote before."""
    with acting("message_patron", request_id=request_id, actor=actor, at=at) as act:
        act.topics["message"] = add_message(act, text, from_patron=False)
        unmark(act, MarkKind.PATRON_WROTE)


def patron_message(*, request_id: int, text: str, actor: Actor, at: datetime) -> None:
    """The patron writes. When the desk waits for an answer, this is it and the request goes on."""
    with transaction.atomic():
        # Looked at under the lock: a question asked or settled meanwhile must not turn the words away.
        request = lock_request(request_id)
        open_holds = request.holds.filter(kind=HoldKind.WAITING_PATRON, cleared_at__isnull=True)
        waiting = open_holds.first() if request.state == s.IN_REVIEW else None
        action = "patron_message" if waiting is None else "answer_desk"
        with acting(action, request_id=request_id, actor=actor, at=at) as act:
            add_message(act, text, from_patron=True)
            mark(act, MarkKind.PATRON_WROTE)
            if waiting is not None:
                act.set(waiting, cleared_at=at, reason="answered")
                unmark(act, MarkKind.NO_REPLY)


def clear_mark(*, request_id: int, kind: str, actor: Actor, at: datetime) -> None:
    """What asked for attention is settled."""
    with acting("clear_mark", request_id=request_id, actor=actor, at=at) as act:
        unmark(act, kind)


def flag(*, request_id: int, kind: str, at: datetime) -> None:
    """Put a request before staff."""
    with acting("flag", request_id=request_id, actor=CLOCK, at=at) as act:
        mark(act, kind)


def unflag(*, request_id: int, kind: str, at: datetime) -> None:
    """What asked for attention is over by itself."""
    with acting("unflag", request_id=request_id, actor=CLOCK, at=at) as act:
        unmark(act, kind)
