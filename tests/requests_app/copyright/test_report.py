"""The report of a year shows the copies that count in it, by whichever day the library counts them."""

from datetime import date

import pytest

from requests_app.copyright import Settings
from requests_app.copyright.facts import YearBasis
from requests_app.models import CopyrightRules
from requests_app.selectors.copyright.report import year_by_title, years_of
from tests.requests_app.copyright.desk import ask, came, cancel, record
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("basis", "years", "expected"),
    [
        (YearBasis.REQUEST_DATE, [2025], {2026: [], 2025: [(2, 1)]}),
        (YearBasis.FILL_DATE, [2026, 2025], {2026: [(1, 1)], 2025: [(1, 0)]}),
    ],
)
def test_s11_what_is_open_over_new_year_is_shown_in_the_year_in_which_it_counts(
    world: World, basis: YearBasis, years: list[int], expected: dict[int, list[tuple[int, int]]]
) -> None:
    CopyrightRules.objects.create(library=world.north.library, contu_count_year_basis=basis)
    came(world, ask(world, "2025-12-01"), "2025-12-05")
    came(world, ask(world, "2025-12-29"), "2026-01-05")
    cancel(world, ask(world, "2025-12-29"), "2026-01-05")
    ask(world, "2025-12-30")
    settings, library = Settings(contu_count_year_basis=basis), world.north.library
    assert years_of(library, settings, today=TODAY) == years
    shown = {year: year_by_title(library, year, settings, today=TODAY) for year in expected}
    found = {
        year: [(each.counted, each.open_) for each in titles if each.counted or each.open_]
        for year, titles in shown.items()
    }
    assert found == expected
    assert record(ask(world, "2026-01-10")).count == sum(map(sum, expected[2026]))
