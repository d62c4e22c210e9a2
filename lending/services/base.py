"""How every service begins: one transaction, the request locked, the row found, the version checked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.citations.text import clean_lines
from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.money import ChargeKind, Payer
from illservice.core.statements import Prepared, number, text
from illservice.core.workflow import Act, money
from illservice.core.workflow.held import held, hold, step, used_up
from illservice.directory.calendars import end_of_day
from illservice.directory.models import Library, Reason
from illservice.directory.selectors import open_days
from illservice.policies.terms import Side
from lending.models import Channel, ItemPlace, LendingMessage, LendingRequest
from lending.workflow import MACHINE
from lending.workflow.policy import policy_terms

LONGEST = 5000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


def lock_request(request_id: int) -> LendingRequest:
    """The request, locked until the transaction ends. On SQLite the immediate transaction is the lock."""
    request = held(LendingRequest, request_id, lambda: _LOCKED.first(pk=request_id))
    if request is None:
        raise NotFound(request=request_id)
    return request


def lock_request_by_number(library: Library, borrower: Library, their_number: str) -> LendingRequest | None:
    """The request that came by message under this number of the borrower, locked; None when there is none."""
    request = _LOCKED_BY_NUMBER.first(library=library.pk, borrower=borrower.pk, number=their_number)
    if request is not None:
        request.library, request.borrower = library, borrower
        hold(request)
    return request


def _to_lock() -> "QuerySet[LendingRequest]":
    return LendingRequest.objects.select_for_update(of=("self",), no_key=True)


_LOCKED = Prepared(
    lambda: _to_lock().select_related("library__privacy_rules", "borrower", "reason").filter(pk=number("pk"))
)
_LOCKED_BY_NUMBER = Prepared(
    lambda: _to_lock().filter(
        library_id=number("library"),
        borrower_id=number("borrower"),
        borrower_number=text("number"),
        channel=Channel.ISO18626,
    )
)


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
    with step():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        with used_up(request):
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


def charge(act: Act, cost: Decimal | None, currency: str, kind: str = ChargeKind.SUPPLY) -> None:
    """Note what the borrower pays: on the request, which messages quote, and as the charge that is owed."""
    if cost is not None:
        act.set(act.subject, cost=cost, cost_currency=currency or act.subject.library.currency)
        owes(act, kind, actual=cost, currency=currency)


def charge_supply(act: Act, cost: Decimal | None, currency: str) -> None:
    """What the borrower pays as it leaves: what the desk names, else what was agreed, else the policy's fee."""
    fee, own = policy_fee(act.subject), currency in {"", act.subject.library.currency}
    if fee is None or (cost is not None and not (own and cost == fee)):
        charge(act, cost, currency)
        return
    act.set(act.subject, cost=fee, cost_currency=act.subject.library.currency)
    owes(act, actual=fee, policy_id=act.subject.policy_id)


def policy_fee(request: LendingRequest) -> Decimal | None:
    """The policy's fee where it is still to be charged: nobody named or charged anything for the supply before, and it
    is not over the most that the borrower pays (it is asked first). None: nothing by itself. Charges at hand, or a
    statement."""
    fee = policy_terms(request).fee
    if not fee or request.cost is not None:
        return None
    if any(each.kind == ChargeKind.SUPPLY for each in request.charges.all()):
        return None
    same = request.max_cost_currency in {"", request.library.currency}
    return None if same and request.max_cost is not None and fee > request.max_cost else fee


def owes(
    act: Act,
    kind: str = ChargeKind.SUPPLY,
    *,
    agreed: Decimal | None = None,
    actual: Decimal | None = None,
    currency: str = "",
    **columns: Any,
) -> None:
    """What a step named becomes the charge of its kind."""
    money.feed(
        act,
        kind,
        Payer.PARTNER,
        agreed=agreed,
        actual=actual,
        currency=currency,
        partner_id=act.subject.borrower_id,
        **columns,
    )


def granted_date(library: Library, days: int, at: datetime) -> date:
    """A due date that we grant: so many days from today in the library's zone, rolled forward to an open day."""
    today = local_date(at, library.timezone)
    return open_days(library, Side.LENDING).roll_forward(today + timedelta(days=days))


def reply_until(request: LendingRequest, at: datetime) -> datetime:
    """By when the borrower has to answer what we ask now: the end of that day."""
    zone = request.library.timezone
    return end_of_day(local_date(at, zone) + timedelta(days=policy_terms(request).reply_days), zone)


def future_date(request: LendingRequest, day: date, at: datetime, field: str = "due") -> date:
    """A date that somebody typed; one that is over is refused."""
    if day < local_date(at, request.library.timezone):
        raise InvalidInput({field: _("That day is over already.")})
    return day
