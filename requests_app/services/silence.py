"""What follows when nobody says anything: the next lender, a reminder, a question, in the end the desk."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import CLOCK, Actor
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow.beside import mark, unmark
from requests_app.models import BorrowingRequest, TryStatus
from requests_app.services.base import acting, lock_request
from requests_app.services.lenders import move_on, remind_lender
from requests_app.services.loans import ask_renewal
from requests_app.services.words import flag
from requests_app.workflow import states as s
from requests_app.workflow.facts import REACHED_BY_WORDS
from requests_app.workflow.states import MarkKind, QuestionKind


def lender_silent(*, request_id: int, at: datetime) -> None:
    """The time to answer is over: cancel there and ask the next lender. Staff are told instead when there is no next
    one, when one of the two is asked in another system by hand, or when a question to or from the lender is open."""
    with transaction.atomic():
        request = lock_request(request_id)
        if request.state == s.ASKED and _may_go_on_alone(request):
            move_on(request_id=request_id, actor=CLOCK, at=at)
        else:
            flag(request_id=request_id, kind=MarkKind.LENDER_SILENT, at=at)


def _may_go_on_alone(request: BorrowingRequest) -> bool:
    tries = list(request.tries.all())
    asked = [each for each in tries if each.open]
    planned = [each for each in tries if each.status == TryStatus.PLANNED]
    if len(asked) != 1 or not planned or _waits_for_words(request) or _is_unwanted(request):
        return False
    return {asked[0].system, planned[0].system} <= REACHED_BY_WORDS


def _waits_for_words(request: BorrowingRequest) -> bool:
    """Whether the lender waits for our answer, or we for its answer to a cancellation."""
    kinds = {QuestionKind.CONDITIONAL, QuestionKind.CANCEL}
    return request.questions.filter(kind__in=kinds, answered_at__isnull=True).exists()


def _is_unwanted(request: BorrowingRequest) -> bool:
    return request.marks.filter(kind=MarkKind.NOT_WANTED, cleared_at__isnull=True).exists()


def not_shipped(*, request_id: int, at: datetime) -> None:
    """Promised, and the parcel is late: the lender is reminded once, then staff are told."""
    with transaction.atomic():
        request = lock_request(request_id)
        if _may_be_reminded(request):
            remind_lender(request_id=request_id, actor=CLOCK, at=at)
        else:
            flag(request_id=request_id, kind=MarkKind.NOT_SHIPPED, at=at)


def _may_be_reminded(request: BorrowingRequest) -> bool:
    asked = next((each for each in request.tries.all() if each.open), None)
    if asked is None or asked.system not in REACHED_BY_WORDS:
        return False
    if request.state != s.PROMISED or _waits_for_words(request) or _is_unwanted(request):
        return False
    fired = request.timers.filter(kind="not_shipped", finished_at__gte=request.promised_at)
    return fired.count() == 1  # the one that is being worked off


def ask_still_needed(*, request_id: int, at: datetime) -> None:
    """The need-by date has passed: the patron is asked, staff see it. Nothing is cancelled by that."""
    with acting("ask_still_needed", request_id=request_id, actor=CLOCK, at=at) as act:
        mark(act, MarkKind.NEED_BY)


def still_needed(
    *, request_id: int, need_by: date | None, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The patron still needs it: by a later day, or by no day at all."""
    with acting("still_needed", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if need_by is not None and need_by < local_date(at, request.library.timezone):
            raise InvalidInput({"need_by": _("That day is over already.")})
        act.set(request, need_by=need_by)
        unmark(act, MarkKind.NEED_BY)


def renew_by_itself(*, request_id: int, at: datetime) -> None:
    """Ask for more time before the patron's date; not where the lender is asked in another system by hand."""
    with transaction.atomic():
        request = lock_request(request_id)
        held = [each for each in request.tries.all() if each.status == TryStatus.RECEIVED]
        if held and held[0].system in REACHED_BY_WORDS:
            ask_renewal(request_id=request_id, actor=CLOCK, at=at)


def remind_pickup(*, request_id: int, at: datetime) -> None:
    """The time on the hold shelf is nearly over."""
    with acting("remind_pickup", request_id=request_id, actor=CLOCK, at=at):
        pass


def remind_recall(*, request_id: int, at: datetime) -> None:
    """Recalled, and not back yet."""
    with acting("remind_recall", request_id=request_id, actor=CLOCK, at=at):
        pass
