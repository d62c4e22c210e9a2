"""Why a library's own statement may differ from ours, as far as its file shows."""

from dataclasses import replace
from datetime import date

from illservice.citations.copyright import Statement
from requests_app.copyright import CopyrightFacts, Decision, Outcome, Settings, Work
from requests_app.copyright.window import YEARS, is_recent
from requests_app.services.replay.reading import ReplayRow


def explain(
    row: ReplayRow, facts: CopyrightFacts, decision: Decision, settings: Settings, *, undecided: str
) -> str:
    """One sentence: the first explanation under which the library's statement follows from the row.

    `undecided` is why our rules leave it to staff, where they do.
    """
    if decision.outcome is Outcome.REVIEW:
        return f"Our rules leave it to staff, who made a statement. {undecided}"
    found = (explained(row, facts, settings) for explained in _EXPLANATIONS)
    return next(filter(None, found), "") or _nothing(row, facts)


def _by_window(facts: CopyrightFacts, settings: Settings, requested: date) -> Statement:
    recent = is_recent(facts.published, requested, settings.contu_window_mode)
    return Statement.CCL if recent is False else Statement.CCG


def _date_as_number(row: ReplayRow, facts: CopyrightFacts, settings: Settings) -> str:
    """A query that compares the cell as a number finds another year, or none, in what is not four digits."""
    text = row.citation.date
    if len(text) == 4 and text.isdigit():
        return ""
    number = int(text) if text.isdigit() else 0
    by_number = Statement.CCG if number > facts.requested.year - YEARS else Statement.CCL
    if by_number != row.stated:
        return ""
    read = f"{facts.published.first} to {facts.published.last}"
    return f"The date is written “{text}”, which we read as {read}; compared as a number it gives their statement."


def _cleared_later(row: ReplayRow, facts: CopyrightFacts, settings: Settings) -> str:
    """Staff's window moved with the calendar while the request waited; ours stays with the day of the request."""
    if row.settled is None or row.settled.year == facts.requested.year or facts.work is Work.OTHER:
        return ""
    if _by_window(facts, settings, row.settled) != row.stated:
        return ""
    return (
        f"Asked for on {facts.requested} and settled on {row.settled}: counted from the later day it gives their "
        "statement."
    )


def _window_of_journals(row: ReplayRow, facts: CopyrightFacts, settings: Settings) -> str:
    """CONTU 1(b) has no window; a library that uses the one of 1(a) for everything states otherwise."""
    if facts.work is not Work.OTHER or _by_window(facts, settings, facts.requested) != row.stated:
        return ""
    return (
        "No journal (no ISSN with volumes), so our statement does not depend on its age (CONTU 1(b)); by the window "
        "for journals it gives their statement."
    )


def _other_window(row: ReplayRow, facts: CopyrightFacts, settings: Settings) -> str:
    for mode in type(settings.contu_window_mode):
        other = replace(settings, contu_window_mode=mode)
        if facts.work is not Work.OTHER and _by_window(facts, other, facts.requested) == row.stated:
            return f"Between the windows: counted as {mode.value} it gives their statement."
    return ""


_EXPLANATIONS = (_date_as_number, _cleared_later, _window_of_journals, _other_window)


def _nothing(row: ReplayRow, facts: CopyrightFacts) -> str:
    if row.stated == Statement.CCL:
        return f"Recent ({facts.published.first} to {facts.published.last}); the library may subscribe to it (CONTU 2)."
    return f"Published {facts.published.first} to {facts.published.last}; the file shows no ground for their statement."
