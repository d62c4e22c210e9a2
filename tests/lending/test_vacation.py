"""While the lending desk is away, libraries that ask are answered at once, and no date that we grant falls into it."""

from datetime import date, datetime
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from illservice.directory.calendars import Away
from illservice.directory.models import ClosedDay, Reason, Vacation
from illservice.directory.services.calendar import add_vacation
from lending.models import Channel, LendingDesk
from lending.workflow.rules import Answer, Asked, Standing, answer_at_once
from tests.lending.pages import clerk
from tests.lending.test_create_desk import URL, typed
from tests.lending.verbs import as_borrower, lend, new_copy, new_loan, shipped
from tests.world import NOON, World, later

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 20)
BACK = date(2026, 3, 24)


def leave(world: World, **values: Any) -> Vacation:
    """Northfield is away from today until a Friday; the Monday after is a holiday."""
    ClosedDay.objects.create(library=world.north.library, date=date(2026, 3, 23), name="Holiday")
    facts: dict[str, Any] = {"first_day": FIRST, "last_day": LAST, "partner_words": "We move house."} | values
    actor = world.north.actor(Role.ADMINISTRATOR)
    return add_vacation(library_id=world.north.library.pk, actor=actor, at=NOON, **facts)


ASKED = Asked("loan", "book", has_statement=True)
OPEN = Standing("open")


def test_away_is_later_with_a_day_and_no_without_one_and_what_is_never_lent_is_no() -> None:
    desk, away = LendingDesk(), Away(BACK, partner_words="We move house.")
    said = answer_at_once(ASKED, OPEN, desk, today=FIRST, away=away)
    assert said == Answer(retry="NotCurrentAvailableForILL", retry_after=BACK, note="We move house.")
    no = answer_at_once(ASKED, OPEN, desk, today=FIRST, away=Away(None))
    assert no == Answer(refuse="NotAvailableForILL")
    for standing, rules in ((Standing("blocked"), desk), (OPEN, LendingDesk(refused_materials=["book"]))):
        assert answer_at_once(ASKED, standing, rules, today=FIRST, away=away) == Answer(
            refuse="PolicyProblem"
        )
    assert answer_at_once(ASKED, OPEN, desk, today=FIRST) == Answer()


@pytest.mark.parametrize("channel", [Channel.ISO18626, Channel.WEB])
def test_whoever_asks_meanwhile_is_told_from_when_on(world: World, channel: str) -> None:
    leave(world)
    request = lend(world, new_loan(channel=channel), actor=as_borrower(world))
    assert (request.state, request.retry_after) == ("not_supplied", BACK)
    assert request.reason is not None
    assert request.reason.iso_code == "NotCurrentAvailableForILL"
    assert [message.text for message in request.messages.all()] == ["We move house."]
    payload = OutboxRow.objects.filter(subject=request.number).latest("pk").payload
    if channel == Channel.ISO18626:
        assert (payload["status"], payload["retry_after"]) == ("RetryPossible", BACK.isoformat())
        assert payload["message"] == request.messages.get().pk


def test_without_an_end_the_answer_is_unfilled(world: World) -> None:
    leave(world, last_day=None, partner_words="")
    for position, code in enumerate(("in-process", "not-available")):
        Reason.objects.create(
            purpose="not_supplied",
            code=code,
            staff_text=code,
            iso_code="NotAvailableForILL",
            position=position,
        )
    request = lend(world, new_copy(channel=Channel.ISO18626), actor=as_borrower(world))
    assert (request.state, request.retry_after) == ("not_supplied", None)
    assert request.reason is not None
    assert (request.reason.code, request.reason.iso_code) == ("not-available", "NotAvailableForILL")
    payload = OutboxRow.objects.filter(subject=request.number).latest("pk").payload
    assert payload["status"] == "Unfilled"
    assert not request.messages.exists()


def test_it_begins_and_ends_with_the_librarys_own_days_and_only_lending_stops(world: World) -> None:
    vacation = leave(world)
    chicago_before = datetime.fromisoformat("2026-03-02T05:59:00+00:00")
    chicago_after = datetime.fromisoformat("2026-03-21T05:00:00+00:00")
    for at, state in ((chicago_before, "new"), (later(days=1), "not_supplied"), (chicago_after, "new")):
        assert lend(world, at=at).state == state
    Vacation.objects.filter(pk=vacation.pk).update(stops_lending=False)
    assert lend(world, at=later(days=1)).state == "new"


def test_two_vacations_in_a_row_are_one_absence(world: World) -> None:
    leave(world)
    actor = world.north.actor(Role.ADMINISTRATOR)
    more: dict[str, Any] = {"first_day": date(2026, 3, 21), "last_day": date(2026, 3, 29)}
    add_vacation(library_id=world.north.library.pk, actor=actor, at=NOON, **more)
    assert lend(world).retry_after == date(2026, 3, 30)


def test_a_date_that_we_grant_rolls_beyond_it(world: World) -> None:
    before = datetime.fromisoformat("2026-02-04T12:00:00+00:00")
    assert shipped(world, at=before).due == date(2026, 3, 11)
    leave(world)
    assert shipped(world, at=before).due == BACK


def test_the_desk_that_types_a_request_in_is_told_before(world: World) -> None:
    leave(world, first_day=date(2026, 1, 1), last_day=None)
    page = clerk(world.north).post(URL, typed())
    assert "By our rules it will be answered no at once." in page.content.decode()
