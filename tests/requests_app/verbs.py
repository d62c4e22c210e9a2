"""Every action of the table with facts that make it possible, for walks and races."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from illservice.citations.data import CitationData
from illservice.core.actors import Actor
from illservice.core.workflow.money import Price
from requests_app.models import BorrowingRequest
from requests_app.services import (
    charges,
    closing,
    copies,
    declaring,
    items,
    lender_news,
    lenders,
    loans,
    review,
    silence,
    words,
)
from requests_app.services.closing import Supplied
from requests_app.services.copyright import clearing, recheck
from requests_app.services.items import Arrival
from requests_app.services.lender_news import Offer, SentCopy
from requests_app.services.lenders import Terms

Verb = Callable[[BorrowingRequest, Actor, datetime], object]


def _plain(service: Callable[..., object], **facts: Any) -> Verb:
    return lambda request, actor, at: service(request_id=request.pk, actor=actor, at=at, **facts)


def _due(request: BorrowingRequest, at: datetime) -> date:
    return (at + timedelta(days=40)).date()


def _plan(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    partners = request.library.partnerships.order_by("id").values_list("partner_id", flat=True)
    lenders.plan_lenders(request_id=request.pk, partner_ids=list(partners), actor=actor, at=at)


def _hold(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    kind = "copyright" if request.version % 2 else "citation"
    review.open_hold(request_id=request.pk, kind=kind, actor=actor, at=at)


def _first_hold(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    kind = request.holds.filter(cleared_at__isnull=True).values_list("kind", flat=True)[0]
    review.clear_hold(request_id=request.pk, kind=kind, actor=actor, at=at)


def _second(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    late = request.tries.filter(
        open=False, status__in=["silent", "cancelled", "unfilled", "retry"], asked_at__isnull=False
    )
    items.receive_second(request_id=request.pk, try_id=late[0].pk, arrival=Arrival(), actor=actor, at=at)


def _of_a_lender(service: Callable[..., object], *statuses: str, **facts: Any) -> Verb:
    """News of a lender that was asked, last one first; nobody has any where none was."""

    def run(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
        asked = request.tries.filter(asked_at__isnull=False).order_by("-ordinal")
        lender_try = (asked.filter(status__in=statuses) if statuses else asked).first()
        if lender_try is not None:
            service(request_id=request.pk, try_id=lender_try.pk, actor=actor, at=at, **facts)

    return run


def _to_other_branch(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    branch = request.library.branches.exclude(pk=request.location_id or 0).order_by("id")[0]
    items.send_to_branch(request_id=request.pk, branch_id=branch.pk, actor=actor, at=at)


def _any_mark(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    kind = request.marks.values_list("kind", flat=True).first() or "patron_wrote"
    words.clear_mark(request_id=request.pk, kind=kind, actor=actor, at=at)


def _of_a_charge(service: Callable[..., object], *, paid: bool = False, **facts: Any) -> Verb:
    """An open charge that somebody pays, or one that was paid and can go back."""

    def run(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
        known = request.charges.filter(settled="paid" if paid else "", refunded_on=None).exclude(
            payer="nobody"
        )
        ordinal = known.values_list("ordinal", flat=True).first() or 0
        service(request_id=request.pk, charge=ordinal, actor=actor, at=at, **facts)

    return run


def _invoice(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    number = f"I-{request.number}-{request.version}"
    _of_a_charge(charges.invoice_charge, number=number)(request, actor, at)


def _bill(request: BorrowingRequest, actor: Actor, at: datetime) -> None:
    charges.bill_overdue(
        request_id=request.pk, actor=actor, at=at, amount=Decimal(5), step=str(request.charges.count())
    )


_PRICE = Price(kind="other", payer="us", actual=Decimal(3))

VERBS: dict[str, Verb] = {
    "note_charge": _plain(charges.note_charge, price=_PRICE),
    "change_charge": _of_a_charge(charges.change_charge, price=_PRICE),
    "invoice_charge": _invoice,
    "pay_charge": _of_a_charge(charges.pay_charge),
    "waive_charge": _of_a_charge(charges.waive_charge),
    "refund_charge": _of_a_charge(charges.refund_charge, paid=True),
    "bill_overdue": _bill,
    "found_later": _plain(loans.found_later),
    "open_hold": _hold,
    "clear_copyright": _plain(clearing.clear_copyright),
    "pay_royalty": _plain(clearing.pay_royalty, fee=clearing.Fee(pages=8, fee=Decimal(40))),
    "get_elsewhere": _plain(clearing.get_elsewhere, way="supplier"),
    "wait_year": _plain(clearing.wait_year),
    "note_declaration": _plain(declaring.note_declaration, signature="Ada Byron"),
    "recheck_copyright": _plain(recheck),
    "clear_hold": _first_hold,
    "ask_patron": _plain(review.ask_patron, text="Which edition?"),
    "answer_desk": _plain(words.patron_message, text="The second."),
    "supply_here": _plain(review.supply_here),
    "not_here": _plain(review.not_here),
    "found_here": _plain(review.found_here),
    "close_supplied": _plain(closing.close_supplied, supplied=Supplied("online", "https://x.example/1")),
    "plan_lenders": _plan,
    "ask": _plain(lenders.ask),
    "remind_lender": _plain(lenders.remind_lender),
    "record_number": _plain(lenders.record_number, system="oclc", system_number="123"),
    "move_on": _plain(lenders.move_on),
    "lender_will": _plain(lenders.lender_will),
    "lender_no": _plain(lenders.lender_no),
    "lender_conditional": _plain(lenders.lender_conditional, terms=Terms(["LibraryUseOnly"])),
    "accept_conditions": _plain(lenders.accept_conditions),
    "refuse_conditions": _plain(lenders.refuse_conditions),
    "lender_expects": _plain(lender_news.lender_expects),
    "lender_retry": _plain(lender_news.lender_retry, offer=Offer(conditions=("LibraryUseOnly",))),
    "accept_retry": _plain(lender_news.accept_retry),
    "refuse_retry": _plain(lender_news.refuse_retry),
    "lender_copy": _plain(lender_news.lender_copy, copy=SentCopy(is_here=True)),
    "lender_copy_again": _plain(lender_news.lender_copy_again),
    "late_shipped": _of_a_lender(lender_news.late_shipped, "silent", "cancelled", "unfilled", "retry"),
    "late_refused": _plain(lender_news.late_refused),
    "lender_overdue": _plain(lender_news.lender_overdue),
    "lender_terms": _of_a_lender(lender_news.lender_terms, terms=Terms(["NoReproduction"])),
    "lender_hold": _plain(lender_news.lender_hold),
    "lender_release": _plain(lender_news.lender_release),
    "hold_return": _plain(lender_news.hold_return),
    "send_on": _plain(items.send_on),
    "lender_done": _of_a_lender(lender_news.lender_done),
    "lender_message": _of_a_lender(lender_news.lender_message, text="We need your postal address."),
    "message_lender": _plain(lender_news.message_lender, text="Does it have the maps?"),
    "ask_status": _plain(lender_news.ask_status),
    "odd_news": _plain(lender_news.odd_news),
    "lender_shipped": _plain(lenders.lender_shipped),
    "still_needed": _plain(silence.still_needed, need_by=None),
    "claim": _plain(lenders.claim),
    "cancel": _plain(closing.cancel),
    "ask_cancel": _plain(lenders.ask_cancel),
    "cancel_accepted": _plain(lenders.cancel_accepted),
    "cancel_refused": _plain(lenders.cancel_refused),
    "close_unfilled": _plain(closing.close_unfilled),
    "receive": lambda request, actor, at: items.receive(
        request_id=request.pk, arrival=Arrival(lender_due=_due(request, at)), actor=actor, at=at
    ),
    "receive_second": _second,
    "return_second": _plain(items.return_second),
    "deliver_copy": _plain(copies.deliver_copy, link="https://x.example/2", until=None),
    "send_to_branch": _to_other_branch,
    "receive_at_branch": _plain(items.receive_at_branch),
    "shelve": _plain(items.shelve),
    "post_to_patron": _plain(items.post_to_patron),
    "hand_over": _plain(items.hand_over),
    "not_collected": _plain(items.not_collected),
    "take_back": _plain(items.take_back),
    "arrive_back": _plain(items.arrive_back),
    "send_back": _plain(items.send_back),
    "reshelve": _plain(items.reshelve),
    "confirm_return": _plain(items.confirm_return),
    "ask_renewal": _plain(loans.ask_renewal),
    "renewal_yes": lambda request, actor, at: loans.renewal_yes(
        request_id=request.pk, lender_due=_due(request, at), actor=actor, at=at
    ),
    "renewal_no": _plain(loans.renewal_no),
    "change_due": lambda request, actor, at: loans.change_due(
        request_id=request.pk, lender_due=_due(request, at), actor=actor, at=at
    ),
    "recall": lambda request, actor, at: loans.recall(
        request_id=request.pk, back_by=(at + timedelta(days=5)).date(), actor=actor, at=at
    ),
    "claim_returned": _plain(loans.claim_returned),
    "lost": _plain(loans.lost),
    "found": _plain(loans.found),
    "settle": _plain(loans.settle),
    "ask_resend": _plain(loans.ask_resend),
    "finish_copy": _plain(copies.finish_copy),
    "not_wanted": _plain(closing.not_wanted),
    "reopen": _plain(closing.reopen, why="It turned up."),
    "edit": _plain(review.edit, values={}, citation=CitationData.from_mapping({"title": "Bees again"})),
    "rush": _plain(review.rush, on=True),
    "clear_mark": _any_mark,
    "message_patron": _plain(words.message_patron, text="Hello"),
    "patron_message": _plain(words.patron_message, text="Hello"),
}
