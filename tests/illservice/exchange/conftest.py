"""The small consortium, and Northfield's connection with Eastlake's system."""

import pytest

from illservice.exchange.models import Connection
from tests.exchange.pair import connect
from tests.world import World, make_world

ADDRESS = "https://ill.eastlake.example/iso18626"


@pytest.fixture
def world(db: None) -> World:
    """The small consortium."""
    return make_world()


@pytest.fixture
def eastlake(world: World) -> Connection:
    """Northfield reaches Eastlake by HTTP, without credentials."""
    return connect(world.north.library, world.eastlake, transport="http", address=ADDRESS)
