"""From the tables of titles to the facts of the rules."""

import io
from dataclasses import replace
from datetime import date

import pytest

from illservice.citations.models import Journal
from illservice.citations.services import import_titles
from illservice.core.actors import IMPORT
from requests_app.copyright import CopyrightFacts, Settings, decide, read_published
from requests_app.selectors.titles import holdings_of
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

ORDER = b"title,issn,status,ordered_on\nLakes,0317-8471,ordered,2026-03-01\n"


def test_s6_s7_an_order_of_any_library_of_the_entity_makes_the_copy_our_own(world: World) -> None:
    sister = world.eastlake
    sister.entity = world.north.library.entity
    sister.save()
    import_titles(io.BytesIO(ORDER), library_id=sister.pk, actor=IMPORT, at=NOON)
    journal = Journal.objects.get()
    facts = CopyrightFacts(
        requested=date(2026, 3, 2),
        work_key=f"journal:{journal.pk}",
        published=read_published("2025"),
        count=5,
        holdings=holdings_of(world.north.library, [journal.pk]),
    )
    assert decide("US", facts, Settings()).rule == "D6"
    assert decide("US", replace(facts, requested=date(2026, 2, 28)), Settings()).rule == "D9"
    assert holdings_of(world.south.library, [journal.pk]) == ()
