"""A file is what its content says."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from illservice.documents.kinds import CheckResult, MediaType, examine, holds_markup, sniff
from tests.illservice.documents.conftest import JPEG, PDF, PNG, TIFF


def test_the_first_bytes_tell_the_type() -> None:
    for content, media in ((PDF, "pdf"), (TIFF, "tiff"), (b"MM\x00*x", "tiff"), (JPEG, "jpeg"), (PNG, "png")):
        found = sniff(content)
        assert found is not None
        assert found.value.endswith(media)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Plain words",
        b" %PDF-1.4",
        b"\n%PDF-1.4",
        b"GIF89a",
        b"PK\x03\x04",
        b"MZ",
        b"<svg/>",
        b"%PD",
        b"\x89PN",
    ],
)
def test_everything_else_is_nothing_that_we_take(content: bytes) -> None:
    assert sniff(content) is None


@given(st.binary(max_size=64))
@example(b"<html>")
@example(b"<!doctype html>")
def test_what_begins_with_markup_is_never_taken(rest: bytes) -> None:
    assert sniff(b"<" + rest) is None


@given(
    st.sampled_from([b"<html", b"<SCRIPT>", b"<!DocType html", b"<svg/onload", b"<iframe "]),
    st.binary(max_size=900),
)
def test_a_page_behind_a_scans_beginning_is_seen(markup: bytes, between: bytes) -> None:
    assert holds_markup(b"%PDF-1.4\n" + between + markup + b" x")


def test_scans_without_markup_are_not_suspected() -> None:
    assert not any(
        holds_markup(each) for each in (PDF, PNG, JPEG, TIFF, b"%PDF-1.4 <</Type/Catalog>> <x:xmpmeta>")
    )


def _examined(
    folder: Path, content: bytes, media: MediaType = MediaType.PDF
) -> tuple[CheckResult, int | None]:
    path = folder / "file"
    path.write_bytes(content)
    found = examine(path, media)
    return found.result, found.pages


def test_pages_are_counted_where_the_pdf_lists_them_openly(tmp_path: Path) -> None:
    assert _examined(tmp_path, PDF) == (CheckResult.FIT, 2)
    packed = PDF.replace(b"%%EOF", b"4 0 obj<</Type/ObjStm>>endobj %%EOF")
    changed_later = PDF + PDF[9:]
    for content in (packed, changed_later):
        assert _examined(tmp_path, content) == (CheckResult.FIT, None)


def test_a_pdf_with_a_password_or_a_program_is_noted(tmp_path: Path) -> None:
    assert _examined(tmp_path, PDF.replace(b"/Root", b"/Encrypt 9 0 R/Root"))[0] == CheckResult.LOCKED
    for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFiles"):
        assert _examined(tmp_path, PDF.replace(b"/Root", word + b" 9 0 R/Root"))[0] == CheckResult.ACTIVE


def test_a_file_without_its_end_is_broken(tmp_path: Path) -> None:
    assert _examined(tmp_path, PDF.removesuffix(b"%%EOF\n"))[0] == CheckResult.BROKEN
    assert _examined(tmp_path, PNG[:30], MediaType.PNG)[0] == CheckResult.BROKEN
    assert _examined(tmp_path, PNG, MediaType.PNG)[0] == CheckResult.FIT
    assert _examined(tmp_path, TIFF, MediaType.TIFF) == (CheckResult.FIT, None)
