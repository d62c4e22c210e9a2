"""Which texts are in force, and what became of the mails."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.statements import Prepared, number, text
from illservice.notices.kinds import Audience, MergeField, NoticeKind, Texts, all_kinds, kind_of
from illservice.notices.kinds.sandbox import TextProblem, fields_of
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.models import NoticeRules, NoticeText

NOTICE = "notice"
NOTICE_TEST = "notice_test"
GATEWAY_TEST = "gateway_test"
PAGE_SIZE = 50
_PARTS = ("subject", "body_text", "body_html")
_WITH_CODE = re.compile(r"^(?P<words>.*?)(?P<code> \(\d{3}\))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextInForce:
    """The text that a library sends, and the version that an editor must name to change it (0: never changed)."""

    texts: Texts
    version: int = 0
    changed_here: bool = False
    updated_at: datetime | None = None
    updated_by: str = ""


def text_in_force(*, library_id: int, kind: str, language: str) -> TextInForce:
    """The library's own text if it has one in use, else the shipped one."""
    shipped = shipped_texts(kind, language)
    own = (
        NoticeText.objects.select_related("updated_by")
        .filter(library_id=library_id, kind=kind, language=language)
        .first()
    )
    if own is None:
        return TextInForce(shipped)
    texts = Texts(own.subject, own.body_text, own.body_html) if own.in_use else shipped
    return TextInForce(texts, own.version, own.in_use, own.updated_at, str(own.updated_by or ""))


def own_texts(*, library_id: int, kind: str, language: str) -> Texts | None:
    """The library's own text in use, for sending."""
    values = _OWN_TEXT.first(library=library_id, kind=kind, language=language)
    return Texts(*values) if values else None


_OWN_TEXT = Prepared(
    lambda: NoticeText.objects.filter(
        library_id=number("library"), kind=text("kind"), language=text("language"), in_use=True
    ).values_list("subject", "body_text", "body_html")
)


def rules_of(library_id: int) -> NoticeRules:
    """A library's rules; the defaults, unsaved and with version 0, where it has made none."""
    found = _RULES.first(library=library_id)
    return found or NoticeRules(library_id=library_id, version=0)


_RULES = Prepared(lambda: NoticeRules.objects.filter(library_id=number("library")))


def left_out(kind: NoticeKind, texts: Texts) -> list[MergeField]:
    """The fields that the law wants said and that the text or the HTML does not name."""
    try:
        named = fields_of(texts, kind.names()) if kind.by_law else frozenset()
    except TextProblem:
        # Nothing of it can be sent, and its author is told why.
        return []
    return [each for each in kind.fields if each.name in kind.by_law - named]


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One cell of the overview. `incomplete`: the library's own text leaves out what the law wants said."""

    code: str
    name: str
    changed_here: bool
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One line of the overview."""

    kind: NoticeKind
    languages: tuple[LanguageChoice, ...]


def overview(*, library_id: int) -> list[KindChoice]:
    """Every kind with its languages, saying which texts the library changed."""
    own = NoticeText.objects.filter(library_id=library_id, in_use=True)
    changed = set(own.values_list("kind", "language"))
    bound = {kind.code: kind for kind in all_kinds() if kind.by_law}
    incomplete = {
        (code, language)
        for code, language, *parts in own.filter(kind__in=bound).values_list("kind", "language", *_PARTS)
        if left_out(bound[code], Texts(*parts))
    }
    return [
        KindChoice(
            kind,
            tuple(
                LanguageChoice(
                    code,
                    gettext(str(name)),
                    (kind.code, code) in changed,
                    (kind.code, code) in incomplete,
                )
                for code, name in settings.LANGUAGES
            ),
        )
        for kind in all_kinds()
    ]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as staff see it. `key` names it in addresses and forms; `words` say why it did not leave, or not yet;
    `at` when it left, ended, or leaves at the earliest; `with_others`: how many left in the same mail."""

    key: str
    number: str
    kind: str
    label: Any
    audience: str
    state: str
    state_label: Any
    at: datetime
    attempts: int
    words: str
    channel: str = ""
    with_others: int = 0

    @property
    def is_lending(self) -> bool:
        """Whether it is about a request of the lending desk; their numbers begin with L."""
        return self.number.startswith("L")

    @property
    def audience_label(self) -> Any:
        """Who reads it, in words."""
        return Audience(self.audience).label if self.audience else ""

    @property
    def channel_label(self) -> Any:
        """By which channel it left; mail goes without saying."""
        return _("as a message") if self.channel not in {"", "mail"} else ""

    @property
    def failed(self) -> bool:
        """Whether somebody should look at it."""
        return self.state == OutboxState.FAILED

    @property
    def waits(self) -> bool:
        """Whether it will leave."""
        return self.state in {OutboxState.WAITING, OutboxState.LEASED}


