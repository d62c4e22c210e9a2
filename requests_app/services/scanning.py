"""Scan and done: what one scan does when nobody has to say more."""

from datetime import datetime

from django.db import transaction

from illservice.core.actors import Actor
from requests_app.models import BorrowingRequest, Wanted
from requests_app.services.items import Arrival, receive, shelve
from requests_app.workflow.steps import next_step


def usual_arrival(request: BorrowingRequest) -> Arrival:
    """What arrives when nobody says more: the kind asked for, one piece, the lender's terms as they are known."""
    return Arrival(kind=request.kind if request.kind in {Wanted.LOAN, Wanted.COPY} else Wanted.LOAN)


def receive_and_advance(*, request: BorrowingRequest, actor: Actor, at: datetime) -> str:
    """Received with the usual facts and, when the patron picks it up right here, put on the shelf.

    Returns the code of the shelf, or "" when it goes on elsewhere. All of it happens or nothing.
    """
    with transaction.atomic():
        receive(request_id=request.pk, arrival=usual_arrival(request), actor=actor, at=at)
        here = BorrowingRequest.objects.prefetch_related("tries", "marks").get(pk=request.pk)
        step = next_step(here, actor)
        if step is None or step.action != "shelve":
            return ""
        return shelve(request_id=request.pk, actor=actor, at=at)
