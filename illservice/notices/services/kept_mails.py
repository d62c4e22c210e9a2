"""Mails that `./ill up` keeps as files where no mail server is named: they go with the person of their request."""

import re
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from illservice.core.retention import Case

FOLDER = "mail"
_NUMBER = re.compile(rb"[A-Z]\d{7,}")
_SOFT_BREAK = re.compile(rb"=\r?\n")


def burn_kept(case: Case, _at: datetime) -> None:
    """Delete the mails that name a request, once the transaction has ended well; a mail about several goes whole."""
    transaction.on_commit(partial(_burn, settings.ILL_VAR / FOLDER, case.number), robust=True)


def _burn(folder: Path, number: str) -> None:
    for path in folder.glob("*.eml"):
        if number.encode() in _named_in(path):
            path.unlink(missing_ok=True)


@lru_cache(maxsize=100_000)
def _named_in(path: Path) -> frozenset[bytes]:
    """The numbers of requests in a mail; no mail ever changes, so each is read once. A line that quoted-printable broke
    is put together again."""
    try:
        return frozenset(_NUMBER.findall(_SOFT_BREAK.sub(b"", path.read_bytes())))
    except FileNotFoundError:  # somebody beside us was quicker
        return frozenset()
