"""`explain_policy` names the winner, the losers with their reasons, and every date and limit that follows."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from illservice.directory.models import Agreement, Partnership, Symbol
from illservice.policies.terms import OverdueStep, Side
from lending.services.base import reply_until
from requests_app.services import dates, items
from tests.lending.verbs import lend, shipped
from tests.requests_app.standing import asked
from tests.world import NOON, World, later, make_world, set_terms

CASE = ("--library", "NORTH", "--side", "borrowing", "--on", "2026-03-02")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def explained(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("explain_policy", *words, "--json", stdout=out)
    said: dict[str, Any] = json.loads(out.getvalue())
    return said


def test_the_narrowest_wins_and_every_other_one_says_why_not(world: World) -> None:
    north = world.north
    circle = Agreement.objects.create(library=north.library, code="circle", name="Lake Circle")
    Partnership.objects.filter(library=north.library, partner=world.eastlake).update(agreement=circle)
    Symbol.objects.create(library=world.eastlake, value="EAST")
    set_terms(north, name="Everybody", loan_days=30)
    set_terms(north, name="Circle", agreement_id=circle.pk)
    set_terms(north, name="Old Eastlake", partner_id=world.eastlake.pk, kind="copy")
    winner = set_terms(north, name="Eastlake", partner_id=world.eastlake.pk, fee=Decimal("2.50"))
    set_terms(north, name="Westport", partner_id=world.westport.pk)
    set_terms(north, name="Later", category="student", on=date(2027, 1, 1))
    said = explained(
        *CASE, "--partner", "east", "--category", "student", "--material", "book", "--kind", "loan"
    )
    assert said["winner"] == {
        "policy": winner.policy.number,
        "name": "Eastlake",
        "version": 1,
        "valid_from": "2026-01-01",
        "valid_until": None,
        "stops": False,
        "selector": {
            "partner": "eastlake",
            "agreement": None,
            "category": None,
            "material": None,
            "kind": None,
        },
    }
    assert {each["name"]: each["why"] for each in said["losers"]} == {
        "Everybody": "less_specific",
        "Circle": "less_specific",
        "Old Eastlake": "other_kind",
        "Westport": "other_partner",
        "Later": "not_yet",
    }
    assert all(each["words"] for each in said["losers"])
    assert said["terms"]["fee"] == said["computed"]["limits"]["fee"] == "2.50"


def test_dates_of_borrowing_follow_from_the_terms(world: World) -> None:
    ladder = (OverdueStep(1), OverdueStep(14, block=True), OverdueStep(30, notice=False, bill=True))
    set_terms(
        world.north,
        overdue=ladder,
        due_soon_days=(7, 3),
        lost_days=60,
        need_by_days=20,
        renewal_silence_days=3,
        auto_renew_days=2,
        conditions=("LibraryUseOnly",),
    )
    computed = explained(*CASE)["computed"]
    assert computed["respond_by"] == computed["next_lender_by"] == "2026-03-06T23:59:59-06:00"
    assert (computed["lender_due"], computed["lender_due_assumed"]) == ("2026-04-06", True)
    assert computed["due"] == "2026-04-02"
    assert computed["own_due"] == "2026-04-06"
    assert computed["shelf_until"] == "2026-03-12"
    assert computed["reminders"] == ["2026-03-26", "2026-03-30"]
    assert [(step["on"], step["block"], step["bill"]) for step in computed["overdue"]] == [
        ("2026-04-03", False, False),
        ("2026-04-16", True, False),
        ("2026-05-02", False, True),
    ]
    assert (computed["blocked_on"], computed["lost_on"]) == ("2026-04-16", "2026-06-01")
    assert (computed["need_by"], computed["renewal_yes_by_silence_on"]) == ("2026-03-22", "2026-03-05")
    assert computed["renews_itself_on"] == "2026-03-31"
    assert computed["limits"]["conditions"] == ["LibraryUseOnly"]


def test_dates_of_lending_and_the_defaults_where_there_is_no_policy(world: World) -> None:
    said = explained("--library", "north", "--side", "lending", "--partner", "eastlake", "--on", "2026-03-02")
    assert (said["winner"], said["defaults"]) == (None, True)
    computed = said["computed"]
    assert (computed["respond_by"], computed["next_lender_by"]) == ("2026-03-05T23:59:59-06:00", None)
    assert (computed["due"], computed["overdue"][0]["on"]) == ("2026-04-06", "2026-04-14")
    assert computed["renewal_granted_until"] == "2026-05-04"


def test_a_request_is_explained_by_what_decided_it(world: World) -> None:
    first = set_terms(world.north, name="Everybody", return_buffer_days=10)
    request = asked(world)
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(lender_due=date(2026, 4, 30)),
        actor=world.north.actor(),
        at=later(days=1),
    )
    set_terms(world.north, name="Everybody", return_buffer_days=2)
    said = explained("--request", request.number)
    assert (said["winner"]["version"], said["asked"]["partner"]) == (first.number, "eastlake")
    assert [(each["version"], each["why"]) for each in said["losers"]] == [(2, "decided_before")]
    assert (said["computed"]["lender_due"], said["computed"]["due"]) == ("2026-04-30", "2026-04-20")
    assert explained("--request", request.number, "--on", "2026-03-03")["winner"]["version"] == 2
    assert explained("--request", lend(world).number)["asked"]["side"] == "lending"


def test_what_is_explained_is_what_the_desks_do(world: World) -> None:
    set_terms(world.north, reply_days=3, answer_working_days=2, shelf_days=5)
    set_terms(world.north, Side.LENDING, reply_days=4)
    borrowed, lent = asked(world), lend(world)
    computed = explained("--request", borrowed.number, "--on", "2026-03-02")["computed"]
    zone = ZoneInfo(world.north.library.timezone)
    assert computed["reply_by"] == dates.reply_until(borrowed, NOON).astimezone(zone).isoformat()
    assert computed["next_lender_by"] == dates.answer_until(borrowed, NOON).astimezone(zone).isoformat()
    items.receive(
        request_id=borrowed.pk, arrival=items.Arrival(), actor=world.north.actor(), at=later(hours=3)
    )
    items.shelve(request_id=borrowed.pk, actor=world.north.actor(), at=later(hours=3))
    shelf = borrowed.timers.get(kind="shelf_expired").due_at.astimezone(zone)
    assert computed["shelf_until"] == shelf.date().isoformat() == "2026-03-09", "Saturday is closed"
    computed = explained("--request", lent.number, "--on", "2026-03-02")["computed"]
    assert computed["reply_by"] == reply_until(lent, NOON).astimezone(zone).isoformat()


def test_what_came_late_from_another_system_is_spared_as_its_clock_spares_it(world: World) -> None:
    set_terms(world.north, lost_days=10)
    set_terms(world.north, Side.LENDING, lost_days=10)
    act: dict[str, Any] = {"actor": world.north.actor(), "at": later(days=1)}
    borrowed, lent = asked(world), shipped(world, lend(world))
    items.receive(request_id=borrowed.pk, arrival=items.Arrival(lender_due=date(2026, 4, 20)), **act)
    for request in (borrowed, lent):
        plain = explained("--request", request.number)["computed"]["lost_on"]
        late = request.marks.create(kind="overdue", at=later(days=1), until=date(2027, 1, 31))
        assert plain < "2027-01-31" == explained("--request", request.number)["computed"]["lost_on"]
        late.delete()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--library", "NORTH"),
        ("--request", "B0"),
        ("--request", "B0", "--side", "lending"),
        ("--library", "NOWHERE", "--side", "lending"),
        (*CASE, "--partner", "SOUTH"),
        (*CASE, "--category", "wizard"),
        (*CASE[:-1], "soon"),
        (*CASE[:-1], "9999-12-31"),
        (*CASE[:-1], "0001-01-01"),
    ],
)
def test_wrong_use_and_unknown_names_end_with_two(world: World, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        explained(*words)
    assert caught.value.returncode == 2


def test_without_json_it_reads_as_lines(world: World) -> None:
    set_terms(world.north, name="Everybody")
    out = io.StringIO()
    call_command("explain_policy", *CASE, stdout=out)
    assert out.getvalue().startswith("decides: Everybody, version 1\n")
