"""Files come in: what is taken, what is refused with which words, and that a refusal leaves nothing behind."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import IllError, InvalidInput, NotFound, NotPermitted, Refused
from illservice.documents import selectors, services
from illservice.documents.kinds import CheckResult, Origin, Stage
from illservice.documents.models import Document
from illservice.documents.services.storage import display_name, path_of, stored_files
from tests.illservice.documents.conftest import JPEG, PDF, PNG, SUBJECT, TIFF, Pieces, Shelf, scan
from tests.world import NOON, later

PARTNER = Actor(ActorKind.PARTNER, id=1)


def test_a_scan_is_kept_as_it_came_under_a_name_of_ours(shelf: Shelf) -> None:
    document = shelf.attach(PDF, "../../etc/Ada's scan.html")
    assert (document.media_type, document.size, document.pages) == ("application/pdf", len(PDF), 2)
    assert document.name == "Ada's scan.html"
    assert document.attached_by == shelf.world.north.actor().id
    assert document.stage(NOON) == Stage.ATTACHED
    [file] = shelf.files()
    assert file.read_bytes() == PDF
    assert (file.name, file.parent.name) == (document.storage_key, document.storage_key[:2])
    assert file.stat().st_mode & 0o077 == 0
    assert list(stored_files()) == [file]


@pytest.mark.parametrize(
    ("content", "media"), [(TIFF, "image/tiff"), (JPEG, "image/jpeg"), (PNG, "image/png")]
)
def test_images_are_taken(shelf: Shelf, content: bytes, media: str) -> None:
    assert shelf.attach(content, "page.exe").media_type == media


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Plain text", "PDF"),
        (b"<html><script>alert(1)</script></html>", "PDF"),
        (b"%PDF-1.4\n%<html><script>alert(1)</script>\n%%EOF", "PDF"),
        (b"<!--%PDF-1.4-->%%EOF", "PDF"),
        (b"PK\x03\x04docx", "PDF"),
        (PDF.removesuffix(b"%%EOF\n"), "end"),
    ],
)
def test_what_is_not_a_whole_scan_is_refused_kindly_and_leaves_nothing(
    shelf: Shelf, content: bytes, words: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        shelf.attach(content)
    assert words in str(refusal.value.fields["file"])
    assert (shelf.files(), Document.objects.count()) == ([], 0)


def test_a_file_that_is_too_large_is_left_off_in_the_middle(shelf: Shelf, settings: object) -> None:
    settings.ILL_DOCUMENT_MAX_MB = 1  # type: ignore[attr-defined]  # pytest-django's settings

    def endless() -> Iterator[bytes]:
        yield PDF
        while True:
            yield b"\0" * 100_000

    upload = Pieces(endless)
    with pytest.raises(InvalidInput) as refusal:
        services.store_upload(upload)
    assert "at most 1 MB" in str(refusal.value.fields["file"])
    assert upload.read < 1_200_000
    assert shelf.files() == []


def test_the_largest_file_that_is_allowed_is_taken(shelf: Shelf, settings: object) -> None:
    settings.ILL_DOCUMENT_MAX_MB = 1  # type: ignore[attr-defined]
    full = PDF[:-6] + b"\n" * (1024 * 1024 - len(PDF)) + PDF[-6:]
    assert shelf.attach(full).size == 1024 * 1024
    with pytest.raises(InvalidInput):
        shelf.attach(full[:-6] + b"\n" + full[-6:])
    assert len(shelf.files()) == 1


def test_a_stored_file_whose_row_is_refused_goes(shelf: Shelf) -> None:
    with pytest.raises(InvalidInput):
        shelf.attach(subject="B" * 30)
    assert shelf.files() == []


def test_inside_a_transaction_the_file_is_written_before_it(shelf: Shelf) -> None:
    stored = services.store_upload(scan())
    with transaction.atomic():
        document = services.attach_file(
            library_id=shelf.world.north.library.pk,
            subject=SUBJECT,
            upload=stored,
            actor=shelf.world.north.actor(),
            at=NOON,
        )
    assert path_of(document.storage_key).read_bytes() == PDF


@given(st.text(max_size=300))
def test_no_name_leads_anywhere_or_hides_what_it_is(name: str) -> None:
    shown = display_name(name)
    assert len(shown) <= 150
    assert not set(shown) & set("/\\\0\n\r\t\u202e\u200b\x1b")
    assert not shown.startswith(".")


def test_only_our_keys_become_paths() -> None:
    for key in ("", "../secret-key", "a" * 63, "A" * 64, "/" + "a" * 63, "a" * 64 + "\n"):
        with pytest.raises(ValueError, match="storage key"):
            path_of(key)


def test_an_address_of_the_web_is_taken_and_nothing_else(shelf: Shelf) -> None:
    north = shelf.world.north
    facts: dict[str, Any] = {
        "library_id": north.library.pk,
        "subject": SUBJECT,
        "actor": north.actor(),
        "at": NOON,
    }
    for wrong in (
        *(
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example/x",
            "//a.example",
            "https://",
            "file:///etc",
        ),
        *(
            "https://user:secret@a.example/x",
            "https://a.example/" + "x" * 1000,
            "https://a.example/\nx",
            "http://[x/",
        ),
    ):
        with pytest.raises(InvalidInput):
            services.attach_link(url=wrong, **facts)
    assert not Document.objects.exists()
    document = services.attach_link(url=" https://files.eastlake.example/a?b=c ", **facts)
    assert (document.url, document.check_result) == ("https://files.eastlake.example/a?b=c", CheckResult.LINK)


def test_strangers_and_patrons_can_do_nothing(shelf: Shelf) -> None:
    document, stranger = shelf.attach(), shelf.world.south.actor()
    before = list(Document.objects.values())
    for actor, error in ((stranger, NotFound), (shelf.world.north.patron_actor(), NotPermitted)):
        with pytest.raises(error):
            shelf.attach(actor=actor)
        for verb in (services.release, services.withdraw, services.remove):
            with pytest.raises(error):
                verb(document_id=document.pk, actor=actor, at=NOON)
    with pytest.raises(NotFound):
        selectors.visible_to_staff(shelf.world.south.library.pk, stranger, document.key)
    assert list(Document.objects.values()) == before
    assert len(shelf.files()) == 1


def test_the_check_finds_a_file_that_was_changed_or_lost(shelf: Shelf) -> None:
    document = shelf.attach()
    assert services.check(document_id=document.pk, at=later(hours=1)) == CheckResult.FIT
    path_of(document.storage_key).write_bytes(PDF.replace(b"1.4", b"1.5"))
    assert services.check(document_id=document.pk, at=later(hours=2)) == CheckResult.CHANGED
    os.unlink(path_of(document.storage_key))
    assert services.check(document_id=document.pk, at=later(hours=3)) == CheckResult.MISSING
    document.refresh_from_db()
    assert document.checked_at == later(hours=3)
    with pytest.raises(Refused):
        shelf.release(document)


def test_only_a_person_releases_what_an_untrusted_partner_sent(shelf: Shelf) -> None:
    document = shelf.attach(actor=PARTNER, origin=Origin.PARTNER)
    assert services.needs_look(document)
    assert not services.needs_look(document, trusted=True)
    for actor in (PARTNER, CLOCK):
        with pytest.raises(Refused) as refusal:
            services.release(document_id=document.pk, actor=actor, at=NOON)
        assert refusal.value.code == "needs_look"
    document.refresh_from_db()
    assert document.released_at is None
    assert shelf.release(document).is_released


def test_a_trusted_senders_scan_is_released_at_once_unless_it_is_odd(shelf: Shelf) -> None:
    facts: dict[str, Any] = {"actor": PARTNER, "origin": Origin.PARTNER, "trusted": True}
    document = shelf.attach(**facts)
    assert services.release(document_id=document.pk, actor=PARTNER, at=NOON).released_by is None
    odd = shelf.attach(PDF.replace(b"/Root", b"/JavaScript 9 0 R/Root"), **facts)
    with pytest.raises(Refused):
        services.release(document_id=odd.pk, actor=PARTNER, at=NOON)
    assert shelf.release(odd).is_released


def test_staff_need_not_look_twice_at_what_they_attached(shelf: Shelf) -> None:
    assert not services.needs_look(shelf.attach())


def test_release_and_withdrawal_can_follow_each_other(shelf: Shelf) -> None:
    actor, document = shelf.world.north.actor(), shelf.attach()
    assert shelf.release(document).stage(NOON) == Stage.RELEASED
    again = services.release(document_id=document.pk, actor=actor, at=later(hours=1))
    assert again.released_at == NOON
    assert list(selectors.released(SUBJECT, document.library_id)) == [document]
    withdrawn = services.withdraw(document_id=document.pk, actor=actor, at=later(hours=2))
    assert withdrawn.stage(later(hours=2)) == Stage.WITHDRAWN
    assert list(selectors.released(SUBJECT, document.library_id)) == []
    assert shelf.release(document).is_released


def test_what_is_removed_is_not_seen_again(shelf: Shelf) -> None:
    actor, document = shelf.world.north.actor(), shelf.attach()
    better = shelf.attach()
    services.remove(document_id=document.pk, actor=actor, at=NOON)
    assert list(selectors.documents_of(SUBJECT, document.library_id)) == [better]
    for verb in (services.release, services.withdraw, services.remove):
        with pytest.raises(IllError):
            verb(document_id=document.pk, actor=actor, at=NOON)
    with pytest.raises(NotFound):
        selectors.visible_to_staff(document.library_id, actor, document.key)
