"""The rules of the lending desk: who sets them, what is refused, what they do."""

from typing import Any

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.models import AuditEntry
from lending.models import LendingDesk
from tests.lending.pages import clerk
from tests.lending.verbs import lend, new_copy
from tests.world import World

URL = "/lend/north/rules/"


def rules(**values: Any) -> dict[str, Any]:
    """The form as it stands, with changes."""
    usual = {"lends_loans": "on", "lends_copies": "on", "statement_rule": "ask"}
    return usual | values


def test_head_and_administrator_set_them_and_nobody_else(world: World) -> None:
    for role in (Role.LENDING, Role.BORROWING, Role.STUDENT):
        assert clerk(world.north, role).get(URL).status_code == 403
        assert clerk(world.north, role).post(URL, rules()).status_code == 403
    assert clerk(world.south, Role.HEAD).post(URL, rules()).status_code == 404
    assert not LendingDesk.objects.exists()
    assert clerk(world.north, Role.HEAD).post(URL, rules(statement_rule="refuse")).status_code == 302
    assert LendingDesk.objects.get().statement_rule == "refuse"
    page = clerk(world.north, Role.ADMINISTRATOR).get(URL).content.decode()
    assert 'href="/policies/north/"' in page


def test_every_change_is_written_down_and_no_change_is_none(world: World) -> None:
    client = clerk(world.north, Role.HEAD)
    client.post(URL, rules())
    client.post(URL, rules())
    client.post(URL, rules(statement_rule="warn", refused_materials=["map", "score"]))
    changes = [entry.changed for entry in AuditEntry.objects.order_by("pk")]
    assert changes == [[], ["refused_materials", "statement_rule"]]


def test_what_makes_no_sense_is_refused_and_nothing_changes(world: World) -> None:
    client = clerk(world.north, Role.HEAD)
    for wrong in (
        {"refused_materials": ["moon"]}, {"statement_rule": "shrug"},
    ):  # fmt: skip
        answer = client.post(URL, rules(**wrong))
        assert answer.status_code == 422, wrong
    assert not LendingDesk.objects.exists()


def test_they_count_from_the_next_request_on(world: World) -> None:
    before = lend(world, new_copy(), at=clock.now())
    assert before.state == "new"
    data = rules()
    del data["lends_copies"]
    clerk(world.north, Role.HEAD).post(URL, data)
    assert lend(world, new_copy(), at=clock.now()).state == "not_supplied"
    before.refresh_from_db()
    assert before.state == "new"
