"""What usually comes next for a request, so that a list can offer one key and a scan can say where the item goes."""

from illservice.core.actors import Actor
from illservice.core.workflow import Row
from illservice.directory.models import PartnerSystem
from requests_app.models import BorrowingRequest, Delivery, FillSource, TryStatus, Wanted
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.facts import LIBRARY_USE_ONLY, MAY_COME_LATE, REACHED_BY_WORDS, Facts
from requests_app.workflow.states import HoldKind, MarkKind, QuestionKind


def light_facts(request: BorrowingRequest) -> Facts:
    """The facts as a list knows them, without a statement of its own: lenders and open marks must be fetched.

    Of holds and questions it knows the one whose queue the request stands in. The service asks again.
    """
    tries = list(request.tries.all())
    return Facts(
        state=request.state,
        kind=request.kind_supplied or request.kind,
        has_patron=request.patron_id is not None,
        holds=frozenset({request.queue} & set(HoldKind.values)),
        questions=frozenset({request.queue} & set(QuestionKind.values)),
        marks=open_marks(request),
        planned=sum(1 for each in tries if each.status == TryStatus.PLANNED),
        asked=sum(1 for each in tries if each.asked_at),
        open_tries=sum(1 for each in tries if each.open),
        moved_on=sum(1 for each in tries if each.status in MAY_COME_LATE),
        came_from_lender=request.fill_source in {FillSource.NONE, FillSource.LENDER},
        items_here=0,
        away_from_desk=False,
        outcome=request.outcome,
        library_use_only=LIBRARY_USE_ONLY in request.conditions,
        copy_here=bool(request.received_at),
        reached=sum(1 for each in tries if each.asked_at and each.system in REACHED_BY_WORDS),
        asked_by_message=sum(1 for each in tries if each.asked_at and each.system == PartnerSystem.ISO18626),
    )


def open_marks(request: BorrowingRequest) -> frozenset[str]:
    """The kinds of the marks that stand on a request."""
    return frozenset(mark.kind for mark in request.marks.all() if mark.cleared_at is None)


def allowed_in_list(request: BorrowingRequest, actor: Actor) -> list[Row]:
    """What the table allows this actor to do now, by `light_facts`."""
    return TABLE.allowed(request.state, actor, light_facts(request))


def next_step(request: BorrowingRequest, actor: Actor) -> Row | None:
    """The one row that usually comes next, or None when nobody here has anything to do."""
    allowed = {row.action: row for row in allowed_in_list(request, actor)}
    if request.state == s.AT_DESK:
        return next((allowed[action] for action in _from_the_desk(request) if action in allowed), None)
    if request.queue == QuestionKind.RETRY:
        return allowed.get("accept_retry")
    if request.queue in s.WITH_LENDER and open_marks(request) & {
        MarkKind.LENDER_SILENT,
        MarkKind.NOT_SHIPPED,
    }:
        planned = any(each.status == TryStatus.PLANNED for each in request.tries.all())
        return allowed.get("move_on" if planned else "remind_lender")
    return next((row for row in allowed.values() if request.state in row.primary), None)


def _from_the_desk(request: BorrowingRequest) -> list[str]:
    """Where an item that lies here goes, best first."""
    if MarkKind.NOT_WANTED in open_marks(request):
        return ["send_back", "reshelve"]
    leaves = LIBRARY_USE_ONLY not in request.conditions
    if request.delivery in {Delivery.OFFICE, Delivery.HOME} and leaves:
        return ["post_to_patron"]
    if request.delivery == Delivery.ELECTRONIC and (request.kind_supplied or request.kind) == Wanted.COPY:
        return ["deliver_copy"]
    if request.pickup_branch_id and request.location_id and request.pickup_branch_id != request.location_id:
        return ["send_to_branch"]
    return ["shelve"]
