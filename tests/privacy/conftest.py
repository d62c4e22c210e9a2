"""Northfield, its lenders, and a person whose traces are looked for."""

from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tests.exchange.pair import Pair, make_pair
from tests.privacy.trail import Trail, live
from tests.world import World, make_world


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.ILL_DOCUMENT_FOLDER = tmp_path / "documents"
    cache.clear()
    return make_world()


@pytest.fixture
def pair(world: World) -> Pair:
    return make_pair(world)


@pytest.fixture
def trail(pair: Pair) -> Trail:
    return live(pair)
