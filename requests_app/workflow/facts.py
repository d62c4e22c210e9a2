"""What guards ask about a request, read once, and the guards themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import Guard, Way
from illservice.core.workflow.money import money_facts
from illservice.core.workflow.reading import read_beside
from illservice.directory.models import PartnerSystem
from requests_app.models import BorrowingRequest, FillSource, Outcome, TryStatus, Wanted
from requests_app.workflow.policy import policy_terms, renewals_had
from requests_app.workflow.states import (
    AT_DESK,
    COPY_DELIVERED,
    HERE,
    OPEN,
    RETURNED,
    SETTLING,
    STATES,
    SUPPLY_HERE,
    HoldKind,
    MarkKind,
    QuestionKind,
)

MAY_COME_LATE = frozenset({TryStatus.SILENT, TryStatus.CANCELLED, TryStatus.UNFILLED, TryStatus.RETRY})
"""Tries we had moved on from: their items may come all the same."""


LIBRARY_USE_ONLY = "LibraryUseOnly"
"""The condition of ISO 18626 that keeps an item from going home with the patron."""


REACHED_BY_WORDS = frozenset({PartnerSystem.MAIL, PartnerSystem.ISO18626})
"""Ways of asking by which words reach the lender too; in other systems people write themselves."""


UNDECLARED = frozenset({"U2", "A1"})
"""Rules of copyright that ask for the reader's signed declaration (CDPA s. 42A(2); in Australia s. 49)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one request at one moment. `placed` is the state in which an import finds it, empty otherwise."""

    state: str
    kind: str
    has_patron: bool
    holds: frozenset[str]
    questions: frozenset[str]
    marks: frozenset[str]
    planned: int
    asked: int
    open_tries: int
    moved_on: int
    came_from_lender: bool
    items_here: int
    away_from_desk: bool
    outcome: str
    library_use_only: bool = False
    placed: str = ""
    copy_here: bool = False
    reached: int = 0
    asked_by_message: int = 0
    holder_by_message: bool = False
    renewals_left: bool = True
    money: frozenset[str] = frozenset()
    undeclared: bool = False


BESIDE = ("tries", "holds", "questions", "marks", "items", "charges", "copyrights")


def facts_of(request: BorrowingRequest) -> Facts:
    """Read the facts; rows fetched beforehand by prefetch are used as they are, the others are kept like them."""
    beside = read_beside(request, BESIDE)
    tries = beside["tries"]
    location = request.location
    return Facts(
        state=request.state,
        kind=request.kind_supplied or request.kind,
        has_patron=request.patron_id is not None,
        holds=frozenset(hold.kind for hold in beside["holds"] if hold.cleared_at is None),
        questions=frozenset(each.kind for each in beside["questions"] if each.answered_at is None),
        marks=frozenset(mark.kind for mark in beside["marks"] if mark.cleared_at is None),
        planned=sum(1 for each in tries if each.status == TryStatus.PLANNED),
        asked=sum(1 for each in tries if each.asked_at),
        open_tries=sum(1 for each in tries if each.open),
        moved_on=sum(1 for each in tries if each.status in MAY_COME_LATE),
        came_from_lender=request.fill_source in {FillSource.NONE, FillSource.LENDER},
        items_here=sum(1 for item in beside["items"] if item.received_at and not item.returned_at),
        away_from_desk=location is not None and not location.is_main,
        outcome=request.outcome,
        library_use_only=LIBRARY_USE_ONLY in request.conditions,
        copy_here=bool(request.received_at),
        reached=sum(1 for each in tries if each.asked_at and each.system in REACHED_BY_WORDS),
        asked_by_message=sum(1 for each in tries if each.asked_at and each.system == PartnerSystem.ISO18626),
        holder_by_message=any(
            each.status in {TryStatus.SHIPPED, TryStatus.RECEIVED} and each.system == PartnerSystem.ISO18626
            for each in tries
        ),
        renewals_left=renewals_had(request) < policy_terms(request).renewals,
        money=money_facts(beside["charges"]),
        undeclared=any(each.rule in UNDECLARED and each.decided_at is None for each in beside["copyrights"]),
    )