def _channel(result: str) -> str:
    """By which channel a notice left: a mail leaves its Message-ID behind, any other channel its own code."""
    if not result:
        return ""
    return "mail" if result.startswith("<") else result.partition(" ")[0]


def _notice_row(row: OutboxRow, with_others: int = 0) -> NoticeRow:
    code = str(row.payload.get("notice", ""))
    try:
        kind = kind_of(code)
    except NotFound:
        label, audience = code, ""
    else:
        label, audience = kind.label, kind.audience.value
    return NoticeRow(
        key=row.key,
        number=row.subject,
        kind=code,
        label=label,
        audience=audience,
        state=row.state,
        state_label=OutboxState(row.state).label,
        at=row.finished_at or row.not_before,
        attempts=row.attempts,
        words=error_words(row.last_error) if row.state != OutboxState.DONE else "",
        channel=_channel(row.result),
        with_others=with_others,
    )


def error_words(last_error: str) -> str:
    """What a row says about its failure, in the reader's language; the mail server's code stays as it is."""
    found = _WITH_CODE.match(last_error)
    if not last_error or found is None:
        return ""
    return gettext(found["words"]) + (found["code"] or "")


def notices_of(number: str) -> list[NoticeRow]:
    """Every notice about a request, oldest first. The caller has checked that the reader may see the request."""
    rows = OutboxRow.objects.filter(subject=number, kind=NOTICE).order_by("id")
    found = list(rows)
    together = _together([row.bundle for row in found if row.bundle and row.state == OutboxState.DONE])
    return [_notice_row(row, together.get(row.bundle, 1) - 1) for row in found]


def _together(bundles: Collection[str]) -> dict[str, int]:
    """How many notices left in one mail, by the name of the bundle. One statement, and none without bundles."""
    if not bundles:
        return {}
    done = OutboxRow.objects.filter(bundle__in=bundles, state=OutboxState.DONE)
    return dict(done.values_list("bundle").annotate(Count("pk")).order_by())


@dataclass(frozen=True, slots=True)
class FailedPage:
    """One page of failed mails, newest first. `older` and `newer` are cursors, empty at the ends."""

    rows: list[NoticeRow]
    older: str
    newer: str


def failed_notices(
    *, library_id: int, before: str = "", after: str = "", size: int = PAGE_SIZE
) -> FailedPage:
    """Mails of a library that were given up. `before` and `after` are cursors of an earlier page; a broken one
    counts as none."""
    failed = OutboxRow.objects.filter(
        library=library_id, state=OutboxState.FAILED, kind__in=[NOTICE, NOTICE_TEST]
    )
    upper, lower = _cursor(before), _cursor(after)
    if lower is not None:
        rows = list(failed.filter(pk__gt=lower).order_by("id")[: size + 1])
        more_newer, more_older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        rows = list((failed if upper is None else failed.filter(pk__lt=upper)).order_by("-id")[: size + 1])
        more_newer, more_older = upper is not None, len(rows) > size
        rows = rows[:size]
    older = str(rows[-1].pk) if rows and more_older else ""
    newer = str(rows[0].pk) if rows and more_newer else ""
    return FailedPage([_notice_row(row) for row in rows], older, newer)


@dataclass(frozen=True, slots=True)
class GatewayTest:
    """A test of the gateway: when it was asked for, its state, and why it failed."""

    at: datetime
    state: str
    why: Any = ""


def last_gateway_test(library_id: int) -> GatewayTest | None:
    """The newest test of the library's gateway for messages."""
    row = OutboxRow.objects.filter(library=library_id, kind=GATEWAY_TEST).order_by("-id").first()
    return None if row is None else GatewayTest(row.created_at, row.state, error_words(row.last_error))


def failed_count(library_id: int) -> int:
    """How many mails and messages of a library were given up."""
    failed = OutboxRow.objects.filter(library=library_id, state=OutboxState.FAILED)
    return failed.exclude(kind=GATEWAY_TEST).count()


def _cursor(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def failed_row_id(*, library_id: int, key: str) -> int:
    """The mail with this key among those of the library; NotFound when it is another library's."""
    found = OutboxRow.objects.filter(library=library_id, key=key, kind__in=[NOTICE, NOTICE_TEST])
    row_id = found.values_list("pk", flat=True).first()
    if row_id is None:
        raise NotFound(mail=key)
    return row_id
