"""A folder for files that goes after each test, the small consortium, and hands for scans."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from illservice.documents import services
from illservice.documents.kinds import Audience, Owner, owner_of, register_owner
from illservice.documents.models import Document, DocumentLink
from tests.world import NOON, World, make_world

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Pages/Count 2/Kids[2 0 R 3 0 R]>>endobj\n"
    b"2 0 obj<</Type /Page/Parent 1 0 R>>endobj\n3 0 obj<</Type/Page/Parent 1 0 R>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40 + b"\xff\xd9"
TIFF = b"II*\x00\x08\x00\x00\x00" + b"\0" * 40
SUBJECT = "B0000019"


def scan(content: bytes = PDF, name: str = "scan.pdf") -> SimpleUploadedFile:
    """An upload as a browser sends it; the type that it claims is never believed."""
    return SimpleUploadedFile(name, content, content_type="text/html")


@dataclass
class Shelf:
    """Northfield's documents; ada is the patron of SUBJECT."""

    world: World
    folder: Path
    patrons: dict[str, int] = field(default_factory=dict)

    def attach(self, content: bytes = PDF, name: str = "scan.pdf", **facts: object) -> Document:
        """A scan that staff attached at noon."""
        north = self.world.north
        values = {"library_id": north.library.pk, "subject": SUBJECT, "at": NOON, "actor": north.actor()}
        return services.attach_file(upload=scan(content, name), **(values | facts))  # type: ignore[arg-type]

    def release(self, document: Document) -> Document:
        """Staff let it out."""
        return services.release(document_id=document.pk, actor=self.world.north.actor(), at=NOON)

    def link(self, audience: str = Audience.PATRON, content: bytes = PDF, **limits: int) -> DocumentLink:
        """A link, made at noon, to a released scan."""
        document = self.release(self.attach(content))
        return self.another_link(document, audience, **limits)

    def another_link(self, document: Document, audience: str, **limits: int) -> DocumentLink:
        """A link to a document, made at noon."""
        actor = self.world.north.actor()
        return services.make_link(document_id=document.pk, audience=audience, actor=actor, at=NOON, **limits)

    def files(self) -> list[Path]:
        """All that lies in the folder."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


def _shelf(settings: Settings, folder: Path) -> Iterator[Shelf]:
    settings.ILL_DOCUMENT_FOLDER = folder
    world, before = make_world(), owner_of(SUBJECT)
    ada = world.north.patrons["ada"].user_id
    register_owner(
        "B", Owner(patron_may_open=lambda subject, library, user: (subject, user) == (SUBJECT, ada))
    )
    yield Shelf(world, folder)
    register_owner("B", before)


@pytest.fixture
def shelf(db: None, settings: Settings, tmp_path: Path) -> Iterator[Shelf]:
    yield from _shelf(settings, tmp_path / "documents")


@pytest.fixture
def shelf_for_all(
    on_postgresql: None, transactional_db: None, settings: Settings, tmp_path: Path
) -> Iterator[Shelf]:
    """The same for tests with several connections at once."""
    yield from _shelf(settings, tmp_path / "documents")


@dataclass
class Pieces:
    """An upload that says how much of it was read."""

    pieces: Callable[[], Iterator[bytes]]
    name: str = "scan.pdf"
    read: int = 0

    def chunks(self) -> Iterator[bytes]:
        """Its content, counted."""
        for piece in self.pieces():
            self.read += len(piece)
            yield piece


def body(response: object) -> bytes:
    """The whole of a streamed answer."""
    stream = io.BytesIO()
    for piece in response.streaming_content:  # type: ignore[attr-defined]  # a FileResponse
        stream.write(piece)
    return stream.getvalue()
