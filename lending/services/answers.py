"""What the desk answers before anything leaves: yes, no, later, under conditions, and what the borrower says to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import InvalidInput
from illservice.core.fitting import refuse_unfit
from illservice.core.money import Payer
from illservice.core.workflow import Act, money
from illservice.core.workflow.beside import answer_question, mark, open_question, unmark
from illservice.core.workflow.held import step
from illservice.directory.models import Reason, ReasonPurpose
from lending.models import Channel, LendingQuestion, LendingRequest, Outcome
from lending.services.base import (
    acting,
    answered,
    codes,
    future_date,
    lock_request,
    owes,
    reason_for,
    reply_until,
    say,
)
from lending.workflow import states as s
from lending.workflow.states import MarkKind, QuestionKind

ANSWERED = (MarkKind.LATE_ANSWER, MarkKind.REMINDED, MarkKind.NO_REPLY, MarkKind.NOT_ON_SHELF)
"""Marks that fall away once the borrower has its answer."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what we would lend: conditions (ISO 18626 loanCondition codes), a charge, words."""

    conditions: Sequence[str] = ()
    cost: Decimal | None = None
    currency: str = ""
    note: str = ""


def _end(act: Act, outcome: Outcome) -> None:
    act.set(act.subject, outcome=outcome)
    money.drop_expected(act, Payer.PARTNER)
    if outcome == Outcome.CANCELLED:
        # Nothing is lent: what was named for it binds nobody.
        act.set(act.subject, conditions=[], cost=None, cost_currency="")
    answered(act)
    for kind in QuestionKind.values:
        answer_question(act, kind, "void")


def refuse_at_once(*, request_id: int, reason: Reason, at: datetime, note: str = "") -> None:
    """Our rules say no; `note` are words of the library that go with it."""
    with acting("refuse_at_once", request_id=request_id, actor=CLOCK, at=at) as act:
        act.set(act.subject, reason=reason)
        if note:
            say(act, note)
        _end(act, Outcome.UNFILLED)


def retry_at_once(
    *, request_id: int, reason: Reason, retry_after: date | None, at: datetime, note: str = ""
) -> None:
    """Our rules say later; `note` are words of the library that go with it."""
    with acting("retry_at_once", request_id=request_id, actor=CLOCK, at=at) as act:
        act.set(act.subject, reason=reason, retry_after=retry_after)
        act.facts["retry"] = True
        if note:
            say(act, note)
        _end(act, Outcome.UNFILLED)


