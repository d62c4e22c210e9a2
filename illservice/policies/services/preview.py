"""Whom a change of a policy would hit, on the library's own requests, before it is saved.

Both sides register who lists their requests; what is compared is the same for both: the due date, the fee, the day of
a block, the days of notices, as they follow from the terms that decide before and after the change.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from illservice.directory.calendars import OpenDays
from illservice.directory.models import Library, Partnership
from illservice.directory.selectors import open_days
from illservice.policies.calendars import Given, ladder, moved_due, notices, reminders
from illservice.policies.rules import Asked, Candidate, decide
from illservice.policies.selectors import terms_of
from illservice.policies.terms import Terms, default_terms

SHOWN = 20
MOST_PAST = 2000
"""How many closed requests are looked at, the newest first; the page says so when there are more."""
KINDS = ("due", "fee", "block", "notice")


@dataclass(frozen=True, slots=True)
class Line:
    """One request: what a policy decides by, and how it stands. `key` is its row's, `version_id` what decided it.

    `due` is the reader's date as it stands, None where it means nothing any more; `stays` says that no policy moves it.
    `lender_due` is the lender's; `began` the day on which it was sent to us or by us, `renewals` how often we gave more
    time. `fee_stands`: what it costs was charged or named already, and stays.
    """

    key: int
    number: str
    is_open: bool
    partner_id: int | None = None
    category: str = ""
    material: str = ""
    kind: str = ""
    version_id: int | None = None
    due: date | None = None
    began: date | None = None
    lender_due: date | None = None
    renewals: int = 0
    fee_stands: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """Lists the requests of one side: `lines(library, open, limit)`, newest first. `name` is its page's address."""

    lines: Callable[[Library, bool, int], Iterable[Line]]
    name: str


_providers: dict[str, Provider] = {}


def register_side(side: str, provider: Provider) -> None:
    """Make the requests of a side known; its app calls this when it is ready."""
    _providers[side] = provider


