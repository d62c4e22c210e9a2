"""What waits for a person is looked at again when something changed; what is decided never is (standards §1.5)."""

from collections.abc import Collection
from datetime import datetime

from illservice.citations.models import Journal
from illservice.citations.selectors import family_of
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.errors import IllError
from illservice.directory.models import Library
from requests_app.models import CopyrightRecord
from requests_app.models.copyright import Fate
from requests_app.selectors.titles import requesting_entity
from requests_app.services.base import acting
from requests_app.services.copyright.deciding import decide_copyright
from requests_app.workflow.rights import CLEARING
from requests_app.workflow.states import IN_REVIEW

MANY = 20
"""Journals of one change beyond which all that waits is looked at: the queue is shorter than a file of titles."""


def recheck(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Decide a waiting request anew: it goes on when the rules clear it now, else it waits with the new answer."""
    with acting("recheck_copyright", request_id=request_id, actor=actor, at=at, version=version) as act:
        decide_copyright(act)


def reevaluate(*, journal_ids: Collection[int], library_id: int | None, actor: Actor, at: datetime) -> int:
    """Subscriptions or links of these journals changed: what waits for one of them is looked at again, in every library
    when the journals themselves changed (`library_id` None).

    All libraries of the legal entity share what one of them subscribes to. What the actor could not look at, the
    service does by itself. Each request in a transaction of its own; returns how many were looked at.
    """
    waiting = CopyrightRecord.objects.filter(
        decided_at__isnull=True,
        fate=Fate.OPEN,
        request__state=IN_REVIEW,
    ).order_by("pk")
    if library_id is not None:
        waiting = waiting.filter(library__in=requesting_entity(Library.objects.get(pk=library_id)))
    rows = list(waiting.values_list("request_id", "library_id", "keys"))
    keys = _names(journal_ids) if rows and len(journal_ids) <= MANY else None
    done = 0
    for request_id, owner, names in rows:
        if keys is None or not names or keys & set(names):
            done += _again(request_id, actor if _may(actor, owner) else CLOCK, at)
    return done


def _may(actor: Actor, library_id: int) -> bool:
    own = actor.kind is ActorKind.STAFF and actor.library_id == library_id
    return own and bool(actor.roles & CLEARING)


def _names(journal_ids: Collection[int]) -> frozenset[str] | None:
    """All names of their families; None when one of them is gone, and nobody knows its names any more."""
    names: set[str] = set()
    journals = list(Journal.objects.filter(pk__in=journal_ids))
    if len(journals) < len(set(journal_ids)):
        return None
    for journal in journals:
        family = family_of([journal])
        if family is not None:
            names |= {f"issn:{each}" for each in family.issns}
            names |= {f"title:{each}" for each in family.titles}
    return frozenset(names)


def _again(request_id: int, actor: Actor, at: datetime) -> int:
    try:
        recheck(request_id=request_id, actor=actor, at=at)
    except IllError:
        # It went on or ended at this moment: then there is nothing to look at.
        return 0
    return 1
