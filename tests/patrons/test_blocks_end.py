"""What was blocked for a time is free again on the day after the last one, in the library's own zone."""

from datetime import UTC, date, datetime

import pytest

from illservice.core.models import AuditEntry
from illservice.directory.models import BorrowerStanding, Partnership
from illservice.directory.services import end_suspensions
from patrons.services import block_patron, end_blocks
from tests.world import NOON, World, make_world

pytestmark = pytest.mark.django_db
LAST = date(2026, 3, 9)
MIDNIGHT = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
"""The tenth begins in Chicago, where the clocks went forward on the eighth."""


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_block_ends_by_itself_once_and_is_kept_in_the_audit(world: World) -> None:
    ada, ben, desk = world.north.patrons["ada"], world.north.patrons["ben"], world.north.actor()
    block_patron(patron_id=ada.pk, reason="Two loans late", until=LAST, actor=desk, at=NOON)
    block_patron(patron_id=ben.pk, reason="Ask the desk", actor=desk, at=NOON)
    before = end_blocks(MIDNIGHT.replace(hour=4, minute=59))
    assert (before.looked_at, before.due) == (1, 0)
    assert [end_blocks(MIDNIGHT).done for _ in range(3)] == [1, 0, 0]
    ada.refresh_from_db()
    ben.refresh_from_db()
    assert (ada.is_blocked, ada.block_reason, ada.blocked_until) == (False, "", None)
    assert ben.is_blocked, "without a last day somebody must end it"
    entry = AuditEntry.objects.get(action="block_over")
    assert (entry.actor_kind, entry.library, entry.object_pk) == (
        "clock",
        world.north.library.pk,
        str(ada.pk),
    )


def test_a_block_that_was_made_longer_stays(world: World) -> None:
    ada, desk = world.north.patrons["ada"], world.north.actor()
    block_patron(patron_id=ada.pk, reason="Late", until=LAST, actor=desk, at=NOON)
    block_patron(patron_id=ada.pk, reason="Late", until=date(2026, 4, 1), actor=desk, at=NOON)
    assert end_blocks(MIDNIGHT).done == 0


def test_a_suspension_ends_by_itself_and_a_block_of_a_library_does_not(world: World) -> None:
    known = Partnership.objects.filter(library=world.north.library)
    known.filter(partner=world.eastlake).update(standing=BorrowerStanding.SUSPENDED, suspended_until=LAST)
    known.filter(partner=world.westport).update(standing=BorrowerStanding.BLOCKED, suspended_until=LAST)
    assert end_suspensions(MIDNIGHT.replace(hour=4)).due == 0
    assert [end_suspensions(MIDNIGHT).done for _ in range(3)] == [1, 0, 0]
    standings = dict(known.values_list("partner__slug", "standing"))
    assert (standings["eastlake"], standings["westport"]) == ("open", "blocked")
    assert AuditEntry.objects.get(action="suspension_over").changed == ["standing", "suspended_until"]
