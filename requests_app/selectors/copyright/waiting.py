"""The copyright queue: what waits for a person, with the count as it is now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from illservice.core.actors import Actor
from illservice.core.paging import ASC, DESC, Order
from illservice.directory.models import Library
from requests_app.copyright import Settings
from requests_app.copyright.facts import YearBasis
from requests_app.models import BorrowingHold, BorrowingMark, BorrowingRequest, CopyrightRecord
from requests_app.selectors.copyright.counted import Counting, counting, total
from requests_app.selectors.lists import HEAVY
from requests_app.selectors.sight import visible_to_staff
from requests_app.selectors.titles import requesting_entity
from requests_app.workflow.copyright import record_of
from requests_app.workflow.states import IN_REVIEW, HoldKind, MarkKind

ORDER: Order = (("rush", DESC), ("act_by", ASC), ("id", ASC))
COUNTED = frozenset({"D8", "D9", "D11", "D12", "D13"})
"""Rules beside whose answer the count says something."""
LATE_SHOWN = 50
WITHIN = frozenset({"D8", "D11"})
"""Rules whose sentence is no longer true when the last place is taken."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of the queue. `count` of `limit` copies count now; None where nothing is counted."""

    request: BorrowingRequest
    record: CopyrightRecord | None
    count: int | None = None
    limit: int | None = None
    made_by: list[Counting] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        """Whether it would be within the limit now."""
        if self.count is None or self.limit is None or self.record is None:
            return True
        return self.count + self.record.copies <= self.limit

    @property
    def waits(self) -> bool:
        """Whether it waits for a year that has not come: until then nothing but the present one is counted."""
        record = self.record
        return record is not None and record.wait_until is not None and record.asked_on < record.wait_until

    @property
    def is_over(self) -> bool:
        """Whether the limit is in the way now, whatever the rules said when it came in."""
        return self.waits or not self.has_room

    @property
    def is_late(self) -> bool:
        """Whether the copy came, or comes, before anybody decided: nothing is held back any more."""
        return self.request.state != IN_REVIEW

    @property
    def by_hand(self) -> bool:
        """Whether somebody holds it back against what was decided, or before anything was."""
        return not self.is_late and (self.record is None or self.record.is_decided)

    @property
    def sentence(self) -> str:
        """Why it waits, in the reader's language, with the count as it is now."""
        if self.waits:
            return gettext("On 1 January it is looked at again and counts in the new year.")
        if not self.has_room and self.record is not None and self.record.rule in WITHIN:
            words = gettext("%(count)s of %(limit)s copies count this year already. Choose another way out.")
            return words % {"count": self.count, "limit": self.limit}
        return sentence_of(self.record, self.count)


def sentence_of(record: CopyrightRecord | None, count: int | None = None) -> str:
    """The rule's words in the reader's language."""
    if record is None or not record.words:
        return ""
    now = record.count if count is None else count
    details: dict[str, Any] = {
        **_translated(record.details),
        "count": now,
        "number": (now or 0) + record.copies,
        "limit": record.limit,
    }
    try:
        return gettext(record.words) % details
    except KeyError:
        # What stood in it was erased with the title, or was not fetched.
        return ""


def _translated(details: dict[str, Any]) -> dict[str, Any]:
    return {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in details.items()
    }


def waiting_for_copyright(library: Library, actor: Actor) -> QuerySet[BorrowingRequest]:
    """The requests that copyright keeps back, with what a line shows; also those that were held by hand."""
    held = BorrowingHold.objects.filter(kind=HoldKind.COPYRIGHT, cleared_at__isnull=True)
    found = visible_to_staff(library, actor).filter(state=IN_REVIEW, pk__in=held.values("request_id"))
    return _with_line(found)


def copies_not_cleared(library: Library, actor: Actor) -> list[BorrowingRequest]:
    """The copies that came, or come, although nobody had decided on one (a loan was asked for), oldest first; the first
    of them, all stand under what needs attention.
    """
    marks = BorrowingMark.objects.filter(kind=MarkKind.COPYRIGHT, cleared_at__isnull=True)
    found = visible_to_staff(library, actor).filter(pk__in=marks.values("request_id"))
    return list(_with_line(found.exclude(state=IN_REVIEW)).order_by("pk")[:LATE_SHOWN])


def _with_line(found: QuerySet[BorrowingRequest]) -> QuerySet[BorrowingRequest]:
    return found.defer(*HEAVY).prefetch_related(
        "copyrights",
        Prefetch("holds", BorrowingHold.objects.filter(cleared_at__isnull=True).order_by("id")),
    )


def lines_of(
    library: Library, found: Sequence[BorrowingRequest], *, settings: Settings, today: date
) -> list[Line]:
    """The lines of one page. What counts is read in one statement for each year that the page speaks of."""
    wanted = {each.pk: _asks(record_of(each), settings, today) for each in found}
    entity = requesting_entity(library)
    known: dict[int, list[Counting]] = {}
    for year in sorted({on.year for on, keys in wanted.values() if keys}):
        keys = {key for on, names in wanted.values() if on.year == year for key in names}
        known[year] = counting(entity, keys, on=_day_in(year, today), settings=settings)
    return [_line(each, *wanted[each.pk], known, settings) for each in found]


def _day_in(year: int, today: date) -> date:
    return today if today.year == year else date(year, 1, 1)


def _asks(record: CopyrightRecord | None, settings: Settings, today: date) -> tuple[date, Sequence[str]]:
    """The day in whose year a line is counted, and by which names; no names where nothing is counted."""
    if record is None or record.rule not in COUNTED or not settings.contu_enabled:
        return today, ()
    by_fill = settings.contu_count_year_basis == YearBasis.FILL_DATE
    return (today if by_fill else record.wait_until or record.asked_on), record.keys


def _line(
    request: BorrowingRequest,
    on: date,
    keys: Iterable[str],
    known: dict[int, list[Counting]],
    settings: Settings,
) -> Line:
    record, names = record_of(request), list(keys)
    if not names:
        return Line(request, record)
    others = (each for each in known.get(on.year, []) if each.number != request.number)
    made_by = [each for each in others if each.is_of(names)]
    return Line(request, record, total(made_by, names), settings.contu_limit, made_by)
