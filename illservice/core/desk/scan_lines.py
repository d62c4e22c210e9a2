"""The running list of what was scanned: kept for the session, so that loading the page again loses no line."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

LINES_KEY = "scan_lines"
MOST_LINES = 30

DONE, WAITS, WRONG = "ok", "warn", "bad"

Line = dict[str, Any]


def lines_of(request: HttpRequest, where: str) -> list[Line]:
    """The lines of this session at a bench (`where`: desk and library), newest first."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    return kept.get(where, [])


def keep(request: HttpRequest, where: str, line: Line) -> Line:
    """Put a line on top."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    request.session[LINES_KEY] = kept | {where: [line, *kept.get(where, [])][:MOST_LINES]}
    return line


def clear(request: HttpRequest, where: str) -> None:
    """Begin a new list."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    request.session[LINES_KEY] = {name: lines for name, lines in kept.items() if name != where}


def line(tone: str, words: str, *, at: datetime, **more: str) -> Line:
    """One line: what became of a scan. `more`: `number`, `title`, `url` of what it was about; `undo` with `act`;
    `next`, `code` (as scanned), `more_url` with `more_label`."""
    names = ("number", "title", "url", "undo", "act", "next", "code", "more_url", "more_label")
    return dict.fromkeys(names, "") | {"tone": tone, "words": words, "at": at.isoformat()} | more
