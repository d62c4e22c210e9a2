"""Money on pages: the card of a request, the list of what is owed with its file, and what the patron reads."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.csvfile import plain_cell
from illservice.core.workflow.money import Price
from requests_app.models import BorrowingRequest
from requests_app.services import charges
from tests.requests_app.desk_walks import another, arrived, clerk, door, page, press
from tests.world import World

MOST_STATEMENTS = 9
COLUMNS = 15


@pytest.fixture(autouse=True)
def _fresh_sessions() -> None:
    cache.clear()


def owe(world: World, request: BorrowingRequest, amount: str = "12.00", **values: Any) -> None:
    """A charge of the patron's, unless the test says otherwise."""
    known: dict[str, Any] = {"kind": "other", "payer": "patron", "actual": Decimal(amount)}
    price = Price(**known | values)
    charges.note_charge(request_id=request.pk, price=price, actor=world.north.actor(), at=clock.now())


def listed(world: World, role: str = Role.BORROWING, **query: str) -> Any:
    return clerk(world.north, role).get(reverse("desk:money", args=["north"]), query)


def exported(world: World, **query: str) -> list[list[str]]:
    """The file, row by row."""
    answer = clerk(world.north).get(reverse("desk:money_export", args=["north"]), query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    return list(csv.reader(io.StringIO(text)))


def test_the_card_offers_what_can_be_done_with_a_charge_and_the_forms_do_it(world: World) -> None:
    request, desk = arrived(world), clerk(world.north)
    assert "Nobody owes anything for this request." in desk.get(page(request)).content.decode()
    answer = press(desk, request, "note_charge", kind="loss", payer="us", actual="45,50", currency="eur")
    assert answer.status_code == 302
    shown = desk.get(page(request)).content.decode()
    assert "Loss: 45.50 EUR" in shown
    form = desk.get(door(request, "pay_charge"), {"charge": "1"})
    assert 'value="45.50"' in form.content.decode()
    wrong = press(desk, request, "pay_charge", charge="1", paid="45.50", on="2150-01-01")
    assert (wrong.status_code, request.charges.get().settled) == (422, "")
    assert "This day is still to come." in wrong.content.decode()
    assert press(desk, request, "pay_charge", charge="1", paid="45.50").status_code == 302
    assert request.charges.get().settled == "paid"
    assert "loss: 45.50 EUR" in desk.get(page(request)).content.decode()


def test_the_card_warns_of_more_than_was_agreed_or_wanted(world: World) -> None:
    request = arrived(world)
    BorrowingRequest.objects.filter(pk=request.pk).update(max_cost=Decimal(10))
    price = {"kind": "supply", "payer": "us", "agreed": Decimal("9.00"), "currency": "USD"}
    owe(world, request, "11.00", **price)
    shown = clerk(world.north).get(page(request)).content.decode()
    assert "Supply fee: 11.00 USD, but 9.00 USD was agreed." in shown
    assert "It costs more than the most that would be paid: 10.00 USD." in shown


def test_those_without_the_right_see_no_costs(world: World) -> None:
    request = arrived(world)
    owe(world, request)
    for role in (Role.STUDENT, Role.COPYRIGHT):
        assert 'id="costs"' not in clerk(world.north, role).get(page(request)).content.decode()
        assert listed(world, role).status_code == 403
        assert press(clerk(world.north, role), request, "pay_charge", charge="1").status_code == 403
    assert clerk(world.south).get(reverse("desk:money", args=["north"])).status_code == 404
    assert request.charges.get().settled == ""


def test_the_list_shows_what_is_outstanding_overdue_first_and_totals_by_currency(world: World) -> None:
    first, second, third = another(world), another(world), another(world)
    owe(world, first, "10.10", currency="EUR")
    owe(world, second, "20.20", currency="EUR", payer="us")
    owe(world, third, "5.00", currency="USD")
    owe(world, third, "7.00", payer="nobody")
    second.charges.update(due_on="2026-01-01")
    first.charges.update(due_on="2150-01-01")
    answer = listed(world)
    assert [row["cells"][0] for row in answer.context["page"]["rows"]] == [
        second.number, first.number, third.number,
    ]  # fmt: skip
    assert [(each.currency, each.we_pay, each.we_get) for each in answer.context["totals"]] == [
        ("EUR", Decimal("20.20"), Decimal("10.10")), ("USD", Decimal("0.00"), Decimal("5.00")),
    ]  # fmt: skip
    assert "overdue" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2), ({"state": "all"}, 3), ({"state": "waived"}, 1), ({"state": "overdue"}, 1), ({"state": "due"}, 1),
        ({"direction": "we_pay"}, 1), ({"direction": "we_get"}, 1), ({"currency": "EUR"}, 1), ({"payer": "us"}, 1),
        ({"partner": "eastlake"}, 1), ({"patron": "north-ada-001"}, 2), ({"patron": "nobody"}, 0),
        ({"since": "2150-01-01"}, 0), ({"until": "2150-01-01"}, 2), ({"kind": "loss"}, 0),
    ],
    ids=str,
)  # fmt: skip
def test_filters_narrow_the_list_and_the_file_alike(world: World, query: dict[str, str], count: int) -> None:
    request = arrived(world)
    owe(world, request, kind="supply", payer="us", currency="EUR")
    owe(world, request)
    owe(world, request, kind="late")
    request.charges.filter(payer="us").update(due_on="2026-01-01")
    charges.waive_charge(request_id=request.pk, charge=3, actor=world.north.actor(), at=clock.now())
    assert len(listed(world, **query).context["page"]["rows"]) == count
    assert len(exported(world, **query)) == count + 1


