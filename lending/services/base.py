"""How every service begins: one transaction, the request locked, the row found, the version checked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.text import clean_lines
from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.workflow import Act
from illservice.directory.models import Library, Reason
from illservice.directory.selectors import open_days
from lending.models import ItemPlace, LendingMessage, LendingRequest
from lending.workflow import MACHINE

LONGEST = 5000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


def lock_request(request_id: int) -> LendingRequest:
    """The request, locked until the transaction ends. On SQLite the immediate transaction is the lock."""
    request = (
        LendingRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("library__lending_desk", "borrower", "reason")
        .filter(pk=request_id)
        .first()
    )
    if request is None:
        raise NotFound(request=request_id)
    return request


def refuse_foreign(request: LendingRequest, actor: Actor) -> None:
    """Staff and programs act for their library, borrowers for theirs; anything else is not there for them.

    The doors look before they call; this is the wall behind them.
    """
    if actor.kind == ActorKind.PARTNER:
        own = actor.id == request.borrower_id
    else:
        own = actor.kind not in {ActorKind.STAFF, ActorKind.TOKEN} or request.library_id == actor.library_id
    if not own:
        raise NotFound(request=request.pk)


@contextmanager
def acting(
    action: str, *, request_id: int, actor: Actor, at: datetime, version: int | None = None
) -> Iterator[Act]:
    """One verb of the desk: what the block sets happens together with the row's own effects, or not at all."""
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        act = Act(MACHINE, request, action=action, actor=actor, at=at, expected_version=version)
        yield act
        act.move()


def answered(act: Act) -> None:
    """The borrower gets a first answer with this act, if it had none."""
    if act.subject.answered_at is None:
        act.set(act.subject, answered_at=act.at)


def look_anew(act: Act) -> None:
    """It begins again: what was fetched, sent or back stands on its shelf until somebody fetches it."""
    for item in list(act.subject.items.all()):
        if item.place != ItemPlace.NOT_FOUND:
            act.set(item, place=ItemPlace.TO_PULL, looked_at=None, printed_at=None)


def codes(values: Sequence[str], field: str = "conditions") -> list[str]:
    """Conditions are codes: they stand in events, which hold no free text."""
    if not all(_CODE.fullmatch(value) for value in values):
        raise InvalidInput({field: _("Choose conditions from the list.")})
    return list(dict.fromkeys(values))


def reason_for(request: LendingRequest, reason: Reason | None, *purposes: str) -> Reason:
    """The reason, when it is the library's own or a shared one for this purpose. A no is always explained."""
    if reason is None:
        raise InvalidInput({"reason": _("Choose a reason: the borrower needs it to go on.")})
    if reason.library_id not in {None, request.library_id} or reason.purpose not in purposes:
        raise InvalidInput({"reason": _("Choose a reason of your library.")})
    return reason


def words(text: str, field: str = "text") -> str:
    """What somebody wrote, clean; empty or too long is refused."""
    clean = clean_lines(text)
    if not clean:
        raise InvalidInput({field: _("Write something first.")})
    if len(clean) > LONGEST:
        raise InvalidInput({field: _("That is too long. Please keep it under 5,000 characters.")})
    return clean


def say(act: Act, text: str, *, from_borrower: bool = False) -> LendingMessage:
    """One turn of the conversation with the borrower, inside an act; what is sent with it quotes it."""
    author = act.actor.id if act.actor.kind == ActorKind.STAFF else None
    message = act.add(
        LendingMessage(
            request=act.subject, from_borrower=from_borrower, author_id=author, text=words(text), at=act.at
        )
    )
    if not from_borrower:
        act.topics["message"] = message
    return message


def charge(act: Act, cost: Decimal | None, currency: str) -> None:
    """Note what the borrower pays."""
    if cost is not None:
        act.set(act.subject, cost=cost, cost_currency=currency or act.subject.library.currency)


def granted_date(library: Library, days: int, at: datetime) -> date:
    """A due date that we grant: so many days from today in the library's zone, rolled forward to an open day."""
    today = local_date(at, library.timezone)
    return open_days(library).roll_forward(today + timedelta(days=days))


def future_date(request: LendingRequest, day: date, at: datetime, field: str = "due") -> date:
    """A date that somebody typed; one that is over is refused."""
    if day < local_date(at, request.library.timezone):
        raise InvalidInput({field: _("That day is over already.")})
    return day
