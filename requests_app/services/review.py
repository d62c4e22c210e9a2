"""Before it is sent: holds, corrections, questions to the patron."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.citations.data import CitationData
from illservice.citations.kinds import Material
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotPermitted, Refused
from illservice.core.workflow.beside import unmark
from illservice.directory.models import Branch
from requests_app.models import (
    BorrowingHold,
    BorrowingRequest,
    Delivery,
    FillSource,
    RequestIdentifier,
    Wanted,
)
from requests_app.services.base import acting, receiving_place
from requests_app.services.copyright.clearing import Ground, clear_in
from requests_app.services.copyright.deciding import decide_copyright, decide_late
from requests_app.services.dates import reply_until
from requests_app.services.deciding import decide
from requests_app.services.submit import apply_citation
from requests_app.services.words import add_message
from requests_app.workflow.rights import COPYRIGHT_DESK
from requests_app.workflow.states import BEFORE_SENDING, SUPPLY_HERE, HoldKind, MarkKind

EDITABLE = frozenset(
    {
        "material", "kind", "need_by", "any_edition", "any_language", "volume_wanted", "delivery",
        "pickup_branch_id", "delivery_address", "max_cost", "cited_in",
    }
)  # fmt: skip


def open_hold(
    *, request_id: int, kind: str, actor: Actor, at: datetime, reason: str = "", version: int | None = None
) -> None:
    """Hold a request back. The same hold twice is one."""
    if kind not in HoldKind.values or kind == HoldKind.WAITING_PATRON:
        raise InvalidInput({"kind": _("Choose why.")})
    with acting("open_hold", request_id=request_id, actor=actor, at=at, version=version) as act:
        if not act.subject.holds.filter(kind=kind, cleared_at__isnull=True).exists():
            act.add(BorrowingHold(request=act.subject, kind=kind, opened_at=at, reason=reason))


def clear_hold(
    *, request_id: int, kind: str, actor: Actor, at: datetime, reason: str = "", version: int | None = None
) -> None:
    """Settle one hold. Copyright may be cleared only by those who answer for it."""
    with acting("clear_hold", request_id=request_id, actor=actor, at=at, version=version) as act:
        hold = act.subject.holds.filter(kind=kind, cleared_at__isnull=True).first()
        if hold is None:
            raise Refused(_("This is settled already."), code="hold_closed", action="clear_hold")
        if kind == HoldKind.COPYRIGHT and not actor.roles & COPYRIGHT_DESK:
            raise NotPermitted(action="clear_hold")
        if kind == HoldKind.COPYRIGHT:
            clear_in(act, reason if reason in Ground.values else Ground.WITHIN)
            return
        act.set(hold, cleared_at=at, reason=reason)
        if kind == HoldKind.WAITING_PATRON:
            unmark(act, MarkKind.NO_REPLY)
        if kind == HoldKind.OWNED:
            decide_copyright(act)


def ask_patron(
    *,
    request_id: int,
    text: str,
    actor: Actor,
    at: datetime,
    reply_by: datetime | None = None,
    version: int | None = None,
) -> None:
    """Ask the patron something that must be answered before the request can go on."""
    with acting("ask_patron", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.topics["message"] = add_message(act, text, from_patron=False)
        reply_by = reply_by or reply_until(act.subject, at)
        waiting = act.subject.holds.filter(kind=HoldKind.WAITING_PATRON, cleared_at__isnull=True).first()
        if waiting is not None:
            act.set(waiting, reply_by=reply_by)
        else:
            act.add(
                BorrowingHold(
                    request=act.subject, kind=HoldKind.WAITING_PATRON, opened_at=at, reply_by=reply_by
                )
            )


def supply_here(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """We have it: to the stacks. What held it back is settled by this."""
    with acting("supply_here", request_id=request_id, actor=actor, at=at, version=version) as act:
        for hold in act.subject.holds.filter(kind=HoldKind.OWNED, cleared_at__isnull=True):
            act.set(hold, cleared_at=at, reason="supplied_here")
        decide(act)


def not_here(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """It was not found on our shelves."""
    with acting("not_here", request_id=request_id, actor=actor, at=at, version=version):
        pass


def found_here(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Fetched from our stacks, to be processed like an arrival."""
    with acting("found_here", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(
            act.subject,
            fill_source=FillSource.OWN,
            outcome="filled",
            kind_supplied=act.subject.kind,
            location_id=receiving_place(actor, act.subject.library_id),
        )


def rush(*, request_id: int, on: bool, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Rush requests stand first in every queue."""
    with acting("rush", request_id=request_id, actor=actor, at=at, version=version) as act:
        act.set(act.subject, rush=on)


def edit(
    *,
    request_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    citation: CitationData | None = None,
    version: int | None = None,
) -> None:
    """Correct the citation or how it is wanted. What was asked stays kept as it came."""
    unknown = set(values) - EDITABLE
    if unknown:
        raise InvalidInput({name: _("This cannot be changed here.") for name in sorted(unknown)})
    _check_choices(values)
    with acting("edit", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        branch_id = values.get("pickup_branch_id")
        if branch_id and not Branch.objects.filter(library_id=request.library_id, pk=branch_id).exists():
            raise InvalidInput({"pickup_branch": _("Choose a branch of your library.")})
        act.set(request, **values)
        if request.state in BEFORE_SENDING | {SUPPLY_HERE} and {"kind", "material"} & set(values):
            decide(act)
        if citation is not None:
            corrected = BorrowingRequest(number=request.number)
            apply_citation(corrected, citation)
            columns = (*citation.texts(), "year", "fingerprint", "search_text")
            act.set(request, **{name: getattr(corrected, name) for name in columns})
            for row in request.identifiers.all():
                act.remove(row)
            for one in citation.identifiers:
                act.add(RequestIdentifier(request=request).set_identifier(one))
        if request.state in BEFORE_SENDING | {SUPPLY_HERE}:
            decide_copyright(act)
        elif "kind" in values:
            decide_late(act)


def _check_choices(values: Mapping[str, Any]) -> None:
    if values.get("delivery", Delivery.BRANCH) not in Delivery.values:
        raise InvalidInput({"delivery": _("Choose how it shall be delivered.")})
    if values.get("material", Material.OTHER) not in Material.values:
        raise InvalidInput({"material": _("Choose what it is.")})
    if values.get("kind", Wanted.LOAN) not in {Wanted.LOAN, Wanted.COPY}:
        raise InvalidInput({"kind": _("Choose loan or copy.")})