def _question(kind: QuestionKind, words: object) -> Guard:
    return Guard(f"{kind.value}_open", lambda facts: kind in facts.questions, words)


NO_HOLDS = Guard("no_holds", lambda facts: not facts.holds, _("Something still holds this request back."))
WAITS_FOR_PATRON = Guard(
    "waits_for_patron",
    lambda facts: HoldKind.WAITING_PATRON in facts.holds,
    _("Nobody waits for an answer of the patron."),
)
COPYRIGHT_OPEN = Guard(
    "copyright_open",
    lambda facts: HoldKind.COPYRIGHT in facts.holds,
    _("Copyright does not hold this request back."),
)
DECLARATION_MISSING = Guard(
    "declaration_missing",
    lambda facts: facts.undeclared,
    _("The law wants no declaration here, or it is on file."),
)
NOT_CLEARED = Guard(
    "copy_not_cleared",
    lambda facts: MarkKind.COPYRIGHT in facts.marks,
    _("Copyright asks nothing about this request."),
)
HAS_PATRON = Guard(
    "has_patron", lambda facts: facts.has_patron, _("The person was unlinked from this request for privacy.")
)
LENDER_PLANNED = Guard("lender_planned", lambda facts: facts.planned > 0, _("Add a lender to ask first."))
NO_OPEN_TRY = Guard(
    "no_open_try", lambda facts: facts.open_tries == 0, _("A lender is still being asked. End that first.")
)
CAN_COME = Guard(
    "can_come",
    lambda facts: facts.asked > 0 or facts.state in {SUPPLY_HERE, AT_DESK, COPY_DELIVERED},
    _("No lender was asked for this request."),
)
CAN_ARRIVE = Guard(
    "lender_may_send",
    lambda facts: facts.open_tries > 0 or facts.moved_on > 0,
    _("No lender was asked who could still send it."),
)
LENDER_LEFT = Guard(
    "lender_left", lambda facts: facts.moved_on > 0, _("There is no lender that we had moved on from.")
)
LENDER_LISTED = Guard(
    "lender_listed", lambda facts: facts.asked + facts.planned > 0, _("Add a lender first.")
)
OPEN_TRY = Guard("open_try", lambda facts: facts.open_tries > 0, _("No lender is being asked."))
CONDITIONS_OPEN = _question(QuestionKind.CONDITIONAL, _("No lender asked about conditions."))
RETRY_OPEN = _question(QuestionKind.RETRY, _("No lender offered to be asked again."))
CANCEL_OPEN = _question(QuestionKind.CANCEL, _("Nobody asked the lender to cancel."))
RENEWAL_OPEN = _question(QuestionKind.RENEWAL, _("Nobody asked for a renewal."))
NO_CANCEL_OPEN = Guard(
    "no_cancel_open",
    lambda facts: QuestionKind.CANCEL not in facts.questions,
    _("The lender was asked to cancel already."),
)
NO_RENEWAL_OPEN = Guard(
    "no_renewal_open",
    lambda facts: QuestionKind.RENEWAL not in facts.questions,
    _("A renewal was asked for already. We are waiting for the answer."),
)
RENEWALS_LEFT = Guard(
    "renewals_left",
    lambda facts: facts.renewals_left,
    _("It was renewed as often as possible. Write to the library if you need it longer."),
)
NOT_BROUGHT_BACK = Guard(
    "not_brought_back",
    lambda facts: MarkKind.CLAIMED_RETURNED not in facts.marks,
    _("You said that it was brought back. The library looks for it."),
)
NOT_RECALLED = Guard(
    "not_recalled", lambda facts: MarkKind.RECALLED not in facts.marks, _("The lender needs it back.")
)
WANTED = Guard(
    "wanted",
    lambda facts: MarkKind.NOT_WANTED not in facts.marks,
    _("The patron does not want it any more. Send it back, or take the mark away first."),
)
FROM_LENDER = Guard("from_lender", lambda facts: facts.came_from_lender, _("This is our own item."))
OWN_ITEM = Guard("own_item", lambda facts: not facts.came_from_lender, _("This belongs to the lender."))
IS_LOAN = Guard("is_loan", lambda facts: facts.kind != Wanted.COPY, _("This is a copy."))
IS_COPY = Guard("is_copy", lambda facts: facts.kind == Wanted.COPY, _("This is a loan."))
AWAY = Guard("away_from_desk", lambda facts: facts.away_from_desk, _("It is at the desk."))
MAY_LEAVE = Guard(
    "may_leave_the_library",
    lambda facts: not facts.library_use_only,
    _("The lender lends it for use in the library only."),
)
GIVEN_UP = Guard("given_up", lambda facts: facts.outcome == Outcome.CANCELLED, _("It is still wanted."))
FILLED = Guard("filled", lambda facts: facts.outcome == Outcome.FILLED, _("It was not filled."))
WAS_UNFILLED = Guard("unfilled", lambda facts: facts.outcome == Outcome.UNFILLED, _("It was not unfilled."))
SECOND_COPY = Guard(
    "second_copy", lambda facts: MarkKind.SECOND_COPY in facts.marks, _("No second copy is here.")
)
NO_RESEND_OPEN = Guard(
    "no_resend_open",
    lambda facts: MarkKind.RESEND not in facts.marks,
    _("A better copy was asked for already. We are waiting for it."),
)
RECALLED = Guard("recalled", lambda facts: MarkKind.RECALLED in facts.marks, _("It was not recalled."))
NEED_BY_OVER = Guard(
    "need_by_over", lambda facts: MarkKind.NEED_BY in facts.marks, _("Its need-by date has not passed.")
)
WAITS_ON_SHELF = Guard(
    "waits_on_shelf",
    lambda facts: not facts.marks & {MarkKind.POSTED, MarkKind.NOT_WANTED},
    _("It does not wait for the patron."),
)
NOT_CLAIMED = Guard(
    "not_claimed", lambda facts: MarkKind.CLAIMED not in facts.marks, _("The lender was told already.")
)


