"""What usually comes next for a request, so that a list can offer one key and a scan can say where the item goes."""

from illservice.citations.kinds import Kind
from illservice.core.actors import Actor
from illservice.core.workflow import Row
from lending.models import ItemPlace, LendingItem, LendingRequest, Outcome
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.facts import Facts, volumes
from lending.workflow.slips import slips_left
from lending.workflow.states import HoldKind, MarkKind, QuestionKind


def light_facts(request: LendingRequest) -> Facts:
    """The facts as a list knows them, without a statement of its own: items and open marks must be fetched.

    Of holds and questions it knows the one whose queue the request stands in. The service asks again.
    """
    left, lost = volumes(request.items.all())
    return Facts(
        state=request.state,
        kind=request.kind_supplied or request.kind,
        holds=frozenset({request.queue} & set(HoldKind.values)),
        questions=frozenset({request.queue} & set(QuestionKind.values)),
        marks=open_marks(request),
        volumes_left=left,
        volumes_lost=lost,
        slips_left=slips_left(request.items.all()),
        outcome=request.outcome,
        came_back=request.borrower_returned_at is not None,
        found=request.found_at is not None,
        sent=request.shipped_at is not None,
        done=request.outcome == Outcome.FILLED and request.checked_in_at is not None,
    )


def open_marks(request: LendingRequest) -> frozenset[str]:
    """The kinds of the marks that stand on a request."""
    return frozenset(mark.kind for mark in request.marks.all() if mark.cleared_at is None)


def allowed_in_list(request: LendingRequest, actor: Actor) -> list[Row]:
    """What the table allows this actor to do now, by `light_facts`."""
    return TABLE.allowed(request.state, actor, light_facts(request))


def next_step(request: LendingRequest, actor: Actor) -> Row | None:
    """The one row that usually comes next, or None when nobody here has anything to do."""
    allowed = {row.action: row for row in allowed_in_list(request, actor)}
    usual = _usual(request)
    if usual is not None:
        return next((allowed[action] for action in usual if action in allowed), None)
    return next((row for row in allowed.values() if request.state in row.primary), None)


def _usual(request: LendingRequest) -> tuple[str, ...] | None:
    """The actions that come first here, best first; None where the table's own next step is the usual one."""
    marks = open_marks(request)
    if request.queue in HoldKind.values:
        return ("clear_hold",) if request.queue != HoldKind.WAITING_BORROWER else ()
    if request.queue == QuestionKind.CANCEL:
        return ("cancel_yes",)
    if request.queue == QuestionKind.CONDITIONAL:
        return ()
    if request.state == s.FOUND and request.kind == Kind.COPY:
        return ("send_copy",)
    if request.state == s.ON_LOAN and request.queue == s.ON_LOAN:
        return ("remind_borrower",) if MarkKind.OVERDUE in marks else ()
    if request.state == s.COPY_SENT:
        return ("send_copy",) if MarkKind.RESEND in marks else ()
    return ("settle",) if request.state == s.SETTLING else None


def to_pull(request: LendingRequest) -> list[LendingItem]:
    """The items that somebody still has to look for, in their order. Items must be fetched."""
    return [item for item in request.items.all() if item.place == ItemPlace.TO_PULL]
