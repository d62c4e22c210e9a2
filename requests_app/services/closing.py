"""How a request ends, and how an end is taken back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.text import clean_lines
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput
from illservice.core.workflow import undo
from illservice.core.workflow.beside import mark
from illservice.directory.models import Reason
from requests_app.models import BorrowingRequest, FillSource, Note, Outcome
from requests_app.services.base import acting, drop_planned, lock_request, reason_for, refuse_foreign
from requests_app.services.copyright.deciding import decide_copyright, place_of, refuse_lost_place
from requests_app.services.copyright.royalties import is_billed, refuse_unbilled
from requests_app.services.feeding import feed_supply
from requests_app.services.lenders import ask_cancel
from requests_app.services.words import LONGEST
from requests_app.workflow import MACHINE
from requests_app.workflow import states as s
from requests_app.workflow.states import MarkKind


def cancel(
    *, request_id: int, actor: Actor, at: datetime, reason: Reason | None = None, version: int | None = None
) -> None:
    """End a request that no lender has yet."""
    with acting("cancel", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, outcome=Outcome.CANCELLED, reason=reason_for(act.subject, reason))
        drop_planned(act)


def cancel_as_far_as_possible(
    *, request_id: int, actor: Actor, at: datetime, version: int | None = None
) -> str:
    """What a patron means by "cancel": at once, asked of the lender, or noted as not wanted. Returns which.

    `cancel`, `ask_cancel` or `not_wanted`.
    """
    with transaction.atomic():
        state = lock_request(request_id).state
        if state in s.WITH_LENDER:
            ask_cancel(request_id=request_id, actor=actor, at=at, version=version)
            return "ask_cancel"
        if state in s.BEFORE_SENDING | {s.SUPPLY_HERE}:
            cancel(request_id=request_id, actor=actor, at=at, version=version)
            return "cancel"
        not_wanted(request_id=request_id, actor=actor, at=at, version=version)
        return "not_wanted"


def not_wanted(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Too late to cancel: the item still comes, is received, returned and counted."""
    with acting("not_wanted", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.NOT_WANTED)


def close_unfilled(
    *, request_id: int, actor: Actor, at: datetime, reason: Reason | None = None, version: int | None = None
) -> None:
    """Nobody can supply it: the patron is told why."""
    with acting("close_unfilled", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, outcome=Outcome.UNFILLED, reason=reason_for(act.subject, reason))
        drop_planned(act)


@dataclass(frozen=True, slots=True)
class Supplied:
    """How a request was filled without a lender; `link` is where the patron finds it, if anywhere."""

    source: str
    link: str = ""
    cost: Decimal | None = None
    currency: str = ""


def close_supplied(
    *, request_id: int, supplied: Supplied, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Filled from our shelves, free online, bought or by a document supplier. Counts as filled."""
    if supplied.source not in {FillSource.OWN, FillSource.ONLINE, FillSource.BOUGHT, FillSource.SUPPLIER}:
        raise InvalidInput({"source": _("Say where it came from.")})
    with acting("close_supplied", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        act.set(
            request,
            outcome=Outcome.FILLED,
            fill_source=supplied.source,
            kind_supplied=request.kind,
            copy_link=supplied.link,
            cost=supplied.cost,
            cost_currency=supplied.currency
            or (request.library.currency if supplied.cost is not None else ""),
            delivered_at=at,
        )
        feed_supply(act, None, actual=supplied.cost, currency=supplied.currency)
        drop_planned(act)


def reopen(*, request_id: int, why: str, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Take a finished request up again. The reason becomes a note; what was known of old lenders stays."""
    why = clean_lines(why)
    if not why:
        raise InvalidInput({"why": _("Say why.")})
    if len(why) > LONGEST:
        raise InvalidInput({"why": _("That is too long. Please keep it under 5,000 characters.")})
    with acting("reopen", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, outcome=Outcome.OPEN, reason=None, fill_source=FillSource.NONE, kind_supplied="")
        act.set(
            act.subject, copy_link="", copy_link_until=None, lender_due=None, patron_due=None, conditions=[]
        )
        decide_copyright(act)
        author = actor.id if actor.kind == ActorKind.STAFF else None
        act.add(Note(request=act.subject, author_id=author, text=why, at=at))


def undo_last(*, request_id: int, act: str, actor: Actor, at: datetime) -> None:
    """Take back the last thing that happened to a request, if nothing happened since and no message left."""
    with transaction.atomic():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        before, was_billed = place_of(request_id), is_billed(request_id)
        undo(MACHINE, request, act=act, actor=actor, at=at)
        refuse_lost_place(request, before, at)
        refuse_unbilled(request_id, was_billed)
