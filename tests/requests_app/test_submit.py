"""A request comes in: what is refused at the door, what waits, and what a repeated key means."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError, InvalidInput, NotFound, NotPermitted
from illservice.core.models import Counter, IdempotencyRecord, OutboxRow
from requests_app.models import BorrowingEvent, BorrowingRequest, Note
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest, submit
from tests.world import NOON, US_WARNING, World, ask_for, new_copy, new_loan, set_terms


def send(world: World, new: NewRequest, actor: Actor | None = None, key: str = "") -> BorrowingRequest:
    patron = world.north.patrons["ada"]
    number = submit(patron_id=patron.pk, new=new, actor=actor or world.north.patron_actor(), at=NOON, key=key)
    return BorrowingRequest.objects.get(number=number)


def refused(
    world: World, new: NewRequest, error: type[IllError], *, field: str = "", actor: Actor | None = None
) -> None:
    """Refused, and nothing at all is there: no request, event, mail, number taken or key used."""

    def found() -> list[Any]:
        counts = [model.objects.count() for model in (BorrowingRequest, BorrowingEvent, OutboxRow, Note)]
        return [*counts, IdempotencyRecord.objects.count(), list(Counter.objects.values())]

    before = found()
    with pytest.raises(error) as caught:
        send(world, new, actor, key="k")
    if field:
        assert field in caught.value.data["fields"]
    assert found() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"material": "spoon"}, "material"),
        ({"wanted": "gift"}, "wanted"),
        ({"delivery": "by drone and parachute"}, "delivery"),
        ({"volume_wanted": "x" * 101}, "volume_wanted"),
        ({"cited_in": "x" * 301}, "cited_in"),
        ({"note": "a\0b"}, "patron_note"),
        ({"raw": {"rft": "\0"}}, "raw"),
        ({"need_by": date(9999, 12, 31)}, "need_by"),
    ],
)
def test_what_no_column_can_keep_is_refused_by_name(world: World, wrong: dict[str, Any], field: str) -> None:
    refused(world, new_loan(**wrong), InvalidInput, field=field)


def test_nobody_asks_for_somebody_elses_patron(world: World) -> None:
    foreign_branch = world.south.main.pk
    refused(world, new_loan(pickup_branch_id=foreign_branch), InvalidInput, field="pickup_branch")
    refused(world, new_loan(), NotFound, actor=world.north.patron_actor("ben"))
    refused(world, new_loan(), NotFound, actor=world.south.actor())
    token = Actor(ActorKind.TOKEN, 1, world.south.library.pk, frozenset({"borrowing"}))
    refused(world, new_loan(), NotFound, actor=token)
    refused(world, new_loan(), NotPermitted, actor=world.north.actor("student"))
    theirs = ask_for(world.south)
    refused(world, new_loan(copied_from_id=theirs.pk), NotFound)
    assert send(world, new_loan(), world.north.actor()).state == "ready"


def test_what_the_category_excludes_is_refused_and_either_becomes_what_is_left(world: World) -> None:
    category = world.north.category
    category.may_loan = False
    category.save(update_fields=["may_loan"])
    refused(world, new_loan(), InvalidInput, field="wanted")
    assert send(world, new_loan(wanted="either", declared=Declared(US_WARNING))).kind == "copy"
    category.may_loan, category.may_copy = True, False
    category.save(update_fields=["may_loan", "may_copy"])
    refused(world, new_copy(), InvalidInput, field="wanted")
    assert send(world, replace(new_copy(), wanted="either")).kind == "loan"


@pytest.mark.parametrize("key", ["a", "k" * 500, "nul\0"])
def test_a_key_sent_twice_is_one_request_whatever_the_key(world: World, key: str) -> None:
    first = send(world, new_loan(), key=key)
    assert send(world, new_loan(), key=key) == first
    assert send(world, new_loan(), key=key + "b") != first
    assert BorrowingRequest.objects.count() == 2


def test_everything_that_speaks_against_it_is_a_hold_of_its_own(world: World) -> None:
    patron = world.north.patrons["ada"]
    first = send(world, new_loan())
    patron.is_blocked, patron.expires_on = True, date(2026, 1, 1)
    patron.save(update_fields=["is_blocked", "expires_on"])
    set_terms(world.north, open_limit=1)
    second = send(world, new_loan(again_because="The first\x07 is worn."))
    holds = {hold.kind: hold.detail for hold in second.holds.all()}
    assert holds == {
        "patron": {"codes": ["blocked", "expired"]},
        "limit": {"codes": ["limit"]},
        "duplicate": {"numbers": [first.number]},
    }
    assert (second.state, second.queue, second.wording, second.next_actor) == (
        "in_review",
        "patron",
        "received",
        "desk",
    )
    assert "\x07" not in second.notes.get().text
