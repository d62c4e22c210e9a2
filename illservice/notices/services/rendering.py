"""A letter gets its words: in the reader's language, with dates of the library's zone."""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nh3
from django.conf import settings
from django.utils import timezone, translation

from illservice.core.errors import NotFound
from illservice.directory.models import Library
from illservice.notices.channels import Rendered
from illservice.notices.kinds import Letter, NoticeKind, Recipient, Texts
from illservice.notices.kinds.filling import Text
from illservice.notices.kinds.sandbox import TextProblem, compile_text, render_html, render_line, render_text
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.services.sharing import own_texts

logger = logging.getLogger(__name__)

_TAGS = {
    "a", "b", "blockquote", "br", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


def render(kind: NoticeKind, texts: Texts, letter: Letter) -> Rendered:
    """Fill in the texts. TextProblem when they cannot be used."""
    body_names, subject_names = kind.names(), kind.names(subject=True)
    with translation.override(letter.language), _in_zone(letter):
        subject = render_line(texts.subject, subject_names, letter.context)
        text = render_text(texts.body_text, body_names, letter.context)
        html = render_html(texts.body_html, body_names, letter.context)
    # What a text writes as HTML is cleaned too: no script, no form, no picture, no address but web and mail.
    parts = {"language": letter.language, "subject": escape(subject), "body": _cleaner().clean(html)}
    return Rendered(subject, text, _frame().fill(parts))


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=None)


@lru_cache(maxsize=1)
def _frame() -> Text:
    """The document around every notice. Its values come escaped."""
    source = (settings.BASE_DIR / "templates" / "notices" / "frame.html").read_text(encoding="utf-8")
    return compile_text(source, frozenset({"language", "subject", "body"}))


def _in_zone(letter: Letter) -> AbstractContextManager[None]:
    """A day is the same in every zone: only a moment has to be put into the library's own."""
    moments = any(isinstance(value, datetime) for value in letter.context.values())
    return timezone.override(_zone(letter.timezone)) if moments else nullcontext()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def render_for_sending(kind: NoticeKind, letter: Letter) -> Rendered:
    """The library's own text; the shipped one where that has become unusable, so that the reader is told anyway."""
    own = own_texts(letter.library_id, kind.code, letter.language)
    if own is not None:
        try:
            return render(kind, own, letter)
        except TextProblem:
            logger.warning(
                "text %s/%s of library %s is broken, the shipped one is sent",
                kind.code,
                letter.language,
                letter.library_id,
            )
    return render(kind, shipped_texts(kind.code, letter.language), letter)


def preview(
    kind: NoticeKind, texts: Texts, *, library: Library, language: str, number: str, at: datetime
) -> Rendered:
    """How a text would read for a real request of the library: the one named, else the newest, else examples.

    NotFound for a number that is not the library's; TextProblem for a text that cannot be used.
    """
    letter = kind.preview(library.pk, number, at)
    if letter is None and number:
        raise NotFound(number=number)
    if letter is None:
        letter = example_letter(kind, library)
    return render(kind, texts, replace(letter, language=language, recipient=Recipient()))


def example_letter(kind: NoticeKind, library: Library) -> Letter:
    """A letter about nothing real, for a library that has no request yet."""
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number="",
        language=library.language,
        recipient=Recipient(),
        context=kind.examples() | {"library_name": library.name},
    )
