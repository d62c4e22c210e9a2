"""How every service begins: one transaction, the request locked, the row found, the version checked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.statements import Prepared, number
from illservice.core.workflow import Act
from illservice.core.workflow.held import held, hold, step, used_up
from illservice.directory.models import Branch, Library, Reason
from illservice.directory.selectors import main_branch_id
from requests_app.models import BorrowingRequest, LenderTry, TryStatus
from requests_app.workflow import MACHINE

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


def lock_request(request_id: int) -> BorrowingRequest:
    """The request, locked until the transaction ends. On SQLite the immediate transaction is the lock."""
    request = held(BorrowingRequest, request_id, lambda: _LOCKED.first(pk=request_id))
    if request is None:
        raise NotFound(request=request_id)
    return request


def lock_request_of_try(try_id: int, library: Library, partner_id: int) -> BorrowingRequest | None:
    """The library's request for which this partner was asked with this try, locked; None when there is none."""
    request = _LOCKED_BY_TRY.first(try_id=try_id, library=library.pk, partner=partner_id)
    if request is not None:
        request.library = library
        hold(request)
    return request


def _to_lock() -> "QuerySet[BorrowingRequest]":
    return BorrowingRequest.objects.select_for_update(of=("self",), no_key=True)


_LOCKED = Prepared(
    lambda: _to_lock().select_related("library__privacy_rules", "location", "patron").filter(pk=number("pk"))
)
_LOCKED_BY_TRY = Prepared(
    lambda: _to_lock().filter(
        tries__pk=number("try_id"), tries__partner_id=number("partner"), library_id=number("library")
    )
)


def refuse_foreign(request: BorrowingRequest, actor: Actor) -> None:
    """Staff and programs act for their library, patrons for themselves; anything else is not there for them.

    The doors look before they call; this is the wall behind them.
    """
    if actor.kind == ActorKind.PATRON:
        own = request.patron is not None and request.patron.user_id == actor.id
    else:
        own = actor.kind not in {ActorKind.STAFF, ActorKind.TOKEN} or request.library_id == actor.library_id
    if not own:
        raise NotFound(request=request.pk)


def reason_for(request: BorrowingRequest, reason: Reason | None) -> Reason | None:
    """The reason, when it is the library's own or a shared one."""
    if reason is not None and reason.library_id not in {None, request.library_id}:
        raise InvalidInput({"reason": _("Choose a reason of your library.")})
    return reason


def own_branch(request: BorrowingRequest, branch_id: int) -> Branch:
    """A branch of the request's library by its key."""
    branch = Branch.objects.filter(library_id=request.library_id, pk=branch_id).first()
    if branch is None:
        raise InvalidInput({"branch": _("Choose a branch of your library.")})
    return branch


def own_place(actor: Actor) -> int | None:
    """The branch of somebody who works in exactly one."""
    return next(iter(actor.branches)) if len(actor.branches) == 1 else None


def receiving_place(actor: Actor, library_id: int) -> int | None:
    """Somebody who works in exactly one branch receives there; everybody else at the main desk."""
    return own_place(actor) or main_branch_id(library_id)


@contextmanager
def acting(
    action: str, *, request_id: int, actor: Actor, at: datetime, version: int | None = None, cause: str = ""
) -> Iterator[Act]:
    """One verb of the desk: what the block sets happens together with the row's own effects, or not at all."""
    with step():
        request = lock_request(request_id)
        refuse_foreign(request, actor)
        with used_up(request):
            act = Act(
                MACHINE, request, action=action, actor=actor, at=at, expected_version=version, cause=cause
            )
            yield act
            act.move()


def drop_planned(act: Act) -> None:
    """Nobody else is asked any more."""
    for planned in act.subject.tries.filter(status=TryStatus.PLANNED):
        act.remove(planned)


def is_second_copy(act: Act, lender_try: LenderTry) -> bool:
    """Whether what this lender sent is the copy that came beside the one that counts."""
    return any(item.second_copy and item.lender_try_id == lender_try.pk for item in act.subject.items.all())


def sent_by(act: Act, *statuses: TryStatus) -> list[LenderTry]:
    """The tries in these places, without those whose item is only a second copy."""
    known = act.subject.tries.all()
    return [each for each in known if each.status in statuses and not is_second_copy(act, each)]


def codes(values: Sequence[str], field: str = "conditions") -> list[str]:
    """Conditions are codes: they stand in events, which hold no free text."""
    if not all(_CODE.fullmatch(value) for value in values):
        raise InvalidInput({field: _("Choose conditions from the list.")})
    return list(dict.fromkeys(values))
