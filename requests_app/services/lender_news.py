"""What lenders' systems tell us beside yes, no and sent; and what we write to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput
from illservice.core.fitting import refuse_unfit
from illservice.core.workflow import Act
from illservice.core.workflow.beside import answer_question, mark, unmark
from illservice.directory.models import PartnerSystem, Reason
from requests_app.models import (
    BorrowingQuestion,
    BorrowingRequest,
    FillSource,
    LenderMessage,
    LenderTry,
    Outcome,
    TryStatus,
    Wanted,
)
from requests_app.services.base import acting, codes, reason_for, sent_by
from requests_app.services.copyright.deciding import decide_late
from requests_app.services.dates import answer_until, reply_until
from requests_app.services.deciding import decide_on_arrival
from requests_app.services.feeding import feed_loss, feed_supply
from requests_app.services.items import sender_of
from requests_app.services.lenders import (
    Terms,
    ask_next_or_end,
    conditions_bind,
    end_try,
    is_wanted,
    open_lender_try,
    open_try,
    terms_bind,
)
from requests_app.services.words import clean_words
from requests_app.workflow.facts import REACHED_BY_WORDS
from requests_app.workflow.states import SETTLING, MarkKind, QuestionKind


@dataclass(frozen=True, slots=True)
class Offer:
    """What a lender names when it says "ask again": a coded reason, a day, terms."""

    reason: Reason | None = None
    after: date | None = None
    conditions: tuple[str, ...] = ()
    cost: Decimal | None = None
    currency: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class SentCopy:
    """A copy that a lender sent: with a scan or link it is here (`is_here`), on paper it is on its way."""

    is_here: bool
    cost: Decimal | None = None
    currency: str = ""


def lender_expects(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender is on it: it has as long again."""
    with acting("lender_expects", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        later = max(lender_try.answer_by or at, answer_until(act.subject, at))
        act.set(lender_try, answered_at=at, answer_by=later)
        unmark(act, MarkKind.LENDER_SILENT)


def lender_retry(
    *, request_id: int, offer: Offer, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The lender could supply later or on other terms. Its try ends; the desk decides whether to ask it again."""
    with acting("lender_retry", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        refuse_unfit(LenderTry(cost=offer.cost, cost_currency=offer.currency), ["cost", "cost_currency"])
        if not is_wanted(act):
            end_try(act, TryStatus.RETRY, reason_for(request, offer.reason))
            act.set(request, outcome=Outcome.CANCELLED)
            return
        lender_try = end_try(act, TryStatus.RETRY, reason_for(request, offer.reason))
        act.add(
            BorrowingQuestion(
                request=request,
                lender_try=lender_try,
                kind=QuestionKind.RETRY,
                asked_at=at,
                reply_by=reply_until(request, at),
                terms={
                    "conditions": codes(offer.conditions),
                    "cost": str(offer.cost) if offer.cost is not None else "",
                    "currency": offer.currency,
                    "after": offer.after.isoformat() if offer.after else "",
                    "service": offer.service,
                },
            )
        )


def accept_retry(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Ask the same lender again on its terms: a try of its own, right after the one that ended."""
    with acting("accept_retry", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        question = answer_question(act, QuestionKind.RETRY, "yes")
        ended = question.lender_try if question else None
        if ended is None:
            raise InvalidInput({"lender": _("That lender is not part of this request any more.")})
        ordinals = [each.ordinal for each in request.tries.all()]
        again = act.add(
            LenderTry(
                request=request,
                ordinal=max(ordinals, default=0) + 1,
                partner_id=ended.partner_id,
                system=ended.system,
                previous=ended,
            )
        )
        open_lender_try(act, again)


def refuse_retry(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Do not wait for this lender; the next one is asked."""
    with acting("refuse_retry", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.RETRY, "no")
        ask_next_or_end(act, wanted=is_wanted(act))


def lender_copy(
    *, request_id: int, copy: SentCopy, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The lender sent a copy. A scan or link lies at the desk to be looked at; paper comes by post."""
    with acting("lender_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        lender_try = sender_of(request)
        conditions_bind(act, lender_try)
        decide_on_arrival(act, lender_try, Wanted.COPY)
        status = TryStatus.RECEIVED if copy.is_here else TryStatus.SHIPPED
        currency = copy.currency or (request.library.currency if copy.cost is not None else "")
        refuse_unfit(LenderTry(cost=copy.cost, cost_currency=currency), ["cost", "cost_currency"])
        act.set(
            lender_try,
            status=status,
            open=not copy.is_here,
            answered_at=lender_try.answered_at or at,
            shipped_at=at,
            cost=copy.cost if copy.cost is not None else lender_try.cost,
            cost_currency=currency or lender_try.cost_currency,
        )
        feed_supply(act, lender_try, actual=copy.cost, currency=currency)
        act.set(request, kind_supplied=Wanted.COPY, shipped_at=request.shipped_at or at)
        if copy.is_here:
            act.set(request, fill_source=FillSource.LENDER, outcome=Outcome.FILLED, received_at=at)
            act.set(request, cost=lender_try.cost, cost_currency=lender_try.cost_currency)
            mark(act, MarkKind.NEW_COPY)
        decide_late(act)
        if answer_question(act, QuestionKind.CANCEL, "no"):
            mark(act, MarkKind.NOT_WANTED)
        unmark(act, MarkKind.LENDER_SILENT, MarkKind.NOT_SHIPPED, MarkKind.NEED_BY)


def lender_copy_again(*, request_id: int, actor: Actor, at: datetime) -> None:
    """Another copy after a complaint: it waits for a look at the desk."""
    with acting("lender_copy_again", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.NEW_COPY)


def late_shipped(
    *, request_id: int, try_id: int, actor: Actor, at: datetime, lender_due: date | None = None
) -> None:
    """A lender we had moved on from sent it all the same: only its own try changes, and the desk is told."""
    with acting("late_shipped", request_id=request_id, actor=actor, at=at) as act:
        lender_try = next((each for each in act.subject.tries.all() if each.pk == try_id), None)
        if lender_try is None:
            raise InvalidInput({"try_id": _("That lender was not asked.")})
        act.set(lender_try, shipped_at=at, lender_due=lender_due)
        mark(act, MarkKind.LATE_COMING)


def late_refused(*, request_id: int, actor: Actor, at: datetime) -> None:
    """A lender we had moved on from does not cancel: what it will send is a second copy, and the desk is told."""
    with acting("late_refused", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.LATE_COMING)


def lender_terms(*, request_id: int, try_id: int, terms: Terms, actor: Actor, at: datetime) -> None:
    """What the lender names after it was sent: it was sent on these terms."""
    with acting("lender_terms", request_id=request_id, actor=actor, at=at) as act:
        lender_try = next((each for each in act.subject.tries.all() if each.pk == try_id), None)
        if lender_try is None:
            raise InvalidInput({"try_id": _("That lender was not asked.")})
        refuse_unfit(LenderTry(cost=terms.cost, cost_currency=terms.currency), ["cost", "cost_currency"])
        terms_bind(act, lender_try, terms)


def lender_overdue(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender counts it as overdue."""
    with acting("lender_overdue", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.LENDER_OVERDUE)


def lender_hold(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The lender asks to keep it for now (HoldReturn, ISO 18626:2021)."""
    with acting("lender_hold", request_id=request_id, actor=actor, at=at, version=version) as act:
        mark(act, MarkKind.LENDER_HOLDS)


def hold_return(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It cannot go back yet: the lender's system is told (HoldReturn, ISO 18626:2021)."""
    with acting("hold_return", request_id=request_id, actor=actor, at=at, version=version) as act:
        sent = sent_by(act, TryStatus.SHIPPED, TryStatus.RECEIVED)
        told = next((each for each in sent if each.system == PartnerSystem.ISO18626), None)
        if told is None:  # what came by message is a second copy
            raise InvalidInput({"lender": _("No message reaches that lender from here.")})
        act.topics["lender_kept"] = told


def lender_release(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """What we were asked to keep may be sent back."""
    with acting("lender_release", request_id=request_id, actor=actor, at=at, version=version) as act:
        unmark(act, MarkKind.LENDER_HOLDS)


def lender_done(*, request_id: int, try_id: int, actor: Actor, at: datetime) -> None:
    """The lender has finished. A second copy that was sent back is home; what is still somewhere here is looked for."""
    with acting("lender_done", request_id=request_id, actor=actor, at=at) as act:
        lender_try = next((each for each in act.subject.tries.all() if each.pk == try_id), None)
        if lender_try is not None and lender_try.status == TryStatus.RETURNED:
            act.set(lender_try, status=TryStatus.DONE, ended_at=at)
        else:
            mark(act, MarkKind.LENDER_DONE)


def lender_message(
    *,
    request_id: int,
    try_id: int,
    text: str,
    actor: Actor,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
) -> None:
    """The lender writes. A cost that it names while a loss is being settled is what it asks for the loss."""
    with acting("lender_message", request_id=request_id, actor=actor, at=at) as act:
        if act.subject.state == SETTLING:
            lender_try = next((each for each in act.subject.tries.all() if each.pk == try_id), None)
            feed_loss(act, lender_try, cost, currency)
        act.add(LenderMessage(lender_try_id=try_id, from_lender=True, text=clean_words(text, "text"), at=at))
        mark(act, MarkKind.LENDER_WROTE)


def message_lender(
    *, request_id: int, text: str, actor: Actor, at: datetime, try_id: int | None = None
) -> None:
    """The desk writes to a lender: the one named, the one asked now, or the last one. It answers what it wrote."""
    with acting("message_lender", request_id=request_id, actor=actor, at=at) as act:
        lender_try = _lender(act, try_id, REACHED_BY_WORDS)
        author = actor.id if actor.kind == ActorKind.STAFF else None
        act.topics["lender_words"] = act.add(
            LenderMessage(
                lender_try=lender_try,
                from_lender=False,
                author_id=author,
                text=clean_words(text, "text"),
                at=at,
            )
        )
        act.topics["lender_message"] = lender_try
        unmark(act, MarkKind.LENDER_WROTE)


def ask_status(*, request_id: int, actor: Actor, at: datetime, try_id: int | None = None) -> None:
    """Ask a lender's system how far it is."""
    with acting("ask_status", request_id=request_id, actor=actor, at=at) as act:
        act.topics["lender_status"] = _lender(act, try_id, {PartnerSystem.ISO18626})


def _lender(act: Act, try_id: int | None, systems: Collection[str]) -> LenderTry:
    """The one named, else the one asked now, else the last one; of those that were asked in one of these ways."""
    known: list[LenderTry] = list(act.subject.tries.all())
    asked = [each for each in known if each.asked_at and each.system in systems]
    if try_id is not None:
        asked = [each for each in asked if each.pk == try_id]
    if not asked:
        raise InvalidInput({"lender": _("No message reaches that lender from here.")})
    return next((each for each in asked if each.open), asked[-1])


def odd_news(*, request_id: int, actor: Actor, at: datetime) -> None:
    """A message that no row accepts: it stands in the log of the exchange, and the desk is shown that it does."""
    with acting("odd_news", request_id=request_id, actor=actor, at=at) as act:
        mark(act, MarkKind.ODD_NEWS)
