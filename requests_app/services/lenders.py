"""Asking lenders in turn, and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.fitting import refuse_unfit
from illservice.core.workflow import Act
from illservice.core.workflow.beside import answer_question, mark, unmark
from illservice.directory.models import Partnership, PartnerSystem, Reason
from illservice.directory.selectors import away_from_borrowing
from requests_app.models import BorrowingQuestion, BorrowingRequest, LenderTry, Outcome, TryStatus
from requests_app.services.base import acting, codes, drop_planned, reason_for
from requests_app.services.copyright.deciding import clear_before_sending
from requests_app.services.dates import answer_until, patron_date
from requests_app.services.deciding import decide
from requests_app.services.feeding import drop_supply, feed_supply
from requests_app.workflow.states import BEFORE_SENDING, MarkKind, QuestionKind

_ABOUT_ONE_LENDER = (
    MarkKind.LENDER_SILENT,
    MarkKind.NOT_SHIPPED,
    MarkKind.NOT_ARRIVED,
    MarkKind.CLAIMED,
    MarkKind.RECALLED,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lender says with a yes: conditions (ISO 18626 loanCondition codes), price, due date."""

    conditions: Sequence[str] = ()
    cost: Decimal | None = None
    currency: str = ""
    note: str = ""


def plan_lenders(
    *, request_id: int, partner_ids: Sequence[int], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Make the lenders still to be asked exactly these partners, in this order. Those asked already stay."""
    with acting("plan_lenders", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        known = {
            each.partner_id: each
            for each in Partnership.objects.filter(library_id=request.library_id, is_active=True)
        }
        strangers = [each for each in partner_ids if each not in known]
        if strangers:
            raise InvalidInput({"partners": _("This library is not among your partners.")})
        keep = {each.partner_id: each for each in request.tries.filter(status=TryStatus.PLANNED)}
        for partner_id, planned in keep.items():
            if partner_id not in partner_ids:
                act.remove(planned)
        _number_planned(act, list(dict.fromkeys(partner_ids)), keep, known)
        unmark(act, MarkKind.ALL_TRIED)


def _number_planned(
    act: Act, partner_ids: list[int], keep: dict[int, LenderTry], known: dict[int, Partnership]
) -> None:
    """Number the planned tries after all others; high numbers first, so that no two ever share one."""
    request: BorrowingRequest = act.subject
    ordinals = request.tries.values_list("ordinal", flat=True)
    first = max(ordinals, default=0) + 1
    for position, partner_id in enumerate(partner_ids):
        if partner_id in keep:
            act.set(keep[partner_id], ordinal=first + position)
            continue
        act.add(
            LenderTry(
                request=request,
                ordinal=first + position,
                partner_id=partner_id,
                system=known[partner_id].system,
            )
        )


def ask(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    system: str = "",
    system_number: str = "",
) -> None:
    """Ask the first planned lender: by e-mail, or in another system whose number is kept."""
    with acting("ask", request_id=request_id, actor=actor, at=at, version=version) as act:
        clear_before_sending(act)
        _ask_next(act, system=system, system_number=system_number)


def _ask_next(act: Act, *, system: str = "", system_number: str = "") -> None:
    """Open the next planned try; when the list is used up, staff are told.

    While the library is away, nobody is asked unless somebody at the desk does it: the list stays as it is.
    """
    request: BorrowingRequest = act.subject
    lender_try = request.tries.filter(status=TryStatus.PLANNED).order_by("ordinal").first()
    if lender_try is None:
        mark(act, MarkKind.ALL_TRIED)
        return
    if _is_away(act):
        return
    answer_question(act, QuestionKind.RETRY, "no")
    open_lender_try(act, lender_try, system=system, system_number=system_number)


def _is_away(act: Act) -> bool:
    """Whether this would happen by itself in a vacation of the borrowing desk."""
    if act.actor.kind in {ActorKind.STAFF, ActorKind.TOKEN}:
        return False
    library = act.subject.library
    return away_from_borrowing(library, local_date(act.at, library.timezone)) is not None


def open_lender_try(act: Act, lender_try: LenderTry, *, system: str = "", system_number: str = "") -> None:
    """Ask this lender now, on the terms of the policy for it."""
    decide(act, partner_id=lender_try.partner_id)
    act.topics["lender_request"] = lender_try
    values: dict[str, Any] = {
        "status": TryStatus.ASKED,
        "open": True,
        "asked_at": act.at,
        "answer_by": answer_until(act.subject, act.at),
    }
    named = {"system": _known_system(system) if system else "", "system_number": system_number}
    act.set(lender_try, **values | {name: value for name, value in named.items() if value})


def _known_system(system: str) -> str:
    if system not in PartnerSystem.values:
        raise InvalidInput({"system": _("Choose how the lender is asked.")})
    return system


def open_try(act: Act) -> LenderTry:
    """The lender who is being asked now; the rows that need one have checked that there is one."""
    being_asked: list[LenderTry] = [each for each in act.subject.tries.all() if each.open]
    return max(being_asked, key=lambda each: each.ordinal)


def end_try(act: Act, status: TryStatus, reason: Reason | None = None) -> LenderTry:
    """The lender who is being asked is done with; what it said stays with its try."""
    lender_try = open_try(act)
    act.set(lender_try, status=status, open=False, ended_at=act.at, answered_at=act.at, reason=reason)
    for question in act.subject.questions.filter(answered_at__isnull=True):
        act.set(question, answer="void", answered_at=act.at)
    unmark(act, *_ABOUT_ONE_LENDER)
    # What this lender said stays with its try; the request carries only what binds now.
    act.set(act.subject, conditions=[], lender_due=None, patron_due=None, cost=None, cost_currency="")
    drop_supply(act, lender_try)
    return lender_try


def is_wanted(act: Act) -> bool:
    """Whether anybody still waits for it: nobody asked to cancel, and nobody said that it is not wanted."""
    asked = any(q.kind == QuestionKind.CANCEL and not q.answered_at for q in act.subject.questions.all())
    unwanted = any(m.kind == MarkKind.NOT_WANTED and not m.cleared_at for m in act.subject.marks.all())
    return not asked and not unwanted


def ask_next_or_end(act: Act, *, wanted: bool) -> None:
    """No other library is troubled for what nobody wants any more: the request is cancelled."""
    if wanted:
        _ask_next(act)
        return
    act.set(act.subject, outcome=Outcome.CANCELLED)
    drop_planned(act)


def conditions_bind(act: Act, lender_try: LenderTry) -> None:
    """A lender that sends it before we answered does so on its own terms: they bind."""
    question = answer_question(act, QuestionKind.CONDITIONAL, "void")
    if question is not None and question.lender_try_id == lender_try.pk:
        terms_bind(act, lender_try, terms_of(question))


def terms_of(question: BorrowingQuestion) -> Terms:
    """What a lender named with its question."""
    terms = question.terms
    cost = Decimal(terms["cost"]) if terms.get("cost") else None
    return Terms(terms.get("conditions", []), cost, terms.get("currency", ""))


def terms_bind(act: Act, lender_try: LenderTry, terms: Terms) -> None:
    """These terms count; of those that are not named what was known before."""
    values = {
        "conditions": codes(terms.conditions) or lender_try.conditions,
        "cost": terms.cost if terms.cost is not None else lender_try.cost,
        "cost_currency": terms.currency or lender_try.cost_currency,
    }
    act.set(lender_try, **values)
    act.set(act.subject, **values)
    feed_supply(act, lender_try, actual=terms.cost, currency=terms.currency)


def remind_lender(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Send the lender a reminder and wait again as long."""
    with acting("remind_lender", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        act.topics["lender_reminder"] = lender_try
        act.set(lender_try, answer_by=answer_until(act.subject, at))
        unmark(act, MarkKind.LENDER_SILENT, MarkKind.NOT_SHIPPED)


def record_number(
    *,
    request_id: int,
    system: str,
    system_number: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    try_id: int | None = None,
) -> None:
    """Keep the number that the request has in the lender's system; of the lender asked now, or of the named try."""
    with acting("record_number", request_id=request_id, actor=actor, at=at, version=version) as act:
        tries = act.subject.tries.all()
        lender_try = next((each for each in tries if each.pk == try_id), None) if try_id else _current(act)
        if lender_try is None:
            raise InvalidInput({"system_number": _("Add a lender first.")})
        system = _known_system(system or lender_try.system)
        if lender_try.asked_at and lender_try.system == PartnerSystem.ISO18626 != system:
            raise InvalidInput({"system": _("This lender was asked by ISO 18626 and is answered that way.")})
        act.set(lender_try, system=system, system_number=system_number)


def _current(act: Act) -> LenderTry | None:
    """The lender a number belongs to: the one asked now, before that the next one, after that the last one."""
    tries = list(act.subject.tries.all())
    being_asked = [each for each in tries if each.open]
    planned = [each for each in tries if each.status == TryStatus.PLANNED]
    if act.subject.state not in BEFORE_SENDING:
        planned = []
    return next(iter([*being_asked, *planned, *(each for each in reversed(tries) if each.asked_at)]), None)


def move_on(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Silence: cancel with this lender and ask the next. Should its item come all the same, it is a second copy."""
    with acting("move_on", request_id=request_id, actor=actor, at=at, version=version) as act:
        wanted = is_wanted(act)
        act.topics["lender_cancel"] = end_try(act, TryStatus.SILENT)
        ask_next_or_end(act, wanted=wanted)


def lender_will(
    *, request_id: int, actor: Actor, at: datetime, version: int | None = None, system_number: str = ""
) -> None:
    """The lender will supply."""
    with acting("lender_will", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        number = system_number or lender_try.system_number
        act.set(lender_try, status=TryStatus.PROMISED, answered_at=at, system_number=number)
        unmark(act, MarkKind.LENDER_SILENT)


def lender_no(
    *, request_id: int, actor: Actor, at: datetime, reason: Reason | None = None, version: int | None = None
) -> None:
    """The lender cannot supply; the next one is asked, or staff are told that all were tried."""
    with acting("lender_no", request_id=request_id, actor=actor, at=at, version=version) as act:
        wanted = is_wanted(act)
        end_try(act, TryStatus.UNFILLED, reason_for(act.subject, reason))
        ask_next_or_end(act, wanted=wanted)


def lender_conditional(
    *,
    request_id: int,
    terms: Terms,
    actor: Actor,
    at: datetime,
    reply_by: datetime | None = None,
    version: int | None = None,
) -> None:
    """The lender would supply under conditions or for a price; the desk decides."""
    with acting("lender_conditional", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        # It answered: from now on the desk is late, not the lender.
        act.set(lender_try, answered_at=at, answer_by=None)
        refuse_unfit(LenderTry(cost=terms.cost, cost_currency=terms.currency), ["cost", "cost_currency"])
        answer_question(act, QuestionKind.CONDITIONAL, "void")
        act.add(
            BorrowingQuestion(
                request=act.subject,
                lender_try=lender_try,
                kind=QuestionKind.CONDITIONAL,
                asked_at=at,
                reply_by=reply_by,
                terms={
                    "conditions": codes(terms.conditions),
                    "cost": str(terms.cost) if terms.cost is not None else "",
                    "currency": terms.currency,
                    "note": terms.note,
                },
            )
        )
        unmark(act, MarkKind.LENDER_SILENT)


def accept_conditions(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Agree: from now on the conditions bind (band, patron's page, no home loan when LibraryUseOnly)."""
    with acting("accept_conditions", request_id=request_id, actor=actor, at=at, version=version) as act:
        question = answer_question(act, QuestionKind.CONDITIONAL, "yes")
        lender_try = open_try(act)
        act.topics["lender_conditions_accepted"] = lender_try
        terms = terms_of(question) if question else Terms()
        values = {
            "conditions": list(terms.conditions),
            "cost": terms.cost,
            "cost_currency": terms.currency,
        }
        act.set(lender_try, status=TryStatus.PROMISED, **values)
        act.set(act.subject, **values)
        feed_supply(act, lender_try, agreed=terms.cost, currency=terms.currency)


def refuse_conditions(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Do not agree: this try ends, the next lender is asked."""
    with acting("refuse_conditions", request_id=request_id, actor=actor, at=at, version=version) as act:
        wanted = is_wanted(act)
        answer_question(act, QuestionKind.CONDITIONAL, "no")
        act.topics["lender_conditions_refused"] = end_try(act, TryStatus.UNFILLED)
        ask_next_or_end(act, wanted=wanted)


def lender_shipped(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    lender_due: date | None = None,
    system_number: str = "",
    terms: Terms | None = None,
    version: int | None = None,
) -> None:
    """The lender says that it is on its way; on `terms`, when it names some with the parcel."""
    with acting("lender_shipped", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        number = system_number or lender_try.system_number
        act.set(
            lender_try, status=TryStatus.SHIPPED, shipped_at=at, lender_due=lender_due, system_number=number
        )
        act.set(act.subject, lender_due=lender_due, patron_due=patron_date(act.subject, lender_due, at))
        conditions_bind(act, lender_try)
        if terms is not None:
            terms_bind(act, lender_try, terms)
        if answer_question(act, QuestionKind.CANCEL, "no"):
            mark(act, MarkKind.NOT_WANTED)
        unmark(act, MarkKind.LENDER_SILENT, MarkKind.NOT_SHIPPED)


def claim(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Tell the lender that it has not arrived."""
    with acting("claim", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.topics["lender_claim"] = open_try(act)
        mark(act, MarkKind.CLAIMED)
        unmark(act, MarkKind.NOT_ARRIVED)


def ask_cancel(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Ask the lender to cancel. The request stays where it is until the lender answers."""
    with acting("ask_cancel", request_id=request_id, actor=actor, at=at, version=version) as act:
        lender_try = open_try(act)
        act.topics["lender_cancel"] = lender_try
        act.add(
            BorrowingQuestion(
                request=act.subject, lender_try=lender_try, kind=QuestionKind.CANCEL, asked_at=at
            )
        )


def cancel_accepted(
    *, request_id: int, actor: Actor, at: datetime, reason: Reason | None = None, version: int | None = None
) -> None:
    """The lender agreed to cancel: the request is cancelled."""
    with acting("cancel_accepted", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.CANCEL, "yes")
        end_try(act, TryStatus.CANCELLED)
        drop_planned(act)
        act.set(act.subject, outcome="cancelled", reason=reason_for(act.subject, reason))


def cancel_refused(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Too late: the item goes on as before, with its conditions, and is known as not wanted."""
    with acting("cancel_refused", request_id=request_id, actor=actor, at=at, version=version) as act:
        answer_question(act, QuestionKind.CANCEL, "no")
        mark(act, MarkKind.NOT_WANTED)