@dataclass(frozen=True, slots=True)
class Result:
    """What follows from terms for one request."""

    due: date | None
    fee: Decimal | None
    block: date | None
    notice: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that would be treated otherwise, in which ways, and how before and after."""

    line: Line
    kinds: tuple[str, ...]
    before: Result
    after: Result


@dataclass(slots=True)
class Preview:
    """How many would change, of how many, in which way; and the first of them by name."""

    looked_at: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    first: list[Hit] = field(default_factory=list)
    more_past: bool = False
    decided: int = 0
    """Open requests that the version would decide, or leave to another policy, if it were applied to them, too."""


def preview(
    library: Library, side: str, known: Sequence[Candidate], change: Candidate, *, on: date
) -> Preview:
    """Compare how every open request and the newest closed ones stand with what they would have if a change decided
    them, as of a day.

    Statements: a few, and one for each old version that decided a request. Time: linear in the requests looked at.
    """
    days, change = open_days(library, side), proposed(change, known)
    old, new = (winner_by(library, set_, on) for set_ in (known, [*known, change]))
    seen = Preview()
    provider = _providers[side]
    for is_open in (True, False):
        limit = 0 if is_open else MOST_PAST + 1
        for count, line in enumerate(provider.lines(library, is_open, limit), start=1):
            if not is_open and count > MOST_PAST:
                seen.more_past = True
                break
            seen.looked_at["open" if is_open else "past"] += 1
            then = new(line)
            if then is not change and not _ends(change, old(line)):
                continue
            seen.decided += is_open
            after = then.terms if then else default_terms(side)
            _compare(seen, line, *results(line, terms_of(line.version_id, side), after, side, days, on))
    return seen


def _ends(change: Candidate, now: Candidate | None) -> bool:
    """Whether the change ends what decides now."""
    return change.stops and now is not None and now.policy_id == change.policy_id


def proposed(policy: Candidate, known: Iterable[Candidate]) -> Candidate:
    """The version as it would be numbered if it were saved."""
    last = max((each.number for each in known if each.policy_id == policy.policy_id), default=0)
    return replace(policy, number=last + 1)


def winner_by(
    library: Library, candidates: Sequence[Candidate], on: date
) -> Callable[[Line], Candidate | None]:
    """Says for a line which version decides it on a day (None: the service's defaults). One statement."""
    return partial(_winner, _agreements(library), candidates, {}, on)


def open_lines(library: Library, side: str) -> Iterable[Line]:
    """Every open request of a side."""
    return _providers[side].lines(library, True, 0)


def _agreements(library: Library) -> dict[int, int]:
    found = Partnership.objects.filter(library=library, agreement__isnull=False)
    return {
        partner: agreement
        for partner, agreement in found.values_list("partner_id", "agreement_id")
        if agreement
    }


def _winner(
    agreements: Mapping[int, int],
    candidates: Sequence[Candidate],
    known: dict[Any, Candidate | None],
    on: date,
    line: Line,
) -> Candidate | None:
    """Each combination is decided once."""
    key = (line.partner_id, line.category, line.material, line.kind)
    if key not in known:
        agreement_id = agreements.get(line.partner_id) if line.partner_id is not None else None
        known[key] = decide(Asked(on, line.partner_id, agreement_id, *key[1:]), candidates).winner
    return known[key]


def results(line: Line, old: Terms, new: Terms, side: str, days: OpenDays, on: date) -> tuple[Result, Result]:
    """What a request has by the terms that decided it, and what would follow from others on a day."""
    moved = line.due
    if line.due is not None and not line.stays:
        given = Given(line.due, line.lender_due, line.began, line.renewals)
        moved = moved_due(given, old, new, side, days, on if line.is_open else None)
    fees = (None, None) if line.is_open and line.fee_stands else (old.fee, new.fee)
    if line.due is None or moved is None:
        return Result(None, fees[0], None, ()), Result(None, fees[1], None, ())
    steps = Steps(old, side, line.due), Steps(new, side, moved)
    told = [each.days(on, steps[0].all_days) if line.is_open else each.all_told for each in steps]
    blocks = [each.block for each in steps]
    if line.is_open:
        blocked = any(day <= on for day in steps[0].blocks)
        blocks = [None if blocked else each.block_after(on, steps[0].all_days) for each in steps]
    return Result(line.due, fees[0], blocks[0], told[0]), Result(moved, fees[1], blocks[1], told[1])


class Steps:
    """What is told and done before and after a due date, by some terms. `taken` are days of which each step was taken
    when it came."""

    def __init__(self, terms: Terms, side: str, due: date) -> None:
        self.due, self.before, self.rungs = due, reminders(terms, due), ladder(terms, side, due)
        self.all_days = {*self.before, *(rung.on for rung in self.rungs)}
        self.all_told = tuple(notices(terms, side, due))
        self.blocks = [rung.on for rung in self.rungs if rung.step.block]
        self.block = next(iter(self.blocks), None)

    def days(self, on: date, taken: Set[date]) -> tuple[date, ...]:
        """On which days something is still told. Of what has come and was not taken, the last step tells at once."""
        came = self.before if on <= self.due else tuple(rung.on for rung in self.rungs)
        last = max((day for day in came if day <= on), default=None)
        return tuple(day for day in self.all_told if day > on or (day == last and day not in taken))

    def block_after(self, on: date, taken: Set[date]) -> date | None:
        """The day of the block that is still to come, or comes at once."""
        return next((day for day in self.blocks if day > on or day not in taken), None)


def _compare(seen: Preview, line: Line, before: Result, after: Result) -> None:
    when = "open" if line.is_open else "past"
    kinds = tuple(kind for kind in KINDS if getattr(before, kind) != getattr(after, kind))
    if not kinds:
        return
    seen.changed[when] += 1
    seen.kinds.update(kinds)
    if len(seen.first) < SHOWN:
        seen.first.append(Hit(line, kinds, before, after))


def page_of(side: str) -> str:
    """The name of the page of a request of this side."""
    return _providers[side].name
