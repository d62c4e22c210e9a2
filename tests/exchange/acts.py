"""Everything that people do at two libraries that deal with each other, with facts that make it possible.

What a side does of its own accord is apart from what it types in for the other one (`BORROWER_TYPED`,
`LENDER_TYPED`): a clerk may note what the other library said on the phone, and then the two systems may disagree
about it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.directory.models import ReasonPurpose
from lending.models import ItemPlace, LendingRequest
from lending.services import answers, loans, words
from lending.services import items as stacks
from lending.services.items import Copy
from requests_app.models import BorrowingRequest, TryStatus
from requests_app.services import items as arrivals
from requests_app.services import lender_news, lenders
from requests_app.services.items import Arrival
from requests_app.workflow import TABLE
from tests.exchange.pair import reason
from tests.requests_app.verbs import VERBS as BORROWER_VERBS

BorrowerAct = Callable[[BorrowingRequest, Actor, datetime], object]
LenderAct = Callable[[LendingRequest, Actor, datetime], object]

BORROWER_TYPED = frozenset(
    {
        "lender_will", "lender_expects", "lender_no", "lender_conditional", "lender_retry", "lender_shipped",
        "lender_copy", "lender_overdue", "lender_hold", "lender_release", "cancel_accepted", "cancel_refused",
        "renewal_yes", "renewal_no", "recall", "change_due", "confirm_return", "deliver_copy", "settle",
        "found_later",
    }
)  # fmt: skip
LENDER_TYPED = frozenset(
    {
        "conditions_accepted", "conditions_refused", "cancel", "ask_cancel", "ask_renewal", "sent_back", "arrived",
        "ask_resend", "reminder", "turned_up", "reopen", "edit",
    }
)  # fmt: skip


def _plan(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    known = request.library.partnerships.filter(connection__isnull=False).order_by("id")
    partners = list(known.values_list("partner_id", flat=True))
    lenders.plan_lenders(request_id=request.pk, partner_ids=partners, actor=actor, at=at)


def _second(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    late = request.tries.filter(
        open=False,
        asked_at__isnull=False,
        status__in=[TryStatus.SILENT, TryStatus.CANCELLED, TryStatus.UNFILLED, TryStatus.RETRY],
    )
    key = late.values_list("pk", flat=True).first() or 0
    arrivals.receive_second(request_id=request.pk, try_id=key, arrival=Arrival(), actor=actor, at=at)


def _words(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    lender_news.message_lender(request_id=request.pk, text="Is it there?", actor=actor, at=at)


def _receive(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    arrivals.receive(request_id=request.pk, arrival=Arrival(), actor=actor, at=at)


def borrower_acts() -> dict[str, BorrowerAct]:
    """By the table's names; what only partners and clocks do is left to them."""
    people = {row.action for row in TABLE.rows if row.by & {*Role.values, ActorKind.PATRON.value}}
    return {
        **{action: verb for action, verb in BORROWER_VERBS.items() if action in people},
        "plan_lenders": _plan,
        "receive": _receive,
        "receive_second": _second,
        "message_lender": _words,
        "ask_status": _borrowed(lender_news.ask_status),
        "accept_retry": _borrowed(lender_news.accept_retry),
        "refuse_retry": _borrowed(lender_news.refuse_retry),
    }


def _borrowed(service: Callable[..., object], **facts: Any) -> BorrowerAct:
    return lambda request, actor, at: service(request_id=request.pk, actor=actor, at=at, **facts)


def _lent(service: Callable[..., object], **facts: Any) -> LenderAct:
    return lambda request, actor, at: service(request_id=request.pk, actor=actor, at=at, **facts)


def _no(request: LendingRequest, actor: Actor, at: datetime) -> None:
    why = reason(ReasonPurpose.NOT_SUPPLIED, "NotOnShelf")
    answers.refuse(request_id=request.pk, reason=why, actor=actor, at=at)


def _later(request: LendingRequest, actor: Actor, at: datetime) -> None:
    why = reason(ReasonPurpose.RETRY, "OnLoan")
    after = (at + timedelta(days=20)).date()
    answers.retry_later(request_id=request.pk, reason=why, retry_after=after, actor=actor, at=at)


def _item(request: LendingRequest, *places: str) -> int:
    known = request.items.filter(place__in=places).values_list("pk", flat=True)
    return known.first() or 0


def _found(request: LendingRequest, actor: Actor, at: datetime) -> None:
    item = _item(request, ItemPlace.TO_PULL, ItemPlace.NOT_FOUND)
    stacks.item_found(request_id=request.pk, item_id=item, actor=actor, at=at)


def _not_found(request: LendingRequest, actor: Actor, at: datetime) -> None:
    item = _item(request, ItemPlace.TO_PULL)
    stacks.item_not_found(request_id=request.pk, item_id=item, actor=actor, at=at)


def _recall(request: LendingRequest, actor: Actor, at: datetime) -> None:
    loans.recall(request_id=request.pk, back_by=(at + timedelta(days=6)).date(), actor=actor, at=at)


def _change_due(request: LendingRequest, actor: Actor, at: datetime) -> None:
    loans.change_due(request_id=request.pk, due=(at + timedelta(days=33)).date(), actor=actor, at=at)


def _hold(request: LendingRequest, actor: Actor, at: datetime) -> None:
    kind = request.holds.filter(cleared_at__isnull=True).values_list("kind", flat=True).first()
    words.clear_hold(request_id=request.pk, kind=kind or "", reason="settled", actor=actor, at=at)


_TERMS = answers.Terms(["LibraryUseOnly"], Decimal("7.50"), "USD", "")

LENDER_ACTS: dict[str, LenderAct] = {
    "expect": _lent(answers.expect),
    "plan_items": _lent(stacks.plan_items, copies=[Copy(call_number="QL 1"), Copy(call_number="QL 2")]),
    "pull": _lent(stacks.pull, copies=[Copy(call_number="QL 1")]),
    "item_found": _found,
    "item_not_found": _not_found,
    "conditional": _lent(answers.conditional, terms=_TERMS),
    "conditions_accepted": _lent(answers.conditions_accepted),
    "conditions_refused": _lent(answers.conditions_refused),
    "ship": _lent(loans.ship),
    "send_copy": _lent(loans.send_copy),
    "refuse": _no,
    "retry_later": _later,
    "cancel": _lent(answers.cancel_asked),
    "ask_cancel": _lent(answers.cancel_asked),
    "cancel_yes": _lent(answers.cancel_yes),
    "cancel_no": _lent(answers.cancel_no),
    "arrived": _lent(loans.arrived),
    "ask_renewal": _lent(loans.ask_renewal),
    "renew": _lent(loans.renew),
    "refuse_renewal": _lent(loans.refuse_renewal),
    "change_due": _change_due,
    "recall": _recall,
    "remind_borrower": _lent(loans.remind_borrower),
    "sent_back": _lent(loans.sent_back),
    "check_in": _lent(loans.check_in),
    "lost": _lent(loans.lost, cost=Decimal(40), currency="USD"),
    "turned_up": _lent(loans.turned_up),
    "settle": _lent(loans.settle),
    "ask_resend": _lent(loans.ask_resend),
    "finish_copy": _lent(loans.finish_copy),
    "ask_borrower": _lent(words.ask_borrower, text="Which volume?"),
    "clear_hold": _hold,
    "message_borrower": _lent(words.message_borrower, text="It is on the way."),
    "reminder": _lent(answers.reminder),
    "rush": _lent(words.rush, on=True),
    "reopen": _lent(words.reopen, why="It turned up."),
}
