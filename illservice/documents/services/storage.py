"""Files on disk: below ILL_DOCUMENT_FOLDER, each under a random name that nothing of the sender's goes into."""

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput
from illservice.documents.kinds import CheckResult, MediaType, examine, holds_markup, sniff
from illservice.documents.kinds.media import HEAD

STORAGE_KEY = re.compile(r"[0-9a-f]{64}")
PART = ".part"
_MEGABYTE = 1024 * 1024
_NAME_LENGTH = 150


class Upload(Protocol):
    """What Django's uploaded files are, and what anything else that brings a file must be."""

    @property
    def name(self) -> str | None:
        """As the sender calls it."""

    def chunks(self) -> Iterable[bytes]:
        """Its content, piece by piece."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies on disk and is fit to be attached."""

    storage_key: str
    name: str
    media_type: MediaType
    size: int
    sha256: str
    pages: int | None
    result: CheckResult


def most_bytes() -> int:
    """How large a file may be (ILL_DOCUMENT_MAX_MB, megabytes of 1,048,576 bytes)."""
    return int(settings.ILL_DOCUMENT_MAX_MB) * _MEGABYTE


def too_large() -> InvalidInput:
    """The refusal of a file over the limit."""
    return InvalidInput(
        {
            "file": _("This file is too large. A file may have at most %(most)d MB; scan it again smaller.")
            % {"most": settings.ILL_DOCUMENT_MAX_MB}
        }
    )


def store_upload(upload: Upload) -> StoredFile:
    """Write an upload to disk while looking at it; InvalidInput (field `file`) when it is not what we take.

    Writing takes time, so it belongs before a transaction; `attach_file` takes the result inside one. A file that is
    never attached is deleted within two days.
    """
    key = secrets.token_hex(32)
    path = path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(key + PART)
    try:
        media, size, digest = _write(part, iter(upload.chunks()))
        found = examine(part, media)
        if found.result is CheckResult.BROKEN:
            raise InvalidInput(
                {"file": _("The end of this file is missing. Save or scan it again, then attach it again.")}
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return StoredFile(key, display_name(upload.name or ""), media, size, digest, found.pages, found.result)


def _write(part: Path, chunks: Iterator[bytes]) -> tuple[MediaType, int, str]:
    """Write and count; stops at the first piece that shows that the file is not what we take."""
    head = _head(chunks)
    media = _media_of(head)
    digest, size, most = hashlib.sha256(), 0, most_bytes()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chain([head], chunks):
            size += len(chunk)
            if size > most:
                raise too_large()
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return media, size, digest.hexdigest()


def _head(chunks: Iterator[bytes]) -> bytes:
    """The first pieces, together long enough to tell the type by."""
    head = b""
    while len(head) < HEAD and (chunk := next(chunks, None)) is not None:
        head += chunk
    return head


def _media_of(head: bytes) -> MediaType:
    if not head:
        raise InvalidInput({"file": _("This file is empty. Choose another one.")})
    media = sniff(head)
    if media is None or holds_markup(head):
        raise InvalidInput(
            {"file": _("We cannot take this kind of file. Attach a PDF, or an image as TIFF, JPEG or PNG.")}
        )
    return media


def display_name(name: str) -> str:
    """The last part of a file's name, without what could mislead a reader: controls, separators, reversed writing."""
    last = re.split(r"[/\\]", name.encode(errors="replace").decode())[-1]
    plain = "".join(each for each in last if unicodedata.category(each)[0] not in "CZ" or each == " ")
    return " ".join(plain.split()).lstrip(".")[:_NAME_LENGTH]


def path_of(storage_key: str) -> Path:
    """Where a file lies. Only keys of ours become paths."""
    if not STORAGE_KEY.fullmatch(storage_key):
        raise ValueError("no storage key")
    return Path(settings.ILL_DOCUMENT_FOLDER) / storage_key[:2] / storage_key


def open_stored(storage_key: str) -> BinaryIO | None:
    """The file, ready to be read, or None when it is not there."""
    try:
        return path_of(storage_key).open("rb")
    except (FileNotFoundError, ValueError):
        return None


def delete_stored(storage_key: str) -> None:
    """Delete the file; nothing happens when it is gone already."""
    path_of(storage_key).unlink(missing_ok=True)


def stored_files() -> Iterator[Path]:
    """Every file that we put there, unfinished ones too; what else lies in the folder is not ours."""
    for path in Path(settings.ILL_DOCUMENT_FOLDER).glob("[0-9a-f][0-9a-f]/*"):
        if STORAGE_KEY.fullmatch(path.name.removesuffix(PART)):
            yield path
