"""An act of the desk costs a constant, small number of SQL statements (design §4)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.services import items, lenders, loans, words
from tests.world import World, ask_for, later

MOST = 22
_FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return sum(1 for each in captured.captured_queries if not each["sql"].startswith(_FRAME))


def test_each_act_of_a_loan_stays_within_its_budget(world: World) -> None:
    spent = {"submit": statements(lambda: ask_for(world.north, patron="ben"))}
    request, desk = ask_for(world.north), world.north.actor()
    partners = [world.eastlake.pk, world.westport.pk]
    life: list[tuple[Callable[..., object], dict[str, Any]]] = [
        (lenders.plan_lenders, {"partner_ids": partners}),
        (lenders.ask, {}),
        (lenders.lender_no, {}),
        (lenders.lender_conditional, {"terms": lenders.Terms(["NoReproduction"])}),
        (lenders.accept_conditions, {}),
        (lenders.lender_shipped, {}),
        (items.receive, {"arrival": items.Arrival(lender_due=date(2026, 4, 20), labels=["1", "2"])}),
        (items.shelve, {}),
        (items.hand_over, {}),
        (words.message_patron, {"text": "Hello"}),
        (loans.ask_renewal, {}),
        (loans.renewal_yes, {"lender_due": date(2026, 5, 20)}),
        (items.take_back, {}),
        (items.send_back, {}),
        (items.confirm_return, {}),
    ]
    for turn, (service, facts) in enumerate(life, start=1):
        at = later(hours=turn)
        spent[service.__name__] = statements(
            lambda service=service, at=at, facts=facts: service(  # type: ignore[misc]
                request_id=request.pk, actor=desk, at=at, **facts
            )
        )
    assert {name: count for name, count in spent.items() if count > MOST} == {}
