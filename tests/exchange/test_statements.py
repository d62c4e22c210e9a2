"""A message costs a small, constant number of SQL statements (P10)."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from illservice.directory.models import Symbol, SymbolScheme
from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.exchange.services.receiving import receive
from illservice.protocols.iso18626.messages import Action, Reason, Status
from tests.exchange.letters import answer, wish
from tests.exchange.mutants import new_request
from tests.exchange.pair import Pair
from tests.world import NOON

MOST, MOST_FOR_A_REQUEST = 13, 18
_FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


def spent(data: bytes) -> tuple[int, int]:
    """Statements, and savepoints beside the one that the test's own transaction needs."""
    with CaptureQueriesContext(connection) as captured:
        assert b">OK<" in receive(data, at=NOON).body
    texts = [each["sql"] for each in captured.captured_queries]
    return sum(1 for each in texts if not each.startswith(_FRAME)), sum(
        1 for each in texts if each.startswith("SAVEPOINT")
    ) - 1


def test_each_message_stays_within_its_budget_and_needs_no_savepoint(pair: Pair) -> None:
    Connection.objects.update(transport=Transport.HTTP)
    for house, name in ((pair.north, "NORTH"), (pair.south, "SOUTH")):
        Symbol.objects.get_or_create(library=house.library, scheme=SymbolScheme.ISIL, value=name)
    request = pair.ask(pair.south)
    number, due = f"{request.number}-1", date(2026, 4, 20)
    values: dict[str, Any] = {
        "library": pair.north.library,
        "partner": pair.south.library,
        "side": "borrowing",
    }
    Conversation.objects.update_or_create(
        **values,
        requesting_id=number,
        defaults={"number": request.number, "topic": request.tries.get().pk, "began_at": NOON},
    )
    receive(new_request("N-0", "The first number of all"), at=NOON)
    letters = [
        answer(number, 1, Status.WILL_SUPPLY, Reason.REQUEST_RESPONSE).data,
        answer(number, 2, Status.LOANED, due=due).data,
        answer(number, 3, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=due + timedelta(days=21)).data,
        new_request("N-1", "Journey to the cape"),
        wish("N-1", 1, Action.STATUS_REQUEST).data,
        wish("N-1", 2, Action.CANCEL).data,
    ]
    costs = [spent(each) for each in letters]
    assert max(costs[:3] + costs[4:]) <= (MOST, 0), costs
    assert costs[3] <= (MOST_FOR_A_REQUEST, 0)
    assert spent(letters[0]) <= (6, 0)  # a second delivery
    assert Exchanged.objects.filter(doubled=1).count() == 1
