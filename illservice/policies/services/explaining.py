"""Why a policy decides, why the others do not, and every date that follows: for pages and `explain_policy`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.directory.calendars import OpenDays, end_of_day, patron_due_date
from illservice.directory.models import Library
from illservice.directory.selectors import open_days
from illservice.policies.calendars import (
    answer_by,
    granted_due,
    ladder,
    lost_on,
    reminders,
    renewed_due,
    shelf_until,
)
from illservice.policies.rules import Asked, Candidate, Why, decide
from illservice.policies.selectors import agreement_with, candidate_of, candidates_of
from illservice.policies.terms import OverdueStep, Side, Terms, default_terms

WHY: dict[str, Any] = {
    Why.NOT_YET: _("not in force yet"),
    Why.OVER: _("not in force any more"),
    Why.REPLACED: _("replaced by a newer version"),
    Why.STOPPED: _("the policy was ended"),
    Why.OTHER_PARTNER: _("for another partner"),
    Why.OTHER_AGREEMENT: _("for another agreement"),
    Why.OTHER_CATEGORY: _("for another patron category"),
    Why.OTHER_MATERIAL: _("for another material"),
    Why.OTHER_KIND: _("for the other of loan and copy"),
    Why.LESS_SPECIFIC: _("a narrower policy goes first"),
    "decided_before": _("the request was decided before, and keeps what it was promised"),
}
"""Why a version did not win, in words. `decided_before` is the one that would win today."""


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about. `kind` is loan or copy; empty fields are not known."""

    partner_id: int | None = None
    category: str = ""
    material: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """How a request stands: the version that decided it (None: the defaults) and its dates so far. `spared`: what was
    late as it was taken over from another system counts as lost on this day at the earliest."""

    version_id: int | None
    due: date | None = None
    lender_due: date | None = None
    need_by: date | None = None
    submitted_on: date | None = None
    spared: date | None = None


@dataclass(frozen=True, slots=True)
class Loser:
    """A version that did not win: a code of WHY, and the same in words."""

    candidate: Candidate
    why: str
    words: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the overdue ladder with its day."""

    ordinal: int
    of: int
    on: date
    does: OverdueStep


@dataclass(frozen=True, slots=True)
class Dates:
    """What follows from the terms when things happen on the day that is asked about.

    `due` is the date of the reader: as it stands on the request, else from `lender_due` (borrowing) or as we would
    grant it (lending). `lender_due` is the lender's date; where none is known it is taken as the policy's own period
    and `lender_due_assumed` says so. `own_due` is the date of what comes from our own shelves.
    """

    respond_by: datetime
    next_lender_by: datetime | None
    reply_by: datetime
    ship_by: date
    arrives_by: date
    lender_due: date | None
    lender_due_assumed: bool
    due: date
    own_due: date | None
    shelf_until: date | None
    better_copy_until: date
    home_by: date
    renewal_granted_until: date
    renewal_yes_by_silence_on: date | None
    renews_itself_on: date | None
    reminders: tuple[date, ...]
    overdue: tuple[Step, ...]
    blocked_on: date | None
    lost_on: date | None
    need_by: date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer. `winner` None: the service's defaults decide."""

    side: str
    on: date
    about: About
    winner: Candidate | None
    losers: tuple[Loser, ...]
    terms: Terms
    dates: Dates
    agreement_id: int | None = field(default=None)


def explain(
    library: Library, side: str, about: About, *, on: date, decided: Decided | None = None
) -> Explanation:
    """Which policy decides on a day, or decided a request, and what follows from it. Three statements at most."""
    candidates = candidates_of(library.pk, side)
    agreement_id = None if about.partner_id is None else agreement_with(library.pk, about.partner_id)
    asked = Asked(on, about.partner_id, agreement_id, about.category, about.material, about.kind)
    verdict = decide(asked, candidates)
    winner, losers = verdict.winner, [(each, str(why)) for each, why in verdict.losers]
    if decided is not None and decided.version_id != verdict.version_id:
        now, winner = winner, candidate_of(decided.version_id) if decided.version_id else None
        losers = [(each, why) for each, why in losers if each.version_id != decided.version_id]
        losers = [(now, "decided_before"), *losers] if now else losers
    terms = winner.terms if winner else default_terms(side)
    return Explanation(
        side,
        on,
        about,
        winner,
        tuple(Loser(each, why, WHY[why]) for each, why in losers),
        terms,
        _dates(terms, side, on, decided or Decided(None), open_days(library, side), library.timezone),
        agreement_id,
    )


def _dates(terms: Terms, side: str, on: date, known: Decided, days: OpenDays, zone: str) -> Dates:
    borrows = side == Side.BORROWING
    lender_due = known.lender_due or (on + timedelta(days=terms.loan_days) if borrows else None)
    due = known.due or _due(terms, on, lender_due if borrows else None, days)
    answer = end_of_day(answer_by(terms, on, days), zone)
    steps = tuple(_steps(terms, side, due))
    return Dates(
        respond_by=answer,
        next_lender_by=answer if borrows else None,
        reply_by=end_of_day(on + timedelta(days=terms.reply_days), zone),
        ship_by=on + timedelta(days=terms.ship_days),
        arrives_by=on + timedelta(days=terms.shipping_days_out),
        lender_due=lender_due,
        lender_due_assumed=borrows and known.lender_due is None,
        due=due,
        own_due=granted_due(terms, on, days) if borrows else None,
        shelf_until=shelf_until(terms, on, days) if borrows else None,
        better_copy_until=on + timedelta(days=terms.resend_days),
        home_by=on + timedelta(days=terms.unconfirmed_days),
        renewal_granted_until=_renewed(terms, on, due, lender_due, days),
        renewal_yes_by_silence_on=_later(on, terms.renewal_silence_days),
        renews_itself_on=_later(due, None if terms.auto_renew_days is None else -terms.auto_renew_days),
        reminders=reminders(terms, due),
        overdue=steps,
        blocked_on=next((step.on for step in steps if step.does.block), None),
        lost_on=lost_on(terms, side, due, known.spared),
        need_by=known.need_by or _later(known.submitted_on or on, terms.need_by_days),
    )


def _due(terms: Terms, on: date, lender_due: date | None, days: OpenDays) -> date:
    buffer = terms.return_buffer_days
    patrons = patron_due_date(lender_due, buffer_days=buffer, days=days, today=on)
    return patrons or granted_due(terms, on, days)


def _renewed(terms: Terms, on: date, due: date, lender_due: date | None, days: OpenDays) -> date:
    """Asked for on the last day: the period of what we lend; of what we borrow, the lender's date and it, less the
    buffer."""
    if lender_due is None:
        return renewed_due(terms, due, due, days)
    later = lender_due + timedelta(days=terms.renewal_days)
    return patron_due_date(later, buffer_days=terms.return_buffer_days, days=days, today=on) or later


def _later(day: date, count: int | None) -> date | None:
    return None if count is None else day + timedelta(days=count)


def _steps(terms: Terms, side: str, due: date) -> Iterable[Step]:
    rungs = ladder(terms, side, due)
    return (Step(rung.ordinal, len(rungs), rung.on, rung.step) for rung in rungs)
