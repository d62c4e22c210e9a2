"""A request of another library in every place: what the lists, counts and other tests of lending build on."""

from collections.abc import Callable

import pytest

from illservice.core.errors import WrongState
from lending.models import LendingRequest
from lending.services import loans
from tests.lending import verbs
from tests.world import NOON, World

PLACES: dict[str, Callable[[World], LendingRequest]] = {
    "new": verbs.lend,
    "to_pull": verbs.pulled,
    "found": verbs.found,
    "on_loan": verbs.shipped,
    "copy_sent": verbs.copied,
    "coming_back": verbs.coming_back,
    "completed": verbs.checked_in,
    "not_supplied": verbs.refused,
}


@pytest.mark.parametrize("state", PLACES)
def test_a_request_comes_to_each_place_and_an_item_that_is_not_out_is_not_checked_in(
    world: World, state: str
) -> None:
    request = PLACES[state](world)
    assert (request.state, request.queue) == (state, state)
    assert request.number.startswith("L")
    if state not in {"on_loan", "coming_back"}:
        with pytest.raises(WrongState):
            loans.check_in(request_id=request.pk, actor=verbs.desk(world), at=NOON)
        assert verbs.again(request).version == request.version
