"""One copy request is decided: the counter locked, the rules asked, the answer kept (standards §1.5).

Whoever decides holds the request's lock; the counter's comes after it, so nobody waits for the other in a circle.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import Refused
from illservice.core.workflow import Act
from illservice.core.workflow.beside import mark, unmark
from illservice.directory.models import Library
from requests_app.copyright import CopyrightFacts, Decision, Outcome, Settings, decide
from requests_app.copyright.facts import YearBasis
from requests_app.models import BorrowingHold, BorrowingRequest, CopyrightCounter, CopyrightRecord, Wanted
from requests_app.models.copyright import Fate, Way
from requests_app.selectors.copyright.counted import counting, total
from requests_app.selectors.copyright.rules import copyright_rules, settings_of
from requests_app.selectors.declarations import jurisdiction_of
from requests_app.selectors.titles import requesting_entity
from requests_app.services.copyright.gathering import gather
from requests_app.workflow.copyright import fate_of, record_of
from requests_app.workflow.states import HoldKind, MarkKind

CANNOT_COUNT = frozenset({"D4", "D5"})
"""Rules whose question is not how many copies there were."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules answer for a request now. The counter of its work is locked where the answer rests on a count."""

    decision: Decision
    facts: CopyrightFacts
    keys: tuple[str, ...]
    settings: Settings
    jurisdiction: str
    clear_by_law: bool

    @property
    def goes_on(self) -> bool:
        """Whether nobody of the staff need look."""
        return self.decision.is_automatic and self.clear_by_law


def holder_of(library: Library) -> str:
    """Who counts: the legal entity, its libraries together."""
    return f"L{library.pk}" if library.entity_id is None else f"E{library.entity_id}"


