"""The daily mail to staff: what waits, what is late, what failed. Counts alone, never a name or a title."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, override
from django.utils.translation import gettext_lazy as _

from illservice.core import outbox
from illservice.core.clock import local_date
from illservice.core.digest import Line, digest_of
from illservice.core.models import ClockRun, OutboxRow
from illservice.core.outbox import Parcel, Superseded
from illservice.core.timers import Tally, clocks
from illservice.directory.models import Branch, Library
from illservice.directory.selectors import open_days, tenants
from illservice.notices.kinds import Audience, Letter, MergeField, NoticeKind, Recipient
from illservice.notices.kinds.registry import Value, language_for
from illservice.notices.selectors import NOTICE, failed_count

KIND = "digest"
WHY = {
    "closed_day": gettext_lazy("the library is closed today"),
    "no_address": gettext_lazy("the desk has no e-mail address"),
}
NO_DESK_ADDRESS = gettext_noop("the desk has no e-mail address: add one to the library")

FIELDS = (
    MergeField(
        "lines", _("what waits, line by line"), "Borrowing\n– In review: 3\n– Arrived, to process: 2 (1 late)"
    ),
    MergeField("day", _("of which day"), date(2026, 3, 16), in_subject=True),
    MergeField("place", _("name of the library, or of the branch"), "Example Library", in_subject=True),
    MergeField("desk_url", _("link to the desk"), "https://ill.example.org/desk/example/"),
    MergeField("library_name", _("name of the library"), "Example Library", in_subject=True),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Who gets one: the desk of a library, or a branch with a mail address of its own."""

    library: Library
    branch: Branch | None
    day: date

    @property
    def key(self) -> str:
        """Once for each place and day, for ever."""
        whose = f"{self.library.pk}" if self.branch is None else f"{self.library.pk}:{self.branch.pk}"
        return f"digest:{whose}:{self.day}"


def send_digests(at: datetime) -> Tally:
    """Each open day, from the library's hour on, one mail to its desk and to each branch with an address. A day that
    was missed is not made up for. What there is to say is asked when the mail leaves."""
    tally = Tally()
    places: list[Place] = []
    for library in tenants().exclude(digest_hour__isnull=True).prefetch_related("branches"):
        tally.looked_at += 1
        local = at.astimezone(ZoneInfo(library.timezone))
        if local.hour >= (library.digest_hour or 0):
            places.extend(_places(library, local.date()))
    sent = OutboxRow.objects.filter(key__in=[place.key for place in places]).values_list("key", flat=True)
    known = set(sent)
    for place in places:
        if place.key not in known:
            _send(place, at, tally)
    return tally


def _places(library: Library, day: date) -> Iterator[Place]:
    yield Place(library, None, day)
    for branch in library.branches.all():
        if branch.is_active and branch.email:
            yield Place(library, branch, day)


def _send(place: Place, at: datetime, tally: Tally) -> None:
    if not open_days(place.library).is_open(place.day):
        tally.skip("closed_day")
    elif place.branch is None and not place.library.email:
        tally.skip("no_address")
    else:
        tally.due += 1
        branch_id = None if place.branch is None else place.branch.pk
        with transaction.atomic():
            # A runner beside this one meets the unique key: one row, one mail.
            outbox.enqueue(
                Parcel(
                    kind=NOTICE,
                    key=place.key,
                    stream=f"digest:{place.library.pk}:{branch_id or ''}",
                    payload={
                        "notice": KIND,
                        "library": place.library.pk,
                        "branch": branch_id,
                        "day": str(place.day),
                    },
                    library=place.library.pk,
                ),
                at=at,
            )
        tally.done += 1


def _build(payload: Mapping[str, Any], at: datetime) -> Letter:
    """The mail as the house stands now. Superseded when there is nothing to say, or when its day is over."""
    library = Library.objects.get(pk=payload["library"])
    branch = Branch.objects.filter(pk=payload["branch"] or 0, library=library).first()
    if payload["branch"] and (branch is None or not branch.email):
        raise Superseded(gettext_noop("the branch has no e-mail address any more"))
    if str(local_date(at, library.timezone)) != payload["day"]:
        raise Superseded(gettext_noop("its day is over"))
    letter = _letter(library, branch, date.fromisoformat(payload["day"]), at)
    if not letter.context["lines"]:
        raise Superseded(gettext_noop("there is nothing to say"))
    return letter


def _preview(library_id: int, number: str, at: datetime) -> Letter | None:
    library = Library.objects.filter(pk=library_id).first()
    if number or library is None:
        return None
    return _letter(library, None, local_date(at, library.timezone), at)


def _letter(library: Library, branch: Branch | None, day: date, at: datetime) -> Letter:
    language = language_for(library.language)
    address = library.email if branch is None else branch.email
    with override(language):
        context: dict[str, Value] = {
            "lines": _words(library, branch, at),
            "day": day,
            "place": library.name if branch is None else branch.name,
            "desk_url": f"{settings.ILL_BASE_URL}/desk/{library.slug}/",
            "library_name": library.name,
        }
    return Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number="",
        language=language,
        recipient=Recipient(address) if address else Recipient(problem=NO_DESK_ADDRESS),
        context=context,
    )


def _words(library: Library, branch: Branch | None, at: datetime) -> str:
    parts = []
    for title, lines in digest_of(library, None if branch is None else branch.pk, at):
        parts.append("\n".join([str(title), *(_line(line) for line in lines)]))
    return "\n\n".join(parts)


def _line(line: Line) -> str:
    late = ngettext("%(n)d late", "%(n)d late", line.late) % {"n": line.late}
    return f"– {line.label}: {line.count}" + (f" ({late})" if line.late else "")


def house_lines(library: Library, _branch_id: int | None, at: datetime) -> list[Line]:
    """What concerns the service itself: mails that failed, clocks that are late."""
    found = [
        Line(_("Messages that could not be sent"), failed_count(library.pk)),
        Line(_("Clocks that are late"), _late_clocks(at)),
    ]
    return [line for line in found if line.count]


def _late_clocks(at: datetime) -> int:
    """By the moment for which each ran, so that it is true of a day that is only played, too."""
    ran = dict(ClockRun.objects.values_list("name", "as_of"))
    return sum(
        1 for clock in clocks().values() if clock.name not in ran or ran[clock.name] < at - clock.within
    )


DIGEST = NoticeKind(
    code=KIND,
    label=_("Daily mail to staff"),
    audience=Audience.DESK,
    fields=FIELDS,
    build=_build,
    preview=_preview,
)
