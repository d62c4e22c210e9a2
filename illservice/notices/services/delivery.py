"""The outbox's side: a row becomes a notice. Runs outside any transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from illservice.accounts.models import User
from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow
from illservice.core.outbox import NotNow, PermanentFailure
from illservice.directory.models import Library
from illservice.notices.channels import Posting, Rendered, channel_of, meanwhile
from illservice.notices.kinds import Audience, Group, Letter, NoticeKind, Recipient, Texts, kind_of
from illservice.notices.kinds.sandbox import TextProblem
from illservice.notices.services import ahead, bundles, sharing
from illservice.notices.services.calendar import calendar_of
from illservice.notices.services.rendering import example_letter, preview, render_for_sending

UNKNOWN_KIND = gettext_noop("nobody knows this kind of notice")
BROKEN_TEXT = gettext_noop("the text of this notice cannot be used")
NO_ADDRESS_OF_YOURS = gettext_noop("your account has no e-mail address")
WAITS = gettext_noop("reminders wait for an open hour of the library")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter with its words, to be given to its channel."""

    letter: Letter
    rendered: Rendered
    posting: Posting


def deliver_notice(row: OutboxRow, at: datetime) -> str:
    """Send what a row says, if it is still true. Returns the Message-ID, the same for every attempt of a row.

    1. A reminder outside the library's hours waits, if it is true at all. 2. It takes along its reader's others.

    3. The facts are read and checked. 4. They get their words. 5. The reader's channel carries them; while it waits for
    an answer the next letter of the batch is made ready (`ahead`).
    """
    make = partial(_ready, at=at)
    ready = ahead.made_or(row, make)
    with meanwhile(partial(ahead.make_next, row, make)):
        return channel_of(ready.letter.recipient.channel).deliver(ready.letter, ready.rendered, ready.posting)


def _ready(row: OutboxRow, at: datetime) -> _Ready:
    kind = _kind(row)
    rules = sharing.rules_of(row.library or 0)
    if kind.group == Group.REMINDERS and row.library:
        until = sharing.open_hour(row.library, at)
        if until > at:
            kind.build(row.payload, at)
            raise NotNow(until, WAITS)
    key = row.key
    if row.bundle and rules.bundle:
        kind, letter = bundles.build(row, at, _kind, titles=rules.names_title)
        key = f"bundle:{row.bundle}"
    else:
        letter = kind.build(row.payload, at)
    return _worded(kind, letter, Posting(key=key, kind=kind.code, at=at, rules=rules))


def _kind(row: OutboxRow) -> NoticeKind:
    try:
        return kind_of(str(row.payload.get("notice", "")))
    except NotFound:
        raise PermanentFailure(UNKNOWN_KIND) from None


def _worded(kind: NoticeKind, letter: Letter, posting: Posting) -> _Ready:
    if not letter.recipient.address:
        raise PermanentFailure(letter.recipient.problem)
    to_reader = kind.audience in {Audience.PATRON, Audience.PROXY}
    if to_reader and not posting.rules.names_title(letter.recipient.channel):
        letter = without_title(letter)
    try:
        rendered = render_for_sending(kind, letter)
    except TextProblem:
        raise PermanentFailure(BROKEN_TEXT) from None
    if letter.due:
        posting = replace(posting, calendar=calendar_of(letter, posting.rules, posting.at))
    return _Ready(letter, rendered, posting)


def without_title(letter: Letter) -> Letter:
    """For a library that names no titles in what it sends."""
    hidden = {name: "" for name in ("title", "author") if name in letter.context}
    return replace(letter, context={**letter.context, **hidden})


def deliver_test(row: OutboxRow, at: datetime) -> str:
    """Send a text that is being written to the one who writes it, filled in from a real request."""
    payload = row.payload
    kind = kind_of(str(payload["notice"]))
    library = Library.objects.get(pk=row.library or 0)
    language, number = str(payload["language"]), str(payload["number"])
    address = User.objects.filter(pk=int(payload["user"])).values_list("email", flat=True).first()
    if not address:
        raise PermanentFailure(NO_ADDRESS_OF_YOURS)
    texts = Texts(*(str(payload[part]) for part in ("subject", "body_text", "body_html")))
    try:
        rendered = preview(kind, texts, library=library, language=language, number=number, at=at)
    except (TextProblem, NotFound):
        raise PermanentFailure(BROKEN_TEXT) from None
    with override(language):
        subject = _("[Test] %(subject)s") % {"subject": rendered.subject}
    letter = replace(example_letter(kind, library), recipient=Recipient(address))
    posting = Posting(key=row.key, kind=kind.code, at=at, rules=sharing.rules_of(library.pk))
    return channel_of("mail").deliver(letter, Rendered(subject, rendered.text, rendered.html), posting)
