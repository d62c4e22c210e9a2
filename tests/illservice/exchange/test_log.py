"""The exchange about one request, from a command and on a page: in order, in words, with what failed."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow, OutboxState
from illservice.exchange.management.commands.iso18626 import Command
from illservice.exchange.models import Exchanged
from illservice.protocols.iso18626.codec import read
from illservice.protocols.iso18626.messages import kind_of
from lending.services import answers
from tests.exchange.pair import Pair, make_pair
from tests.world import World

KEYS = {
    "number", "conversation", "direction", "kind", "word", "at", "said_at", "edition", "raw", "in_words",
    "answer_status", "error", "answer_raw", "doubled", "remark",
}  # fmt: skip


@pytest.fixture
def pair(world: World) -> Pair:
    """Northfield asks Southfield over the loopback."""
    return make_pair(world)


def log(*words: str) -> tuple[int, str, str]:
    """Exit status and what was printed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(Command(), "log", *words, stdout=out, stderr=err)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def told(number: str) -> list[dict[str, Any]]:
    """The log as a script reads it."""
    status, text, errors = log(number, "--json")
    assert (status, errors) == (0, "")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_a_script_gets_everything_in_order_from_both_sides(pair: Pair) -> None:
    request = pair.ask()
    lent = pair.lent(request)
    answers.expect(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()

    ours, theirs = told(request.number), told(lent.number.lower())

    assert all(set(each) == KEYS for each in [*ours, *theirs])
    assert [(each["direction"], each["in_words"]) for each in ours] == [
        ("out", "We asked for it: A Short History of Bees, as a loan"),
        ("in", "Southfield Library: answered that it can probably be supplied"),
    ]
    assert [each["direction"] for each in theirs] == ["in", "out"]
    assert [each["raw"] for each in ours] == [each["raw"] for each in theirs]
    assert ours[0]["conversation"] == {
        "requesting_id": f"{request.number}-1",
        "partner": "south",
        "side": "borrowing",
    }
    for each in ours:
        assert kind_of(read(each["raw"].encode()).message) == each["kind"]
        assert kind_of(read(each["answer_raw"].encode()).message) == f"{each['kind']}Confirmation"
        assert each["answer_status"] == "OK"
        assert each["at"].endswith("+00:00")


def test_people_get_a_line_for_each_message(pair: Pair) -> None:
    request = pair.ask()
    Exchanged.objects.update(doubled=2, error="UnrecognisedDataValue: x")
    status, text, _errors = log(request.number)
    lines = text.splitlines()
    assert status == 0
    assert "-> We asked for it: A Short History of Bees, as a loan [OK]" in lines[0]
    assert lines[1:] == ["    error: UnrecognisedDataValue: x", "    came again: 2"]


@pytest.mark.django_db
def test_a_number_that_nothing_was_said_about_is_named() -> None:
    status, text, errors = log("B0000017", "--json")
    assert (status, text) == (1, "")
    assert "B0000017" in errors
    assert log("")[0] == 1


def test_staff_of_the_library_see_the_page_and_nobody_else(pair: Pair, client: Client) -> None:
    request = pair.ask()
    page = f"/exchange/north/{request.number}/"
    client.force_login(pair.north.people[Role.STUDENT])
    text = client.get(page).content.decode()
    assert "We asked for it: A Short History of Bees, as a loan" in text
    assert "&lt;requestingAgencyRequestId&gt;" in text
    assert f'href="/desk/north/requests/{request.number}/"' in text
    assert client.get("/exchange/north/B9999999/").status_code == 404
    assert client.get("/exchange/north/%00/").status_code == 404
    client.force_login(pair.south.people[Role.HEAD])
    assert client.get(page).status_code == 404
    assert client.get(f"/exchange/south/{request.number}/").status_code == 404
    lent = pair.lent(request).number
    assert "Northfield Library: asked for it" in client.get(f"/exchange/south/{lent}/").content.decode()


def test_the_page_costs_as_many_statements_for_one_message_as_for_many(pair: Pair, client: Client) -> None:
    request = pair.ask()
    client.force_login(pair.north.people[Role.BORROWING])
    counts = []
    for time in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/exchange/north/{request.number}/")
        counts.append(len(seen))
        first = Exchanged.objects.filter(conversation__number=request.number).earliest("pk")
        for number in range(5):
            first.pk, first.digest = None, f"copy {time} {number}"
            first.save(force_insert=True)
    assert counts[0] == counts[1]


def test_a_failed_message_is_sent_again_once_by_who_may(pair: Pair, client: Client) -> None:
    request = pair.ask()
    row = OutboxRow.objects.get(kind="iso18626", subject=request.number)
    OutboxRow.objects.filter(pk=row.pk).update(
        state=OutboxState.FAILED, last_error="answered 401", attempts=7
    )
    page = f"/exchange/north/{request.number}/"

    for who, slug, status in (
        (pair.north.people[Role.STUDENT], "north", 403),
        (pair.south.people[Role.HEAD], "south", 404),
    ):
        client.force_login(who)
        refused = client.post(f"/exchange/{slug}/{request.number}/again/", {"key": row.key})
        row.refresh_from_db()
        assert (refused.status_code, row.state) == (status, OutboxState.FAILED)
    client.force_login(pair.north.people[Role.BORROWING])
    assert client.post(f"{page}again/", {"key": "another"}).status_code == 404
    shown = client.get(page).content.decode()
    assert ("answered 401" in shown, "the request" in shown) == (True, True)
    said = client.post(f"{page}again/", {"key": row.key}, follow=True).content.decode()
    row.refresh_from_db()
    assert ("is sent again" in said, row.state, row.attempts) == (True, OutboxState.WAITING, 0)
    again = client.post(f"{page}again/", {"key": row.key}, follow=True).content.decode()
    assert "sent again already" in again
