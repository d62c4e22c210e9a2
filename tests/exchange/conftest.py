"""The pair of libraries for tests of both sides."""

import pytest

from tests.exchange.pair import Pair, make_pair
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """The small consortium."""
    return make_world()


@pytest.fixture
def pair(world: World) -> Pair:
    """Northfield, which borrows, and its lenders on the loopback."""
    return make_pair(world)