def _placed(state: str) -> Guard:
    return Guard(f"placed_{state}", lambda facts: facts.placed == state, _("It does not stand there."))


AFTER_ARRIVAL = (HERE - {AT_DESK}) | {RETURNED, SETTLING}
PLACED = tuple(
    Way(state.code, _placed(state.code)) for state in STATES if state.code in OPEN - {COPY_DELIVERED}
)
"""Where an import may put what is open elsewhere. Not where a copy is delivered: its file stays behind."""
PLACED_AFTER_ARRIVAL = tuple(way for way in PLACED if way.state in AFTER_ARRIVAL)
LENDER_REACHED = Guard(
    "lender_reached",
    lambda facts: facts.reached > 0,
    _("No lender was asked by e-mail or by ISO 18626 yet."),
)
ASKED_BY_MESSAGE = Guard(
    "asked_by_message", lambda facts: facts.asked_by_message > 0, _("No lender was asked by ISO 18626.")
)
HOLDER_BY_MESSAGE = Guard(
    "holder_by_message",
    lambda facts: facts.holder_by_message,
    _("Its lender takes no messages of ISO 18626: write to it."),
)
COPY_HERE = Guard(
    "copy_here", lambda facts: facts.kind == Wanted.COPY and facts.copy_here, _("No copy is here.")
)
MAY_GO_BACK = Guard(
    "may_go_back",
    lambda facts: MarkKind.LENDER_HOLDS not in facts.marks,
    _("The lender asked to keep it for now. Take the mark away if it may go back."),
)
