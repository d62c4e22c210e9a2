"""What makes a journal ours (CONTU 2(a))."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from illservice.citations.copyright import HoldingStatus, Unavailable
from requests_app.copyright.dates import read_published
from requests_app.copyright.holdings import Holding, months_before

TODAY = date(2026, 6, 1)


def test_a_subscription_is_in_force_between_its_days_and_an_order_from_the_day_after_it() -> None:
    running = Holding(starts=date(2020, 1, 1), ends=date(2026, 12, 31))
    assert running.in_force(TODAY)
    assert not running.in_force(date(2019, 12, 31))
    assert not running.in_force(date(2027, 1, 1))
    ordered = replace(running, starts=date(2026, 7, 1), ordered_on=date(2026, 5, 1))
    assert ordered.in_force(TODAY)
    assert not ordered.in_force(date(2026, 5, 1))
    assert ordered.why_unavailable(TODAY) == Unavailable.NOT_YET


def test_a_cancelled_subscription_runs_to_its_end_and_without_an_end_is_none() -> None:
    gone = Holding(status=HoldingStatus.CANCELLED, ends=date(2026, 6, 30))
    assert gone.in_force(TODAY)
    assert not gone.in_force(date(2026, 7, 1))
    assert not replace(gone, ends=None).in_force(TODAY)
    assert not Holding(status=HoldingStatus.ORDERED).in_force(TODAY), "an order without a day proves nothing"


COVER: tuple[tuple[dict[str, Any], str, str, bool], ...] = (
    ({}, "", "", True),
    ({"covers_from": date(2000, 1, 1)}, "2005", "", True),
    ({"covers_from": date(2000, 1, 1)}, "1999", "", False),
    ({"covers_from": date(2000, 6, 1)}, "2000", "", False),
    ({"covers_from": date(2000, 1, 1)}, "n.d.", "", False),
    ({"covers_to": date(2010, 12, 31)}, "2011-01", "", False),
    ({"first_volume": "10", "last_volume": "20"}, "", "15", True),
    ({"first_volume": "10", "last_volume": "20"}, "", "v.21", False),
    ({"first_volume": "10"}, "", "9", False),
    ({"first_volume": "10", "covers_to": date(2010, 1, 1)}, "2012", "15", False),
    ({"first_volume": "10", "last_volume": "20"}, "", "new series", True),
)


@pytest.mark.parametrize(("bounds", "published", "volume", "covered"), COVER)
def test_coverage_is_by_volume_where_volumes_tell_and_by_all_of_the_date_else(
    bounds: dict[str, Any], published: str, volume: str, covered: bool
) -> None:
    assert replace(Holding(), **bounds).covers(read_published(published), volume) is covered


def test_an_embargo_holds_back_the_newest_and_a_rolling_wall_keeps_only_them() -> None:
    moving = Holding(embargo_months=12)
    assert moving.within_embargo(read_published("2026-01"), TODAY)
    assert moving.within_embargo(read_published("in press"), TODAY)
    assert not moving.within_embargo(read_published("2025-05"), TODAY)
    assert Holding(rolling_months=24).within_embargo(read_published("2020"), TODAY)
    assert not Holding().within_embargo(read_published("2026-06-01"), TODAY)


def test_months_are_counted_back_to_a_day_that_there_is() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
