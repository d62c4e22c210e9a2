"""Every row in the order in which it was asked for, decided by the rules as if it were asked now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from illservice.citations.copyright import Statement
from illservice.citations.normalise import normalise_title
from requests_app.copyright import CopyrightFacts, Decision, Settings, Work, decide
from requests_app.copyright.counting import Cleared
from requests_app.copyright.facts import is_whole_work, work_of
from requests_app.services.replay.explaining import explain
from requests_app.services.replay.families import Families
from requests_app.services.replay.reading import ReplayRow, Unread, is_copy
from requests_app.services.replay.report import OVER, Disagreement, Open, OverLimit, Replay, in_file

COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Decided:
    """A row and our answer."""

    row: ReplayRow
    facts: CopyrightFacts
    decision: Decision


class Works:
    """What the rows of a file are copied from: journals by ISSN, other works by ISBN, both by title where it tells."""

    def __init__(self) -> None:
        self.journals, self._books = Families(), Families()

    def learn(self, row: ReplayRow) -> None:
        """One row, before any is decided."""
        self.journals.learn(row.issns, row.citation.title)
        self._books.learn(row.isbns, row.citation.title)

    def key(self, row: ReplayRow, work: Work) -> str:
        """Under which name the row counts; "" when nothing tells."""
        title = row.citation.title
        if work is not Work.OTHER:
            return self.journals.key(row.issns, title)
        words = normalise_title(title)
        known = self._books.key(row.isbns, title) or words
        return f"work:{known}" if known else ""


def replay(rows: Iterable[ReplayRow | Unread], settings: Settings) -> Replay:
    """Decide all rows and compare with what the library's staff said (CONTU 1(a), 1(b)).

    The count is kept in memory, by title family and calendar year of the request. What was cancelled never counts: its
    place is given back, and a request that waited for it is cleared (S3).
    """
    known = list(rows)
    report = Replay(mode=settings.contu_window_mode, limit=settings.contu_limit, rows=len(known))
    for each in known:
        if isinstance(each, Unread):
            report.undecidable.append(Open(each.file, each.line, None, each.why))
    for one in decide_all([each for each in known if isinstance(each, ReplayRow)], settings):
        _note(one, report, settings)
    report.undecidable.sort(key=in_file)
    report.disagreements.sort(key=in_file)
    return report


def decide_all(rows: list[ReplayRow], settings: Settings) -> list[Decided]:
    """The decisions in order of creation; rows of the same moment in the order of the file."""
    works = Works()
    for row in rows:
        works.learn(row)
    counted: Counter[tuple[str, int]] = Counter()
    done = []
    for row in sorted(rows, key=lambda each: each.created):
        bare = _facts(row, works)
        bucket = (bare.work_key, row.created.year)
        facts = _facts(row, works, count=counted[bucket])
        decision = decide(COUNTRY, facts, settings)
        counted[bucket] += _adds(row, facts, decision, settings)
        done.append(Decided(row, facts, decision))
    return done


def _facts(row: ReplayRow, works: Works, count: int = 0) -> CopyrightFacts:
    """What the file tells of a row. It says nothing of subscriptions."""
    citation = row.citation
    work = work_of(
        row.material,
        has_issn=bool(row.issns),
        has_volume=any(c.isdigit() for c in citation.volume),
        is_newspaper=row.is_newspaper,
    )
    part = normalise_title(citation.article_title)
    return CopyrightFacts(
        requested=row.created.date(),
        as_copy=is_copy(row),
        material=row.material,
        work=work,
        work_key=works.key(row, work),
        published=row.published,
        volume=citation.volume,
        count=count,
        whole_work=is_whole_work(
            row.material, title=normalise_title(citation.title), part_title=part, pages=citation.pages
        ),
        details={"bearers": str(works.journals.bearers(citation.title))},
    )


def _adds(row: ReplayRow, facts: CopyrightFacts, decision: Decision, settings: Settings) -> int:
    """What a row adds to its journal's year: cleared ones, and what staff cleared where we would have asked them."""
    asked_staff = decision.rule in OVER or (decision.rule == "D13" and row.stated == Statement.CCG)
    if not (decision.counts or asked_staff):
        return 0
    cleared = Cleared(
        work_key=facts.work_key,
        requested=facts.requested,
        copies=facts.copies,
        fate=row.fate,
        royalty_paid=row.fee_recorded,
    )
    return cleared.adds(settings)


def _note(one: Decided, report: Replay, settings: Settings) -> None:
    """One decision in the report."""
    row, decision = one.row, one.decision
    report.decided[decision.rule] += 1
    if decision.rule in OVER:
        report.over_limit.append(
            OverLimit(
                row.file,
                row.line,
                row.citation.title,
                row.issns[0] if row.issns else "",
                row.created.year,
                decision.count or 0,
                row.fee_recorded,
            )
        )
    elif decision.statement is None and decision.rule != "D1":
        report.undecidable.append(Open(row.file, row.line, decision.rule, _why(one)))
    if row.stated is not None and row.published.last is not None:
        _compare(one, row.stated, report, settings)


def _why(one: Decided) -> str:
    bearers = int(one.facts.details["bearers"])
    if one.decision.rule == "D13" and bearers > 1 and one.row.published.is_known:
        return f"{bearers} journals with different ISSNs bear this title, and the row names none of them."
    return one.decision.sentence


def _compare(one: Decided, stated: Statement, report: Replay, settings: Settings) -> None:
    """Our statement beside theirs. Over the limit it is the one that staff make once the royalty is settled."""
    ours = one.decision.statement or _after_the_limit(one.decision, settings)
    agreed = ours == stated
    kind = "review" if ours is None else ours.short
    report.compare(f"{kind} over the limit" if one.decision.rule in OVER else kind, stated.short, agreed)
    if not agreed:
        why = explain(one.row, one.facts, one.decision, settings, undecided=_why(one))
        report.disagreements.append(Disagreement(one.row.file, one.row.line, kind, stated.short, why))


def _after_the_limit(decision: Decision, settings: Settings) -> Statement | None:
    return {"D9": Statement.CCG, "D12": settings.chapter_statement}.get(decision.rule)