def test_the_file_has_the_columns_of_the_page_and_runs_nothing(world: World) -> None:
    request = arrived(world)
    world.north.patrons["ada"].name = "=HYPERLINK(1)"
    world.north.patrons["ada"].save(update_fields=["name"])
    owe(world, request)
    charges.invoice_charge(request_id=request.pk, number="-1+2", actor=world.north.actor(), at=clock.now())
    page_of = listed(world).context
    head, row = exported(world)
    assert head == [str(name) for name in page_of["columns"]]
    assert len(head) == COLUMNS
    assert not [cell for cell in row if cell[:1] in "=+-@" and cell]
    assert [plain_cell(cell) for cell in row] == page_of["page"]["rows"][0]["cells"]
    assert "-1+2" in [plain_cell(cell) for cell in row]


def test_the_number_of_statements_does_not_grow_with_the_rows(world: World) -> None:
    spent = []
    for _turn in range(2):
        for _each in range(2):
            owe(world, another(world))
        client = clerk(world.north)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:money", args=["north"]))
        spent.append(len(captured))
    assert spent[0] == spent[1]
    assert spent[0] <= MOST_STATEMENTS


def test_pages_of_the_list_hang_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("illservice.core.desk.money.PAGE_SIZE", 2)
    monkeypatch.setattr("illservice.core.desk.money.MOST_ROWS", 2)
    request = another(world)
    for amount in ("1.00", "2.00", "3.00", "4.00", "5.00"):
        owe(world, request, amount)
    seen, url = [], reverse("desk:money", args=["north"])
    client = clerk(world.north)
    while url:
        part = client.get(url).context["page"]
        seen += [row["cells"][6] for row in part["rows"]]
        url = part["older_url"]
    assert sorted(seen) == ["1.00", "2.00", "3.00", "4.00", "5.00"]
    assert [row[6] for row in exported(world)[1:]] == seen


def test_a_patron_reads_the_own_debts_and_how_to_pay_and_nothing_else(world: World) -> None:
    world.north.library.patron_payment = "At the main desk."
    world.north.library.save(update_fields=["patron_payment"])
    request = arrived(world)
    owe(world, request, "12.00", currency="EUR", note="Rude at the desk")
    owe(world, request, "99.00", kind="supply", payer="us")
    owe(world, another(world, patron="ben"), "77.00")
    ada = Client()
    ada.force_login(world.north.people.get("ada") or world.north.patrons["ada"].user)  # type: ignore[arg-type]  # a patron has one
    shown = ada.get(reverse("patron:mine")).content.decode()
    assert "What you owe" in shown
    assert "12.00 EUR" in shown
    assert "At the main desk." in shown
    assert not [words for words in ("99.00", "77.00", "Rude") if words in shown]
    charges.pay_charge(request_id=request.pk, charge=1, actor=world.north.actor(), at=clock.now())
    assert "What you owe" not in ada.get(reverse("patron:mine")).content.decode()
