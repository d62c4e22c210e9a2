"""Dates that follow from the terms of a policy: pure rules over terms and a calendar that is passed in.

The one place where days become dates; services, timers, the preview and `explain_policy` all ask here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from illservice.directory.calendars import OpenDays, patron_due_date
from illservice.policies.terms import OverdueStep, Side, Terms


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the overdue ladder with its date. `ordinal` counts from 1."""

    ordinal: int
    step: OverdueStep
    on: date


def answer_by(terms: Terms, asked_on: date, days: OpenDays) -> date:
    """The last day for an answer: so many open days later, but never past the cap in calendar days."""
    return days.add_open_days_capped(asked_on, terms.answer_working_days, terms.answer_cap_days)


def granted_due(terms: Terms, shipped_on: date, days: OpenDays) -> date:
    """The date that we grant as lender: the loan period, rolled forward to an open day (design §3)."""
    return days.roll_forward(shipped_on + timedelta(days=terms.loan_days))


def shelf_until(terms: Terms, shelved_on: date, days: OpenDays) -> date:
    """The last day on the hold shelf: so many days later, on to a day on which it can be fetched."""
    return days.roll_forward(shelved_on + timedelta(days=terms.shelf_days))


def renewed_due(terms: Terms, due: date | None, today: date, days: OpenDays) -> date:
    """The date after a renewal that we grant: the period from today, never before the old date."""
    granted = days.roll_forward(today + timedelta(days=terms.renewal_days))
    return granted if due is None else max(granted, due)


@dataclass(frozen=True, slots=True)
class Given:
    """A date of the reader as it stands, and what made it: the lender's (borrowing), the day on which the item was sent
    to us or by us, how often we gave more time (lending)."""

    due: date
    lender_due: date | None = None
    began: date | None = None
    renewals: int = 0


def moved_due(given: Given, old: Terms, new: Terms, side: str, days: OpenDays, today: date | None) -> date:
    """The date by other terms than those that made it; one that was named by hand stays where these are the same.

    `today` None: what is over, as if the new terms had made it. Else it is a promise: what is late already stays late,
    and what we granted as lender only becomes later.
    """
    if side == Side.LENDING:
        return _granted_anew(given, old, new, days, today)
    if given.lender_due is not None:
        return _patrons_anew(given, given.lender_due, old, new, days, today)
    longer = timedelta(days=new.loan_days - old.loan_days)
    return days.roll_forward(given.due + longer) if longer else given.due


def _patrons_anew(
    given: Given, lender_due: date, old: Terms, new: Terms, days: OpenDays, today: date | None
) -> date:
    buffer = new.return_buffer_days
    if today is None:
        today = given.began or given.due
    late = given.due < today and lender_due - timedelta(days=buffer) < today
    if late or buffer == old.return_buffer_days:
        return given.due
    return patron_due_date(lender_due, buffer_days=buffer, days=days, today=today) or given.due


def _granted_anew(given: Given, old: Terms, new: Terms, days: OpenDays, today: date | None) -> date:
    """No longer than the new terms give, where the old ones had left more."""
    longer = new.loan_days - old.loan_days + given.renewals * (new.renewal_days - old.renewal_days)
    if not longer or (longer < 0 and today is not None):
        return given.due
    moved = days.roll_forward(given.due + timedelta(days=longer))
    if longer > 0 and not given.renewals and given.began is not None:
        moved = max(given.due, min(moved, granted_due(new, given.began, days)))
    return moved


def reminders(terms: Terms, due: date) -> tuple[date, ...]:
    """The days on which the reader is reminded before the date, in order."""
    return tuple(sorted(due - timedelta(days=before) for before in terms.due_soon_days))


def ladder(terms: Terms, side: str, due: date) -> tuple[Rung, ...]:
    """Every step after the due date, in order. A lender also waits the days that a parcel may be on its way home."""
    late = _late_after(terms, side)
    steps = enumerate(sorted(terms.overdue), start=1)
    return tuple(Rung(ordinal, step, due + timedelta(days=late + step.day)) for ordinal, step in steps)


def lost_on(terms: Terms, side: str, due: date, spared: date | None = None) -> date | None:
    """The day on which it counts as lost, None where no rule says so; not before `spared`, for what was taken over from
    another system when it was late already."""
    if terms.lost_days is None:
        return None
    day = due + timedelta(days=_late_after(terms, side) + terms.lost_days)
    return day if spared is None else max(day, spared)


IMPORT_GRACE_DAYS = 30
"""So many days nothing that was taken over from another system counts as lost: the desk looks for it first."""


def spared_until(terms: Terms, side: str, due: date, today: date) -> date | None:
    """For what is taken over today: the first day on which it may count as lost, where that would be sooner."""
    day, spared = lost_on(terms, side, due), today + timedelta(days=IMPORT_GRACE_DAYS)
    return spared if day is not None and day < spared else None


def _late_after(terms: Terms, side: str) -> int:
    return terms.grace_days + (terms.shipping_days_back if side == Side.LENDING else 0)


def notices(terms: Terms, side: str, due: date) -> Iterator[date]:
    """Every day on which something about the due date is told, before it and after it."""
    yield from reminders(terms, due)
    yield from (rung.on for rung in ladder(terms, side, due) if rung.step.notice)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where a reader stands on the ladder: this step (`ordinal` 0: none yet), what holds already, and what is next."""

    ordinal: int
    of: int
    blocked: bool
    following: Rung | None
    lost_on: date | None


def ahead(terms: Terms, side: str, due: date, ordinal: int, spared: date | None = None) -> Ahead:
    """What a notice about a step says of the whole ladder."""
    rungs = ladder(terms, side, due)
    climbed = [rung for rung in rungs if rung.ordinal <= ordinal]
    following = next((rung for rung in rungs if rung.ordinal > ordinal), None)
    blocked = any(rung.step.block for rung in climbed)
    return Ahead(ordinal, len(rungs), blocked, following, lost_on(terms, side, due, spared))


def ahead_values(found: Ahead | None) -> dict[str, str | date | bool]:
    """The same as merge fields of a notice: empty texts stand for "none"; None: there is no date."""
    found = found or Ahead(0, 0, blocked=False, following=None, lost_on=None)
    # One notice and nothing after it: "1 of 1" would tell nobody anything.
    tells = found.of > 1 or found.blocked or found.lost_on is not None
    step = found.following.step if found.following else None
    return {
        "step": str(found.ordinal) if found.ordinal and found.of > 1 else "",
        "steps": str(found.of) if tells else "",
        "blocked": found.blocked,
        "next_on": found.following.on if found.following else "",
        "next_blocks": bool(step and step.block and not found.blocked),
        "next_bills": bool(step and step.bill),
        "lost_on": found.lost_on or "",
    }
