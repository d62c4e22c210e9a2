"""The running list of what was scanned: kept for the session, so that loading the page again loses no line."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from illservice.core.actors import Actor
from requests_app import selectors
from requests_app.models import BorrowingRequest
from requests_app.views.links import request_url, undo_url
from requests_app.views.rows import title_of
from requests_app.views.scan_modes import next_words

LINES_KEY = "scan_lines"
MOST_LINES = 30

DONE, WAITS, WRONG = "ok", "warn", "bad"

Line = dict[str, Any]


def lines_of(request: HttpRequest, slug: str) -> list[Line]:
    """The lines of this session at a library, newest first."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    return kept.get(slug, [])


def keep(request: HttpRequest, slug: str, line: Line) -> Line:
    """Put a line on top."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    request.session[LINES_KEY] = kept | {slug: [line, *kept.get(slug, [])][:MOST_LINES]}
    return line


def clear(request: HttpRequest, slug: str) -> None:
    """Begin a new list."""
    kept: dict[str, list[Line]] = request.session.get(LINES_KEY, {})
    request.session[LINES_KEY] = {name: lines for name, lines in kept.items() if name != slug}


def line(
    tone: str, words: str, *, at: datetime, slug: str = "", about: BorrowingRequest | None = None, **more: str
) -> Line:
    """One line: what became of a scan. `more`: `next`, `code` (as scanned), `more_url` with `more_label`."""
    blank = {"number": "", "title": "", "url": "", "undo": "", "act": "", "next": "", "code": ""}
    found = {"tone": tone, "words": words, "at": at.isoformat()}
    if about is not None:
        found |= {
            "number": about.number,
            "title": title_of(about)[:120],
            "url": request_url(slug, about.number),
        }
    return blank | {"more_url": "", "more_label": ""} | found | more


def done_line(words: str, *, about: BorrowingRequest, actor: Actor, at: datetime, slug: str) -> Line:
    """A line for what was done, with what to do next and the way back."""
    kept = selectors.last_act(about.pk)
    undo = {"undo": undo_url(slug, about.number), "act": kept[0]} if kept else {}
    return line(DONE, words, at=at, slug=slug, about=about, next=next_words(about, actor), **undo)
