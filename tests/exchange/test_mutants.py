"""What breaks on the way, or is broken on purpose, gets an answer and never an error of ours (R12, R13)."""

from collections import Counter

import pytest
from django.test import Client

from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection
from illservice.protocols.iso18626.codec import read
from illservice.protocols.iso18626.messages import Confirmation
from lending.models import LendingRequest
from tests.exchange.mutants import corpus, mutants, originals
from tests.exchange.pair import Pair

ADDRESS = "/iso18626"


def post(client: Client, data: bytes) -> tuple[int, bytes]:
    """As a partner's system brings it; whatever the view raises is raised here."""
    answer = client.post(ADDRESS, data=data, content_type="application/xml")
    return answer.status_code, answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", corpus())
def test_an_attack_is_refused_and_nothing_of_it_is_read(client: Client, name: str) -> None:
    status, body = post(client, corpus()[name])
    assert status == (413 if "too long" in name else 400) or b">ERROR<" in body
    assert b"root:" not in body
    assert len(body) < 1000


def test_300_broken_messages_get_an_answer_each(pair: Pair, client: Client) -> None:
    borrowed = pair.ask()
    lent = pair.lent(borrowed)
    Connection.objects.update(transport=Transport.HTTP)  # over the loopback nobody speaks from outside
    whole = originals(f"{borrowed.number}-1", lent.borrower_number)
    seen: Counter[int] = Counter()
    for data in mutants(whole, 300):
        status, body = post(client, data)
        seen[status] += 1
        assert status in {200, 400, 413}
        if status == 200:
            assert isinstance(read(body).message, Confirmation)
    assert seen[200] > 30
    assert seen[400] > 30
    assert LendingRequest.objects.count() > 1, "some are still requests"
