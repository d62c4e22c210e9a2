"""A letter gets its words: in the reader's language, with dates of the library's zone."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nh3
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from illservice.core.errors import NotFound
from illservice.directory.models import Library
from illservice.notices.kinds import Letter, NoticeKind, Recipient, Texts
from illservice.notices.kinds.sandbox import TextProblem, render_html, render_line, render_text
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.selectors import own_texts

logger = logging.getLogger(__name__)

_TAGS = {
    "a", "b", "blockquote", "br", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the reader gets: subject, plain text, and a whole HTML document."""

    subject: str
    text: str
    html: str


def render(kind: NoticeKind, texts: Texts, letter: Letter) -> Rendered:
    """Fill in the texts. TextProblem when they cannot be used."""
    body_names, subject_names = kind.names(), kind.names(subject=True)
    with translation.override(letter.language), timezone.override(_zone(letter.timezone)):
        subject = render_line(texts.subject, subject_names, letter.context)
        text = render_text(texts.body_text, body_names, letter.context)
        # What a text writes as HTML is cleaned too: no script, no form, no picture, no address but web and mail.
        body = nh3.clean(
            render_html(texts.body_html, body_names, letter.context),
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes=_SCHEMES,
            link_rel=None,
        )
        frame = {"language": letter.language, "subject": subject, "body": mark_safe(body)}  # noqa: S308 - cleaned above
        html = get_template("notices/frame.html").render(frame)
    # A slice is a plain string: the document is data for a mail, not markup for the page that shows it.
    return Rendered(subject, text, html[:])


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def render_for_sending(kind: NoticeKind, letter: Letter) -> Rendered:
    """The library's own text; the shipped one where that has become unusable, so that the reader is told anyway."""
    own = own_texts(library_id=letter.library_id, kind=kind.code, language=letter.language)
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
