"""Several reminders of one reader that are due at once become one letter; each stays a row with an end of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from illservice.core.bundles import leave_out
from illservice.core.models import OutboxRow
from illservice.core.outbox import Superseded
from illservice.notices.kinds import Audience, Group, Letter, MergeField, NoticeKind
from illservice.notices.services import sharing

FIELDS = (
    MergeField("patron_name", gettext_lazy("name of the patron"), "Alex Example"),
    MergeField("how_many", gettext_lazy("how many reminders there are"), "2", in_subject=True),
    MergeField(
        "items",
        gettext_lazy("one line for each: what, its number, its date, and the link"),
        "Due soon: “A Treatise on Examples”, B0012348, March 16, 2026\n"
        "https://ill.example.org/my/requests/B0012348",
    ),
    MergeField("first_due", gettext_lazy("the earliest date"), date(2026, 3, 16), in_subject=True),
    MergeField("library_name", gettext_lazy("name of the library"), "Example Library", in_subject=True),
    MergeField("library_email", gettext_lazy("e-mail address of the desk"), "desk@example.org"),
    MergeField("library_phone", gettext_lazy("telephone of the desk"), "+1 555 0100"),
)
_PROXY_FIELDS = (
    MergeField("proxy_name", gettext_lazy("name of the person whom the patron named"), "Kim Example"),
    *FIELDS,
)


def _never_alone(_payload: Mapping[str, Any], _at: datetime) -> Letter:
    raise Superseded(gettext_noop("a bundle is made of other notices"))


BUNDLE = NoticeKind(
    code="reminders",
    label=gettext_lazy("Several reminders in one"),
    audience=Audience.PATRON,
    fields=FIELDS,
    build=_never_alone,
    preview=lambda _library_id, _number, _at: None,
    group=Group.REMINDERS,
)

PROXY_BUNDLE = NoticeKind(
    code="proxy_reminders",
    label=gettext_lazy("Several reminders for a proxy"),
    audience=Audience.PROXY,
    fields=_PROXY_FIELDS,
    build=_never_alone,
    preview=lambda _library_id, _number, _at: None,
    group=Group.REMINDERS,
)

Part = tuple[OutboxRow, NoticeKind, Letter]


def build(
    row: OutboxRow,
    at: datetime,
    kind_of_row: Callable[[OutboxRow], NoticeKind],
    *,
    titles: Callable[[str], bool],
) -> tuple[NoticeKind, Letter]:
    """The letter about a claimed row and all that leaves with it; what is no longer true is left out. `titles`: whether
    what leaves by a channel names them.

    Superseded when nothing of it is true any more. After this, `row.bundle` names these rows for ever.
    """
    sharing.take_along([row], at)
    parts: list[Part] = []
    untrue: list[tuple[OutboxRow, str]] = []
    for each in (row, *row.along):
        kind = kind_of_row(each)
        try:
            parts.append((each, kind, kind.build(each.payload, at)))
        except Superseded as reason:
            untrue.append((each, str(reason)))
    for each, words in untrue:
        if parts or each is not row:
            leave_out(each, at=at, reason=words)
    if not parts:
        raise Superseded(untrue[0][1])
    if len(parts) == 1:
        return parts[0][1], parts[0][2]
    kind = PROXY_BUNDLE if parts[0][1].audience == Audience.PROXY else BUNDLE
    return kind, _letter(kind, parts, titles=titles(parts[0][2].recipient.channel))


def _letter(bundle: NoticeKind, parts: Sequence[Part], *, titles: bool) -> Letter:
    """One letter in the words of its first, with a line for each."""
    first = parts[0][2]
    with translation.override(first.language):
        items = "\n\n".join(_line(kind, letter, titles=titles) for _row, kind, letter in parts)
    dates = [day for _row, _kind, letter in parts if (day := _by(letter)) is not None]
    context = {name: first.context[name] for name in bundle.names() if name in first.context}
    stops = (letter.stop_url for _row, _kind, letter in parts if letter.stop_url)
    return replace(
        first,
        number="",
        context=context | {"how_many": str(len(parts)), "items": items, "first_due": min(dates, default="")},
        due=tuple(due for _row, _kind, letter in parts for due in letter.due),
        stop_url=next(stops, ""),
    )


def _by(letter: Letter) -> date | None:
    """By when something is to be done: fetched, while it waits on the shelf, else brought back."""
    for name in ("pickup_until", "due"):
        if isinstance(day := letter.context.get(name), date):
            return day
    return None


def _line(kind: NoticeKind, letter: Letter, *, titles: bool) -> str:
    context = letter.context
    title, day = context.get("title"), _by(letter)
    words = [_("“%(title)s”") % {"title": title}] if title and titles else []
    words.append(letter.number)
    if day is not None:
        words.append(formats.date_format(day))
    words += [str(context[name]) for name in ("pickup_place", "shelf_code") if context.get(name)]
    line = f"{context.get('what') or kind.label}: {', '.join(words)}"
    return f"{line}\n{context['request_url']}" if context.get("request_url") else line