def expect(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """We are on it: the borrower is told that we expect to supply, and waits longer."""
    with acting("expect", request_id=request_id, actor=actor, at=at, version=version) as act:
        answered(act)
        unmark(act, MarkKind.LATE_ANSWER, MarkKind.REMINDED)


def refuse(
    *,
    request_id: int,
    reason: Reason | None,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> None:
    """We cannot supply it. The reason is coded; words may be added."""
    with acting("refuse", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, reason=reason_for(act.subject, reason, ReasonPurpose.NOT_SUPPLIED))
        if note:
            say(act, note)
        _end(act, Outcome.UNFILLED)


def retry_later(
    *,
    request_id: int,
    reason: Reason | None,
    actor: Actor,
    at: datetime,
    retry_after: date | None = None,
    terms: Terms | None = None,
    version: int | None = None,
) -> None:
    """Not now or not on these terms: the borrower may ask again, after a date or with what we name."""
    terms = terms or Terms()
    with acting("retry_later", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        act.set(request, reason=reason_for(request, reason, ReasonPurpose.RETRY))
        if retry_after is not None:
            act.set(request, retry_after=future_date(request, retry_after, at, "retry_after"))
        act.facts.update(_terms(request, terms), retry=True)
        if terms.note:
            say(act, terms.note)
        _end(act, Outcome.UNFILLED)


def _terms(request: LendingRequest, terms: Terms) -> dict[str, Any]:
    """What a message says of conditions and charge, checked as the columns would be."""
    currency = terms.currency or (request.library.currency if terms.cost is not None else "")
    refuse_unfit(LendingRequest(cost=terms.cost, cost_currency=currency), ["cost", "cost_currency"])
    return {
        "conditions": codes(terms.conditions),
        "cost": str(terms.cost) if terms.cost is not None else "",
        "currency": currency,
    }


def conditional(
    *, request_id: int, terms: Terms, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Name conditions or a charge and wait for the borrower's yes."""
    if not terms.conditions and terms.cost is None and not terms.note:
        raise InvalidInput({"conditions": _("Name a condition or a charge.")})
    with acting("conditional", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        if request.channel == Channel.ISO18626 and not terms.conditions and terms.cost is None:
            # With words alone it would be a promise on the wire, and nobody there would know that we wait.
            raise InvalidInput({"conditions": _("Another library’s system needs a condition or a charge.")})
        facts = _terms(request, terms)
        act.add(
            LendingQuestion(
                request=request,
                kind=QuestionKind.CONDITIONAL,
                asked_at=at,
                reply_by=reply_until(request, at),
                terms=facts,
            )
        )
        act.facts.update(facts)
        if terms.note:
            say(act, terms.note)
        answered(act)
        unmark(act, MarkKind.LATE_ANSWER, MarkKind.REMINDED)


def conditions_accepted(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The borrower agrees: what we named binds from now on."""
    with acting("conditions_accepted", request_id=request_id, actor=actor, at=at, version=version) as act:
        conditions_bind(act)


def conditions_bind(act: Act) -> None:
    """What we named and wait for an answer to counts as agreed; nothing changes where we wait for none."""
    question = answer_question(act, QuestionKind.CONDITIONAL, "yes")
    if question is None:
        return
    terms, currency = question.terms, question.terms.get("currency", "")
    cost = Decimal(terms["cost"]) if terms.get("cost") else None
    act.set(act.subject, conditions=terms.get("conditions", []), cost=cost, cost_currency=currency)
    owes(act, agreed=cost, currency=currency)


def conditions_refused(
    *, request_id: int, actor: Actor, at: datetime, version: int | None = None, cancel: bool = False
) -> None:
    """The borrower does not agree, or kept silent: the request ends. `cancel`: it said so by asking to cancel."""
    with acting("conditions_refused", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.CONDITIONAL, "no")
        act.facts["asked"] = cancel
        _end(act, Outcome.CANCELLED)


def cancel_asked(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> str:
    """The borrower wants to cancel. Yes before anybody went to the shelf, the desk decides while it is being
    fetched, no once it has left. Returns what happened: `cancel`, `ask_cancel` or `cancel_too_late`."""
    with step():
        action = _cancel_action(lock_request(request_id).state)
        _cancel(action, request_id=request_id, actor=actor, at=at, version=version)
    return action


def _cancel(action: str, *, request_id: int, actor: Actor, at: datetime, version: int | None) -> None:
    with acting(action, request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        act.facts["answer"] = action == "cancel" or request.state == s.CANCELLED
        act.facts["asked"] = actor.kind == ActorKind.PARTNER
        if action == "cancel":
            _end(act, Outcome.CANCELLED)
        elif action == "ask_cancel" and open_question(act, QuestionKind.CANCEL) is None:
            act.add(LendingQuestion(request=request, kind=QuestionKind.CANCEL, asked_at=at))


def _cancel_action(state: str) -> str:
    if state == s.NEW:
        return "cancel"
    return "ask_cancel" if state in s.FETCHING else "cancel_too_late"


def cancel_yes(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Agree: the item goes back to its shelf."""
    with acting("cancel_yes", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.CANCEL, "yes")
        act.facts.update(answer=True, asked=True)
        _end(act, Outcome.CANCELLED)


def cancel_no(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Too late: the item goes on, with its conditions."""
    with acting("cancel_no", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.CANCEL, "no")
        act.facts["answer"] = False


def reminder(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower waits for us."""
    with acting("reminder", request_id=request_id, actor=actor, at=at) as act:
        if act.subject.state in s.OPEN:
            mark(act, MarkKind.REMINDED)


def asked_status(*, request_id: int, actor: Actor, at: datetime) -> None:
    """The borrower asks how far it is; the answer goes out by itself."""
    with acting("asked_status", request_id=request_id, actor=actor, at=at):
        pass
