"""What was typed and not sent is deleted after a day, by the clock, however often and however late it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoConnection
from time_machine import travel

from illservice.citations.drafts import Draft, DraftGone, delete_stale, find_draft
from illservice.core import timers

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty() -> None:
    cache.clear()


def typed(at: datetime, owner: int = 1) -> Draft:
    draft = Draft(owner, material="book")
    with travel(at, tick=False):
        draft.save()
    return draft


def test_a_draft_goes_a_day_after_it_was_saved_last_and_not_before() -> None:
    old, fresh, again = typed(MORNING), typed(MORNING + timedelta(hours=20)), typed(MORNING)
    with travel(MORNING + timedelta(hours=20), tick=False):
        again.save()
    with travel(MORNING + timedelta(hours=22), tick=False):
        assert delete_stale(MORNING + timedelta(hours=23)).done == 0
        first = delete_stale(MORNING + timedelta(hours=25))
        assert (first.due, first.done) == (1, 1)
        assert delete_stale(MORNING + timedelta(hours=25)).done == 0
        with pytest.raises(DraftGone):
            find_draft(old.key, 1)
        assert find_draft(fresh.key, 1).material == find_draft(again.key, 1).material == "book"
        assert delete_stale(MORNING + timedelta(days=40)).done == 2
        assert cache.get("ask-draft-hours") == []


def test_a_store_that_does_not_answer_breaks_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(*_args: object) -> None:
        raise NoConnection

    monkeypatch.setattr(cache, "get", no_answer)
    assert delete_stale(MORNING).skipped == {"no_store": 1}
    assert "drafts" in timers.clocks()
    assert "no_store" in timers.WHY
