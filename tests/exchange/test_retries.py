"""A borrower's system comes back to what we said: it asks again, perhaps on other terms, or reminds us."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from illservice.directory.models import BorrowerStanding, Partnership, ReasonPurpose
from illservice.exchange.services.receiving import receive
from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.messages import (
    BibliographicInfo,
    BillingInfo,
    Confirmation,
    Edition,
    Money,
    Request,
    RequestConfirmation,
    RequestType,
    ServiceInfo,
    ServiceType,
)
from illservice.protocols.iso18626.moments import due_moment
from lending.models import LendingDesk, LendingRequest
from lending.services import answers
from tests.exchange.letters import header
from tests.exchange.pair import Pair, reason


def asks(
    pair: Pair, number: str, kind: RequestType, service: ServiceType = ServiceType.LOAN, **values: Any
) -> Confirmation:
    """Northfield's system asks Southfield; what is confirmed."""
    pair.at = pair.pass_time(hours=1)
    known = {"previous_request_id": values.pop("previous", ""), "need_before": values.pop("need", None)}
    message = Request(
        replace(header(number, 0), timestamp=pair.at),
        values.pop("bibliographic", BibliographicInfo(title="The weir")),
        service=ServiceInfo(service, request_type=kind, **known),
        **values,
    )
    body = receive(write(message, Edition.V1_2), at=pair.at, sender_id=pair.north.library.pk).body
    confirmed = read(body).message
    assert isinstance(confirmed, RequestConfirmation)
    return confirmed


def put_off(pair: Pair, number: str = "N-1") -> LendingRequest:
    """Asked by a message, and answered: not on these terms."""
    asks(pair, number, RequestType.NEW)
    request = LendingRequest.objects.get(borrower_number=number)
    why = reason(ReasonPurpose.RETRY, "OnLoan")
    answers.retry_later(request_id=request.pk, reason=why, actor=pair.lender, at=pair.at)
    return request


def now(request: LendingRequest) -> LendingRequest:
    """As it is now."""
    return LendingRequest.objects.get(pk=request.pk)


def marks(request: LendingRequest) -> set[str]:
    """What is marked."""
    return set(request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))


def test_a_retry_under_the_old_number_counts_as_it_is_asked_for_now(pair: Pair) -> None:
    request = put_off(pair)
    LendingRequest.objects.filter(pk=request.pk).update(conditions=["LibraryUseOnly"], cost=15)
    asks(
        pair, "N-1", RequestType.RETRY, ServiceType.COPY,
        need=due_moment(date(2026, 5, 1)),
        billing=BillingInfo(maximum_costs=Money(Decimal(30), "USD")),
        bibliographic=BibliographicInfo(title="Annals of the weir", title_of_component="On nets"),
    )  # fmt: skip
    again = now(request)
    assert (again.state, again.reason_id, again.outcome) == ("new", None, "")
    assert (again.conditions, again.cost) == ([], None)
    assert (again.wanted, again.kind, again.need_by) == ("copy", "copy", date(2026, 5, 1))
    assert (again.max_cost, again.title, again.article_title) == (
        Decimal(30),
        "Annals of the weir",
        "On nets",
    )
    assert "on nets" in again.search_text
    assert again.queue == "statement", "a copy comes without one, and the borrower is asked for it"
    assert LendingRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("standing", "word"),
    [(BorrowerStanding.BLOCKED, "unfilled"), (BorrowerStanding.OPEN, None)],
)
def test_a_retry_under_the_old_number_is_answered_at_once_by_our_rules(
    pair: Pair, standing: str, word: str | None
) -> None:
    request = put_off(pair)
    between = Partnership.objects.filter(library=pair.south.library, partner=pair.north.library)
    between.update(standing=standing)
    asks(pair, "N-1", RequestType.RETRY)
    again = now(request)
    assert again.state == ("not_supplied" if word else "new")
    assert (again.reason and again.reason.iso_code) == ("PolicyProblem" if word else None)


def test_a_retry_of_what_is_not_lent_any_more_is_answered_no(pair: Pair) -> None:
    request = put_off(pair)
    LendingDesk.objects.create(library=pair.south.library, refused_materials=["book"])
    asks(pair, "N-1", RequestType.RETRY)
    again = now(request)
    assert (again.state, again.reason and again.reason.iso_code) == ("not_supplied", "PolicyProblem")


def test_a_retry_that_names_nothing_is_refused_and_changes_nothing(pair: Pair) -> None:
    request = put_off(pair)
    refused = asks(pair, "N-1", RequestType.RETRY, bibliographic=BibliographicInfo(author="Ames"))
    assert [str(error.type) for error in refused.errors] == ["UnrecognisedDataValue"]
    assert (now(request).state, now(request).title) == ("not_supplied", "The weir")


def test_a_reminder_with_a_number_of_its_own_is_about_the_request_it_names(pair: Pair) -> None:
    asks(pair, "N-1", RequestType.NEW)
    assert not asks(pair, "N-1r", RequestType.REMINDER, previous="N-1").errors
    request = LendingRequest.objects.get()
    assert "reminded" in marks(request)
    refused = asks(pair, "N-2r", RequestType.REMINDER, previous="N-2")
    assert [str(error.type) for error in refused.errors] == ["UnrecognisedDataValue"]
