"""Files go from the disk in time, and only those."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from illservice.core import timers
from illservice.documents import selectors, services
from illservice.documents.kinds import Audience, Gone, Stage
from illservice.documents.models import Document
from illservice.documents.services import purging
from tests.illservice.documents.conftest import PDF, SUBJECT, Shelf, scan
from tests.world import NOON, later

DAY = timedelta(days=1)


def test_the_clock_is_wound_with_the_others() -> None:
    assert timers.clocks()["documents"].run is services.purge


def test_a_file_is_gone_within_a_day_after_its_link_has_ended(shelf: Shelf) -> None:
    link = shelf.link(days=10)
    services.purge_expired(link.expires_at)
    assert len(shelf.files()) == 1
    assert services.purge_expired(link.expires_at + DAY) == 1
    assert shelf.files() == []
    [document] = selectors.documents_of(SUBJECT, link.document.library_id)
    assert document.stage(link.expires_at + DAY) == Stage.PURGED
    assert (document.name, document.storage_key, document.purged_at) == ("", "", link.expires_at + DAY)
    assert services.purge_expired(link.expires_at + DAY) == 0
    link = type(link).objects.get()
    with pytest.raises(Gone):
        services.fetch(link=link, at=NOON)


def test_the_last_link_keeps_the_file(shelf: Shelf) -> None:
    link = shelf.link(days=1)
    longer = shelf.another_link(link.document, Audience.BORROWER, days=20)
    services.purge_expired(link.expires_at + DAY)
    assert len(shelf.files()) == 1
    services.end_link(link_id=longer.pk, actor=shelf.world.north.actor(), at=link.expires_at)
    services.purge_expired(longer.expires_at + DAY)
    assert len(shelf.files()) == 1
    services.purge_expired(link.expires_at + timedelta(days=30))
    assert shelf.files() == []


def test_what_is_never_released_or_withdrawn_goes_after_thirty_days(shelf: Shelf) -> None:
    shelf.attach()
    withdrawn = shelf.link(days=60).document
    services.withdraw(document_id=withdrawn.pk, actor=shelf.world.north.actor(), at=NOON)
    services.purge_expired(later(days=29, hours=23))
    assert len(shelf.files()) == 2
    assert services.purge_expired(later(days=30)) == 2
    assert shelf.files() == []


def test_what_is_removed_goes_at_once(shelf: Shelf) -> None:
    kept, removed = shelf.attach(), shelf.attach()
    services.remove(document_id=removed.pk, actor=shelf.world.north.actor(), at=NOON)
    services.purge_expired(later(hours=1))
    assert [path.name for path in shelf.files()] == [kept.storage_key]


def test_the_address_of_a_copy_goes_too(shelf: Shelf) -> None:
    north = shelf.world.north
    services.attach_link(
        library_id=north.library.pk,
        subject=SUBJECT,
        url="https://files.eastlake.example/secret",
        actor=north.actor(),
        at=NOON,
    )
    services.purge_expired(later(days=30))
    assert Document.objects.get().url == ""


def test_a_file_that_cannot_be_deleted_is_tried_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.attach()

    def refuse(_storage_key: str) -> None:
        raise PermissionError

    with monkeypatch.context() as broken:
        broken.setattr(purging, "delete_stored", refuse)
        assert services.purge(later(days=30)).skipped == {"failed": 1}
    assert Document.objects.get().purged_at is None
    assert services.purge_expired(later(days=30)) == 0
    assert services.purge_expired(later(days=30, hours=1)) == 1
    assert shelf.files() == []


def test_a_lost_file_does_not_stop_the_clock(shelf: Shelf) -> None:
    shelf.attach()
    shelf.files()[0].unlink()
    assert services.purge_expired(later(days=30)) == 1


def _aged(path: Path, hours: float) -> None:
    moment = later(hours=hours).timestamp()
    os.utime(path, (moment, moment))


def test_files_without_a_row_go_after_a_day_and_nothing_else_does(shelf: Shelf) -> None:
    attached = shelf.attach()
    stray = services.store_upload(scan(PDF))
    young = services.store_upload(scan(PDF))
    part = shelf.folder / "ab" / ("ab" + "0" * 62 + ".part")
    foreign = shelf.folder / "ab" / "notes.txt"
    part.parent.mkdir(exist_ok=True)
    for path in (part, foreign):
        path.write_bytes(b"x")
    for path in shelf.files():
        _aged(path, 0 if young.storage_key != path.name else 2)
    services.purge_expired(later(hours=25))
    left = {path.name for path in shelf.files()}
    assert left == {attached.storage_key, young.storage_key, "notes.txt"}
    assert stray.storage_key not in left


def test_strays_are_looked_for_once_an_hour(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(purging, "_delete_strays", looked.append)
    for minutes in (0, 1, 59, 60, 61, 125):
        services.purge_expired(later(minutes=minutes))
    assert looked == [NOON, later(minutes=60), later(minutes=125)]
