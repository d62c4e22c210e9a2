"""What guards ask about a lending request, read once, and the guards themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind
from illservice.core.workflow import Guard
from illservice.core.workflow.money import money_facts
from illservice.core.workflow.reading import read_beside
from lending.models import ItemPlace, LendingItem, LendingRequest, Outcome
from lending.workflow.slips import slips_left
from lending.workflow.states import HoldKind, MarkKind, QuestionKind


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one request at one moment. `volumes_left` counts volumes that nobody has found yet."""

    state: str
    kind: str
    holds: frozenset[str]
    questions: frozenset[str]
    marks: frozenset[str]
    volumes_left: int
    volumes_lost: int
    slips_left: bool
    outcome: str
    came_back: bool
    found: bool
    sent: bool
    done: bool
    money: frozenset[str] = frozenset()


BESIDE = ("items", "holds", "questions", "marks", "charges")


def facts_of(request: LendingRequest) -> Facts:
    """Read the facts; rows fetched beforehand by prefetch are used as they are, the others are kept like them."""
    beside = read_beside(request, BESIDE)
    left, lost = volumes(beside["items"])
    return Facts(
        state=request.state,
        kind=request.kind_supplied or request.kind,
        holds=frozenset(hold.kind for hold in beside["holds"] if hold.cleared_at is None),
        questions=frozenset(each.kind for each in beside["questions"] if each.answered_at is None),
        marks=frozenset(mark.kind for mark in beside["marks"] if mark.cleared_at is None),
        volumes_left=left,
        volumes_lost=lost,
        slips_left=slips_left(beside["items"]),
        outcome=request.outcome,
        came_back=request.borrower_returned_at is not None,
        found=request.found_at is not None,
        sent=request.shipped_at is not None,
        done=request.outcome == Outcome.FILLED and request.checked_in_at is not None,
        money=money_facts(beside["charges"]),
    )


def volumes(items: Iterable[LendingItem]) -> tuple[int, int]:
    """How many volumes are still to be found, and how many were found nowhere. Copies of a volume count once."""
    places: dict[str, set[str]] = {}
    for item in items:
        places.setdefault(item.volume, set()).add(item.place)
    found = {ItemPlace.FOUND, ItemPlace.SENT, ItemPlace.BACK}
    open_ones = [known for known in places.values() if not known & found]
    lost = sum(1 for known in open_ones if ItemPlace.TO_PULL not in known and ItemPlace.NOT_FOUND in known)
    return sum(1 for known in open_ones if ItemPlace.TO_PULL in known), lost


def _question(kind: QuestionKind, words: object) -> Guard:
    return Guard(f"{kind.value}_open", lambda facts: kind in facts.questions, words)


NO_HOLDS = Guard("no_holds", lambda facts: not facts.holds, _("Something still holds this request back."))
HELD = Guard("held", lambda facts: bool(facts.holds), _("Nothing holds this request back."))
WAITS_FOR_BORROWER = Guard(
    "waits_for_borrower",
    lambda facts: HoldKind.WAITING_BORROWER in facts.holds or HoldKind.STATEMENT in facts.holds,
    _("Nobody waits for an answer of the borrower."),
)
ALL_FOUND = Guard(
    "all_found",
    lambda facts: facts.volumes_left == 0 and facts.volumes_lost == 0,
    _("Something is still to be found."),
)
SOME_TO_PULL = Guard("some_to_pull", lambda facts: facts.volumes_left > 0, _("Nothing is left to fetch."))
HAS_ITEMS = Guard(
    "has_items", lambda facts: facts.volumes_left > 0, _("Say first which item it is and where it stands.")
)
SLIPS_LEFT = Guard(
    "slips_left",
    lambda facts: facts.slips_left,
    _("Its slips are marked already, or nothing is left to fetch."),
)
IS_LOAN = Guard("is_loan", lambda facts: facts.kind != Kind.COPY, _("This is a copy."))
IS_COPY = Guard("is_copy", lambda facts: facts.kind == Kind.COPY, _("This is a loan."))
CONDITIONS_OPEN = _question(QuestionKind.CONDITIONAL, _("No conditions wait for an answer."))
NO_CONDITIONS_OPEN = Guard(
    "no_conditions_open",
    lambda facts: QuestionKind.CONDITIONAL not in facts.questions,
    _("The borrower has not answered our conditions yet."),
)
NOT_WITH_BORROWER = Guard(
    "not_with_borrower",
    lambda facts: MarkKind.ARRIVED_UNSENT not in facts.marks,
    _("The borrower has it already. Note that it was sent, with its conditions and charge."),
)
CANCEL_OPEN = _question(QuestionKind.CANCEL, _("The borrower did not ask to cancel."))
RENEWAL_OPEN = _question(QuestionKind.RENEWAL, _("The borrower did not ask to renew."))
NO_RENEWAL_OPEN = Guard(
    "no_renewal_open",
    lambda facts: QuestionKind.RENEWAL not in facts.questions,
    _("A renewal was asked for already."),
)
NOT_RECALLED = Guard(
    "not_recalled", lambda facts: MarkKind.RECALLED not in facts.marks, _("It was recalled.")
)
RETURN_HELD = Guard(
    "return_held",
    lambda facts: MarkKind.HOLD_RETURN in facts.marks,
    _("The borrower was not asked to keep it."),
)
RETURN_FREE = Guard(
    "return_free",
    lambda facts: MarkKind.HOLD_RETURN not in facts.marks,
    _("The borrower was asked to keep it already."),
)
OVERDUE = Guard("overdue", lambda facts: MarkKind.OVERDUE in facts.marks, _("It is not overdue."))
WAS_UNFILLED = Guard("unfilled", lambda facts: facts.outcome == Outcome.UNFILLED, _("It was not refused."))
WAS_CANCELLED = Guard(
    "cancelled", lambda facts: facts.outcome == Outcome.CANCELLED, _("It was not cancelled.")
)
RETURNED = Guard("returned", lambda facts: facts.came_back, _("The borrower has not sent it back."))
FILLED_AND_DONE = Guard("done", lambda facts: facts.done, _("It is not finished."))
OUT = Guard("out", lambda facts: facts.sent, _("It was not sent."))
COPY_OUT = Guard("copy_out", lambda facts: facts.sent and facts.kind == Kind.COPY, _("No copy was sent."))
FOUND_BEFORE = Guard("found_before", lambda facts: facts.found, _("It was not found."))
