"""Money on the lending desk's pages: the card of a request, and the list of what other libraries owe."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from illservice.accounts.roles import Role
from illservice.core import clock
from lending.models import LendingRequest
from lending.services import charges, loans
from tests.lending.pages import clerk, page, press
from tests.lending.verbs import again, desk, shipped
from tests.world import World

MOST_STATEMENTS = 9


@pytest.fixture(autouse=True)
def _fresh_sessions() -> None:
    cache.clear()


def lost(world: World, due: date | None = None) -> LendingRequest:
    """A loss for which the borrower shall pay 45 euros."""
    request, at = shipped(world), clock.now()
    loans.lost(request_id=request.pk, cost=Decimal(45), currency="EUR", actor=desk(world), at=at)
    LendingRequest.objects.filter(pk=request.pk).update(due=due)
    return again(request)


def test_a_loss_is_billed_paid_and_refunded_from_the_page(world: World) -> None:
    request, client = lost(world, date(2150, 1, 31)), clerk(world.north)
    shown = client.get(page(request)).content.decode()
    assert "Loss: 45.00 EUR" in shown
    assert "Bill the loss by" in shown
    assert press(client, request, "invoice_charge", charge="1", actual="45").status_code == 302
    assert request.charges.get().invoice_number == f"{request.number}-R1"
    assert "Bill the loss by" not in client.get(page(request)).content.decode()
    assert press(client, request, "settle", how="paid").status_code == 302
    assert press(client, request, "found_later").status_code == 302
    assert "refund due" in client.get(page(request)).content.decode()
    assert press(client, request, "refund_charge", charge="1", refunded="45").status_code == 302
    assert request.charges.get().refunded_amount == 45


def test_a_bill_that_is_too_late_is_said(world: World) -> None:
    request = lost(world, date(2020, 1, 31))
    assert "The last day to bill the loss was" in clerk(world.north).get(page(request)).content.decode()


def test_the_list_is_the_lending_desks_and_says_what_goes_back(world: World) -> None:
    open_one, paid = lost(world), lost(world)
    loans.settle(request_id=paid.pk, how="paid", actor=desk(world), at=clock.now())
    loans.found_later(request_id=paid.pk, actor=desk(world), at=clock.now())
    url = reverse("lending:money", args=["north"])
    assert clerk(world.north, Role.BORROWING).get(url).status_code == 403
    assert clerk(world.south).get(url).status_code == 404
    answer = clerk(world.north).get(url)
    assert {row["cells"][0] for row in answer.context["page"]["rows"]} == {open_one.number, paid.number}
    (total,) = answer.context["totals"]
    assert (total.currency, total.we_pay, total.we_get) == ("EUR", Decimal("45.00"), Decimal("45.00"))
    file = clerk(world.north).get(reverse("lending:money_export", args=["north"]), {"direction": "we_pay"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows[1:]] == [paid.number]


def test_the_number_of_statements_does_not_grow_with_the_rows(world: World) -> None:
    spent = []
    for _turn in range(2):
        lost(world)
        client = clerk(world.north)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("lending:money", args=["north"]))
        spent.append(len(captured))
    assert spent[0] == spent[1]
    assert spent[0] <= MOST_STATEMENTS


def test_the_borrower_cannot_reach_the_money_of_the_desk(world: World) -> None:
    request = lost(world)
    answer = press(clerk(world.south), request, "waive_charge", charge="1")
    assert (answer.status_code, request.charges.get().settled) == (404, "")
    charges.waive_charge(request_id=request.pk, actor=desk(world), at=clock.now())
    assert request.charges.get().settled == "waived"
