"""Scans and links that are kept with a request: let out to the patron, or called back."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act
from illservice.core.workflow.beside import answer_question, unmark
from illservice.documents.kinds import Audience
from illservice.documents.selectors import documents_of
from illservice.documents.services import address_of, make_link, release
from requests_app.models import BorrowingRequest, FillSource, Outcome, TryStatus, Wanted
from requests_app.services.base import acting, sent_by
from requests_app.services.copyright.deciding import decide_late
from requests_app.services.deciding import decide_on_arrival
from requests_app.services.feeding import charge_fee
from requests_app.services.items import Arrival, receive_from, sender_of
from requests_app.services.lenders import conditions_bind
from requests_app.workflow.copyright import conditions_of
from requests_app.workflow.facts import MAY_COME_LATE
from requests_app.workflow.states import COMING, READY, SUPPLY_HERE, MarkKind, QuestionKind


def deliver_document(
    *,
    request_id: int,
    document_id: int,
    actor: Actor,
    at: datetime,
    cost: Decimal | None = None,
    version: int | None = None,
) -> None:
    """Release a copy that is kept with the request: the patron gets a link that asks for the sign-in and ends.

    Undo takes release and link back. A better copy after a complaint is delivered the same way.
    """
    with acting("deliver_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        document = documents_of(request.number, request.library_id).filter(pk=document_id).first()
        if document is None:
            raise InvalidInput({"document": _("That file is not part of this request.")})
        act.keep(document, "released_at", "released_by", "withdrawn_at", "delete_after")
        for ends in document.links.filter(audience=Audience.PATRON, ended_at__isnull=True):
            act.keep(ends, "ended_at")
        release(document_id=document_id, actor=actor, at=at)
        link = act.adopt(make_link(document_id=document_id, audience=Audience.PATRON, actor=actor, at=at))
        until = local_date(link.expires_at, request.library.timezone)
        hand_link(act, address_of(link), until, cost)
        # What came instead of a loan is decided by now, too.
        if codes := conditions_of(request):
            act.set(link, conditions=codes)


def deliver_copy(
    *,
    request_id: int,
    link: str,
    until: date | None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    cost: Decimal | None = None,
) -> None:
    """A copy is there as a link: the patron gets it. A better one after a complaint comes the same way."""
    with acting("deliver_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        hand_link(act, link, until, cost)


def hand_link(act: Act, link: str, until: date | None, cost: Decimal | None = None) -> None:
    """The patron gets this link until a day, inside an act."""
    request: BorrowingRequest = act.subject
    if not link:
        raise InvalidInput({"link": _("Give the address of the copy.")})
    if until is not None and until < local_date(act.at, request.library.timezone):
        raise InvalidInput({"until": _("That day is over already.")})
    _copy_came(act, cost)
    act.set(
        request,
        copy_link=link,
        copy_link_until=until,
        kind_supplied=Wanted.COPY,
        fill_source=request.fill_source or _source_of_copy(request),
        outcome=Outcome.FILLED,
    )
    decide_late(act)
    if request.received_at is None:
        act.set(request, received_at=act.at)
    if request.fill_source == FillSource.LENDER:
        charge_fee(act)
    sender = next(iter(sent_by(act, TryStatus.RECEIVED)), None)
    if sender is not None:
        act.topics["lender_received"] = sender
    unmark(act, MarkKind.RESEND, MarkKind.NEW_COPY, MarkKind.ALL_TRIED, MarkKind.LENDER_SILENT)
    unmark(act, MarkKind.NOT_ARRIVED)


def _copy_came(act: Act, cost: Decimal | None) -> None:
    """The lender who is asked sent it, or after the last one said no, somebody we had moved on from."""
    request: BorrowingRequest = act.subject
    if request.state not in COMING | {READY} or not any(
        each.open or each.status in MAY_COME_LATE for each in request.tries.all()
    ):
        return
    lender_try = sender_of(request)
    conditions_bind(act, lender_try)
    decide_on_arrival(act, lender_try, Wanted.COPY)
    receive_from(act, lender_try, Arrival(kind=Wanted.COPY, cost=cost))
    act.set(
        request,
        conditions=lender_try.conditions,
        cost=lender_try.cost,
        cost_currency=lender_try.cost_currency,
    )
    answer_question(act, QuestionKind.CANCEL, "no")


def _source_of_copy(request: BorrowingRequest) -> FillSource:
    own = request.state == SUPPLY_HERE or request.sent_at is None
    return FillSource.OWN if own else FillSource.LENDER


def finish_copy(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """The time for asking for a better copy is over."""
    with acting("finish_copy", request_id=request_id, actor=actor, at=at, version=version) as act:
        for each in sent_by(act, TryStatus.RECEIVED):
            act.set(each, status=TryStatus.DONE, ended_at=at)
        unmark(act, MarkKind.RESEND)