def lock_counters(library: Library, keys: Sequence[str], year: int) -> None:
    """Wait until nobody else counts copies of this work in this year. Needs a transaction, and lasts until its end.

    A family of journals has several names; all are locked, in the same order by everybody.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a lock needs a transaction")
    names = [hashlib.sha256(key.encode()).hexdigest() for key in sorted(keys)]
    rows = [CopyrightCounter(holder=holder_of(library), work=name, year=year) for name in sorted(names)]
    CopyrightCounter.objects.bulk_create(rows, ignore_conflicts=True)
    found = CopyrightCounter.objects.filter(holder=holder_of(library), work__in=names, year=year)
    list(found.select_for_update().order_by("work").values_list("pk"))


def rule_on(
    request: BorrowingRequest, *, asked_on: date, today: date, copies: int = 1, locked: bool = True
) -> Ruling:
    """Ask the rules about a request as it is. Counts under the lock where the count can matter, and only there; not
    `locked` for an answer on which nothing is decided.
    """
    library = request.library
    rules = copyright_rules(library)
    settings, jurisdiction = settings_of(rules, library), jurisdiction_of(library)
    gathered = gather(request, request.citation(request.identifiers.all()), asked_on=asked_on)
    facts = replace(gathered.facts, copies=copies)
    decision = decide(jurisdiction, facts, settings)
    if decision.counts or decision.outcome is Outcome.LIMIT:
        on = _counts_on(settings, asked_on, today)
        count = count_now if locked else count_of
        facts = replace(facts, count=count(request, gathered.keys, on, settings))
        decision = decide(jurisdiction, facts, settings)
    return Ruling(decision, facts, gathered.keys, settings, jurisdiction, rules.clear_by_law)


def count_now(request: BorrowingRequest, keys: Sequence[str], on: date, settings: Settings) -> int:
    """The copies of this work that count in the year of a day beside this request, with its counter locked."""
    if keys:
        lock_counters(request.library, keys, on.year)
    return count_of(request, keys, on, settings)


def count_of(request: BorrowingRequest, keys: Sequence[str], on: date, settings: Settings) -> int:
    """The same without the lock: it may be another one at the next moment."""
    known = counting(requesting_entity(request.library), keys, on=on, settings=settings, without=request.pk)
    return total(known, keys)


def count_for(act: Act, ruling: Ruling) -> int:
    """The count beside a request for which the rules asked for none, with its counter locked."""
    today = local_date(act.at, act.subject.library.timezone)
    on = _counts_on(ruling.settings, ruling.facts.requested, today)
    return count_now(act.subject, ruling.keys, on, ruling.settings)


def decide_copyright(act: Act) -> None:
    """Decide a copy request inside an act, or put it before staff with the hold of copyright.

    What is decided already stays. A loan, and what gave its place back, is as if nothing had been decided.
    """
    request: BorrowingRequest = act.subject
    known = record_of(request)
    if request.kind != Wanted.COPY:
        settle_hold(act, "loan")
        return
    if known is not None and known.is_decided:
        return
    ruling = rule_for(act)
    write(act, ruling, decided=ruling.goes_on)
    if ruling.goes_on:
        settle_hold(act, "law")
    elif open_hold_of(request) is None:
        act.add(BorrowingHold(request=request, kind=HoldKind.COPYRIGHT, opened_at=act.at))


def decide_late(act: Act) -> None:
    """Decide inside an act on a copy that came, or comes, although nobody had decided on one: a loan was asked for.

    It holds nothing back, as it happened already. What the rules do not clear is marked for the copyright desk; it
    counts all the same where the question is how many copies there were (CONTU 1(a) and 1(b)).
    """
    request: BorrowingRequest = act.subject
    known = record_of(request)
    if fate_of(request) == Fate.RELEASED:
        return
    if known is not None and (known.is_decided or known.fate == Fate.FILLED):
        return
    ruling = rule_for(act)
    if ruling.goes_on:
        write(act, ruling, decided=True)
        return
    counts = ruling.decision.counts or (
        ruling.jurisdiction == "US" and ruling.decision.rule not in CANNOT_COUNT
    )
    write(act, ruling, decided=counts, counts=counts)
    mark(act, MarkKind.COPYRIGHT)


def clear_before_sending(act: Act) -> None:
    """Decide inside an act on a copy that nobody decided on, such as one that another system had open: no request
    leaves without its statement (CONTU guideline 3). Refused (`not_cleared`) when the rules do not clear it.
    """
    request: BorrowingRequest = act.subject
    known = record_of(request)
    if request.kind != Wanted.COPY or (known is not None and known.is_decided):
        return
    ruling = rule_for(act)
    if not ruling.goes_on:
        words = _("Copyright is not cleared: hold it back for the copyright desk. %(why)s")
        raise Refused(words % {"why": ruling.decision.sentence}, code="not_cleared", action=act.action)
    write(act, ruling, decided=True)


def rule_for(act: Act, *, copies: int | None = None) -> Ruling:
    """Ask the rules inside an act. Window and year count from the day of the request, or of the year it waited for."""
    request: BorrowingRequest = act.subject
    known, zone = record_of(request), request.library.timezone
    asked_on, today = local_date(request.submitted_at, zone), local_date(act.at, zone)
    if known is not None and known.wait_until is not None and known.wait_until <= today:
        asked_on = known.wait_until
    return rule_on(
        request, asked_on=asked_on, today=today, copies=copies or (known.copies if known is not None else 1)
    )


def open_hold_of(request: BorrowingRequest) -> BorrowingHold | None:
    """The hold of copyright that keeps the request back, if any."""
    return next(
        (each for each in request.holds.all() if each.kind == HoldKind.COPYRIGHT and not each.cleared_at),
        None,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """How a request stands in the count. `taken`: its copies stand against the limit."""

    taken: bool = False


def place_of(request_id: int) -> Place:
    """How a request stands in the count now."""
    known = CopyrightRecord.objects.filter(request=request_id, counts=True).exclude(fate=Fate.RELEASED)
    return Place(known.exclude(way=Way.ROYALTY).exists())


def refuse_lost_place(request: BorrowingRequest, before: Place, at: datetime) -> None:
    """Refuse that something is taken back which would need a place that somebody else has by now."""
    if before.taken or not place_of(request.pk).taken:
        return
    record = CopyrightRecord.objects.get(request=request.pk)
    library = request.library
    settings = settings_of(copyright_rules(library), library)
    on = _counts_on(settings, record.asked_on, local_date(at, library.timezone))
    if not settings.contu_enabled or record.ground == "override":
        return
    if count_now(request, record.keys, on, settings) + record.copies > settings.contu_limit:
        raise Refused(
            _("This can no longer be undone: another request took its place in this year’s count."),
            code="place_taken",
            action="undo",
        )


def _counts_on(settings: Settings, asked_on: date, today: date) -> date:
    """A day of the year in which an open request counts."""
    return today if settings.contu_count_year_basis == YearBasis.FILL_DATE else asked_on


def settle_hold(act: Act, reason: str) -> None:
    """Copyright asks nothing any more and does not keep it back."""
    hold = open_hold_of(act.subject)
    if hold is not None:
        act.set(hold, cleared_at=act.at, reason=reason)
    unmark(act, MarkKind.COPYRIGHT)


def write(act: Act, ruling: Ruling, *, decided: bool, **changed: Any) -> CopyrightRecord:
    """Keep the answer; `changed` is what staff said beside or against it."""
    request = act.subject
    values: dict[str, Any] = answer_of(ruling) | {
        "counts": decided and ruling.decision.counts,
        "decided_at": act.at if decided else None,
        "decided_by": act.actor.id if decided and act.actor.kind is ActorKind.STAFF else None,
    }
    values |= changed
    if not values["decided_at"]:
        values["counts"] = False
    known = record_of(request)
    if known is not None and known.fate == Fate.FILLED:
        # It came on its own day, whenever somebody decides.
        values |= {"fate": known.fate, "filled_on": known.filled_on}
    if known is None:
        return act.add(CopyrightRecord(request=request, library_id=request.library_id, **values))
    act.set(known, **values)
    return known


def answer_of(ruling: Ruling) -> dict[str, Any]:
    """The columns of a record that hold what the rules answered; nobody has decided by that."""
    decision = ruling.decision
    return {
        "work_key": ruling.facts.work_key,
        "keys": list(ruling.keys),
        "asked_on": ruling.facts.requested,
        "copies": ruling.facts.copies,
        "outcome": decision.outcome.value,
        "rule": decision.rule,
        "statement": str(decision.statement.value) if decision.statement is not None else "",
        "count": decision.count,
        "limit": decision.limit,
        "mode": str(decision.mode),
        "jurisdiction": ruling.jurisdiction,
        "flags": [str(each.value) for each in decision.flags],
        "conditions": [str(each.value) for each in decision.conditions],
        **_sentence(decision),
        "way": Way.RULES,
        "ground": "",
        "reason": "",
        "fate": Fate.OPEN,
        "filled_on": None,
    }


def _sentence(decision: Decision) -> dict[str, Any]:
    """The words in the language of the code, with what stands in them."""
    with translation.override(None):
        details = {
            name: value if value is None or isinstance(value, int) else str(value)
            for name, value in decision.details.items()
        }
        return {"words": str(decision.words), "details": details}
