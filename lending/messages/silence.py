"""A borrower's system keeps silent: the desk sees it on the requests that wait."""

from datetime import datetime

from illservice.exchange.kinds import Side
from lending.models import LendingRequest
from lending.services.words import flag, unflag
from lending.workflow.states import MarkKind


def silent(side: str, number: str, at: datetime) -> None:
    """Mark the request whose message waits."""
    _mark(side, number, at, on=True)


def refused(side: str, number: str, at: datetime) -> None:
    """Put the request before the desk: what was said about it could not be understood."""
    key = LendingRequest.objects.filter(number=number).values_list("pk", flat=True).first()
    if side == Side.LENDING and key is not None:
        flag(request_id=key, kind=MarkKind.ODD_NEWS, at=at)


def heard(side: str, number: str, at: datetime) -> None:
    """Take the mark away again."""
    _mark(side, number, at, on=False)


def _mark(side: str, number: str, at: datetime, *, on: bool) -> None:
    if side != Side.LENDING:
        return
    request = LendingRequest.objects.filter(number=number).prefetch_related("marks").first()
    if request is None:
        return
    is_marked = any(m.kind == MarkKind.PEER_SILENT and not m.cleared_at for m in request.marks.all())
    if on and not is_marked:
        flag(request_id=request.pk, kind=MarkKind.PEER_SILENT, at=at)
    elif is_marked and not on:
        unflag(request_id=request.pk, kind=MarkKind.PEER_SILENT, at=at)
