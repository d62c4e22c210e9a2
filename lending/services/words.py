"""What people write: notes among staff, the conversation with the borrower, holds, attention marks."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import InvalidInput, NotPermitted
from illservice.core.workflow import Act, undo
from illservice.core.workflow.beside import mark, unmark
from illservice.core.workflow.held import step
from lending.models import LendingHold, LendingNote, Outcome
from lending.services.base import acting, lock_request, look_anew, refuse_foreign, reply_until, say, words
from lending.workflow import MACHINE
from lending.workflow.states import HoldKind, MarkKind


def add_note(*, request_id: int, text: str, actor: Actor, at: datetime) -> None:
    """A note among staff. It changes nothing else and makes nobody's page stale."""
    text = words(text)
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        if actor.kind not in {ActorKind.STAFF, ActorKind.TOKEN}:
            raise NotPermitted(action="add_note")
        author_id = actor.id if actor.kind == ActorKind.STAFF else None
        LendingNote.objects.create(request=request, author_id=author_id, text=text, at=at)


def message_borrower(*, request_id: int, text: str, actor: Actor, at: datetime) -> None:
    """The desk writes; the borrower gets it as a message or a mail. Answers what the borrower wrote before."""
    with acting("message_borrower", request_id=request_id, actor=actor, at=at) as act:
        say(act, text)
        unmark(act, MarkKind.BORROWER_WROTE)


def borrower_message(
    *,
    request_id: int,
    text: str,
    actor: Actor,
    at: datetime,
    kind: str = MarkKind.BORROWER_WROTE,
) -> None:
    """The borrower writes. When the desk waits for an answer, this is it and the request goes on."""
    with step():
        request = lock_request(request_id)
        waiting = _waiting(request)
        action = "borrower_answers" if waiting and kind == MarkKind.BORROWER_WROTE else "borrower_message"
        with acting(action, request_id=request_id, actor=actor, at=at) as act:
            say(act, text, from_borrower=True)
            mark(act, kind)
            if action == "borrower_answers":
                for hold in waiting:
                    act.set(hold, cleared_at=at, reason="answered")
                unmark(act, MarkKind.NO_REPLY)


def give_statement(
    *, request_id: int, statement: str, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The borrower names the copyright statement that was missing."""
    with transaction.atomic():
        waiting = _waiting(lock_request(request_id))
        with acting("borrower_answers", request_id=request_id, actor=actor, at=at, version=version) as act:
            act.set(act.subject, copyright_statement=statement)
            for hold in waiting:
                act.set(hold, cleared_at=at, reason="answered")
            unmark(act, MarkKind.NO_STATEMENT, MarkKind.NO_REPLY)


def _waiting(request: Any) -> list[LendingHold]:
    return list(
        request.holds.filter(
            kind__in=[HoldKind.WAITING_BORROWER, HoldKind.STATEMENT], cleared_at__isnull=True
        )
    )


def ask_borrower(
    *,
    request_id: int,
    text: str,
    actor: Actor,
    at: datetime,
    reply_by: datetime | None = None,
    version: int | None = None,
) -> None:
    """Ask something that must be answered before it can go on; without `reply_by` the desk's own time counts.

    A question is no answer: the first one still is to come.
    """
    if reply_by is not None and reply_by < at:
        raise InvalidInput({"reply_by": _("That day is over already.")})
    with acting("ask_borrower", request_id=request_id, actor=actor, at=at, version=version) as act:
        _hold(act, HoldKind.WAITING_BORROWER, reply_by)
        say(act, text)


def ask_for_statement(*, request_id: int, actor: Actor, at: datetime) -> None:
    """A copy request without a copyright statement: ask for it and wait."""
    with acting("ask_borrower", request_id=request_id, actor=actor, at=at) as act:
        _hold(act, HoldKind.STATEMENT)
        say(
            act,
            gettext(
                "Please tell us which copyright statement applies to this copy (for example CCG or CCL). "
                "We make it as soon as we know."
            ),
        )


def _hold(act: Act, kind: str, reply_by: datetime | None = None) -> None:
    known = act.subject.holds.all()
    if any(each.kind == kind and not each.cleared_at for each in known):
        raise InvalidInput({"text": _("The borrower was asked already and has not answered yet.")})
    reply_by = reply_by or reply_until(act.subject, act.at)
    act.add(LendingHold(request=act.subject, kind=kind, opened_at=act.at, reply_by=reply_by))


def clear_hold(
    *, request_id: int, kind: str, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """What held it back is settled; `reason` is a code."""
    with acting("clear_hold", request_id=request_id, actor=actor, at=at, version=version) as act:
        held = [each for each in act.subject.holds.all() if each.kind == kind and not each.cleared_at]
        if not held:
            raise InvalidInput({"kind": _("This was cleared already.")})
        for hold in held:
            act.set(hold, cleared_at=at, reason=reason[:40])
        unmark(act, MarkKind.NO_REPLY)


def odd_news(*, request_id: int, actor: Actor, at: datetime) -> None:
    """A message that no row accepts: it stands in the log of the exchange, and the desk is shown that it does."""
    with acting("odd_news", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.ODD_NEWS)


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


def rush(*, request_id: int, on: bool, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Rush requests stand first."""
    with acting("rush", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, rush=on)


def reopen(*, request_id: int, why: str, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Take a finished request up again. The reason becomes a note."""
    text = words(why, "why")
    with acting("reopen", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, outcome=Outcome.OPEN, reason=None, retry_after=None, kind_supplied="")
        act.set(act.subject, borrower_received_at=None, borrower_returned_at=None)
        look_anew(act)
        author = actor.id if actor.kind == ActorKind.STAFF else None
        act.add(LendingNote(request=act.subject, author_id=author, text=text, at=at))


def undo_last(*, request_id: int, act: str, actor: Actor, at: datetime) -> None:
    """Take back the last thing that happened to a request, if nothing happened since and no message left."""
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        undo(MACHINE, request, act=act, actor=actor, at=at)
