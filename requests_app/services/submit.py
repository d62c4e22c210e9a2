"""A request comes in: from a patron's form, an OpenURL, or the desk."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import CitationData
from illservice.citations.kinds import Material, missing_fields
from illservice.citations.normalise import fingerprint, search_text
from illservice.citations.text import clean_lines
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.fitting import refuse_unfit
from illservice.core.idempotency import once
from illservice.core.numbers import next_number
from illservice.core.workflow import Act
from illservice.directory.models import Branch
from illservice.policies.terms import Side
from patrons.eligibility import Finding, Severity
from patrons.models import Patron
from patrons.selectors import findings_for
from requests_app.discovery import duplicates_of
from requests_app.models import (
    BorrowingHold,
    BorrowingRequest,
    Delivery,
    Note,
    RequestIdentifier,
    Wanted,
)
from requests_app.selectors import open_count
from requests_app.services.copyright.deciding import decide_copyright
from requests_app.services.deciding import kind_of, verdict_for_patron
from requests_app.services.declaring import Declared, keep_declared, refuse_undeclared
from requests_app.workflow import MACHINE
from requests_app.workflow.states import HoldKind

SIDE_LETTER = "B"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody asks for. `again_because` is the patron's answer to "you have this already".

    `declared` says that the text on copyright was accepted; what may come as a copy is not taken in without it.
    """

    material: str
    wanted: str
    citation: CitationData
    delivery: str = Delivery.BRANCH
    pickup_branch_id: int | None = None
    delivery_address: str = ""
    need_by: date | None = None
    any_edition: bool = False
    any_language: bool = False
    volume_wanted: str = ""
    max_cost: Decimal | None = None
    cited_in: str = ""
    note: str = ""
    again_because: str = ""
    source: str = "web"
    raw: dict[str, Any] = field(default_factory=dict)
    copied_from_id: int | None = None
    declared: Declared | None = None


def submit(*, patron_id: int, new: NewRequest, actor: Actor, at: datetime, key: str = "") -> str:
    """Take the request in and return its number. The same `key` from the same actor gives the same request.

    Raises InvalidInput for what cannot be asked at all; everything else that speaks against it becomes a hold.
    """
    scope = f"submit:{actor.kind}:{actor.id}:{patron_id}"
    number, _new = once(scope=scope, key=key, at=at, work=lambda: _submit(patron_id, new, actor, at))
    return number


def _submit(patron_id: int, new: NewRequest, actor: Actor, at: datetime) -> str:
    with transaction.atomic():
        patron = _lock_patron(patron_id, actor)
        _check_choices(new)
        verdict = verdict_for_patron(patron, wanted=new.wanted, material=new.material, at=at)
        findings = findings_for(
            patron,
            wanted=new.wanted,
            material=new.material,
            open_requests=open_count(patron_id),
            limit=verdict.terms(Side.BORROWING).open_limit,
            at=at,
        )
        _refuse(new, patron, findings)
        declared = _declared_for(new, patron, actor, at)
        request = _create(patron, new, at)
        if declared is not None:
            keep_declared(request, declared, at)
        _identifiers(request, new.citation)
        for kind, detail in _holds(patron, new, findings, at, except_id=request.pk).items():
            BorrowingHold.objects.create(request=request, kind=kind, detail=detail, opened_at=at)
        if new.again_because:
            Note.objects.create(request=request, text=clean_lines(new.again_because), at=at)
        act = Act(MACHINE, request, action="submit", actor=actor, at=at)
        act.set(request, policy_id=verdict.version_id)
        decide_copyright(act)
        act.move()
        return request.number


def _lock_patron(patron_id: int, actor: Actor) -> Patron:
    """The patron, locked, so that two requests at once cannot both take the last place of a limit."""
    patron = (
        Patron.objects.select_for_update(of=("self",), no_key=True)
        .select_related("library__entity", "category")
        .filter(pk=patron_id, erased_at__isnull=True)
        .first()
    )
    if patron is None or _is_foreign(patron, actor):
        raise NotFound(patron=patron_id)
    return patron


def _is_foreign(patron: Patron, actor: Actor) -> bool:
    """Staff and programs act for patrons of their library, patrons for themselves."""
    if actor.kind == ActorKind.PATRON:
        return patron.user_id is None or patron.user_id != actor.id
    return actor.kind in {ActorKind.STAFF, ActorKind.TOKEN} and patron.library_id != actor.library_id


def _check_choices(new: NewRequest) -> None:
    if new.material not in Material.values:
        raise InvalidInput({"material": _("Choose what it is.")})
    if new.wanted not in Wanted.values:
        raise InvalidInput({"wanted": _("Choose whether you want to borrow it or a copy.")})
    if new.delivery not in Delivery.values:
        raise InvalidInput({"delivery": _("Choose how it shall be delivered.")})


def _refuse(new: NewRequest, patron: Patron, findings: list[Finding]) -> None:
    for finding in findings:
        if finding.severity == Severity.REFUSE:
            raise InvalidInput({"wanted": finding.words})
    if new.pickup_branch_id is not None:
        branches = Branch.objects.filter(library_id=patron.library_id, pk=new.pickup_branch_id)
        if not branches.exists():
            raise InvalidInput({"pickup_branch": _("Choose a branch of your library.")})
    if new.copied_from_id is not None:
        earlier = BorrowingRequest.objects.filter(library_id=patron.library_id, pk=new.copied_from_id)
        if not earlier.exists():
            raise NotFound(request=new.copied_from_id)


def _declared_for(new: NewRequest, patron: Patron, actor: Actor, at: datetime) -> Declared | None:
    """What was declared for a request that may come as a copy; refused without it. A loan needs none."""
    if new.wanted == Wanted.LOAN or not patron.category.may_copy:
        return None
    return refuse_undeclared(new.declared, patron.library, actor, at)


def _create(patron: Patron, new: NewRequest, at: datetime) -> BorrowingRequest:
    citation = new.citation
    request = BorrowingRequest(
        number=next_number(SIDE_LETTER),
        library=patron.library,
        patron=patron,
        patron_category=patron.category.code,
        patron_department=patron.department,
        material=new.material,
        wanted=new.wanted,
        kind=kind_of(new.wanted, new.material, patron.category),
        need_by=new.need_by,
        any_edition=new.any_edition,
        any_language=new.any_language,
        volume_wanted=new.volume_wanted,
        delivery=new.delivery,
        pickup_branch_id=new.pickup_branch_id or patron.home_branch_id,
        delivery_address=new.delivery_address,
        max_cost=new.max_cost,
        cited_in=new.cited_in,
        patron_note=new.note,
        source=new.source,
        raw=new.raw,
        copied_from_id=new.copied_from_id,
        submitted_at=at,
        act_by=at,
    )
    apply_citation(request, citation)
    request.asked = as_asked(citation)
    request.person_text = search_text(patron.name, patron.barcode, patron.email)
    refuse_unfit(request)
    request.save(force_insert=True)
    return request


def apply_citation(request: BorrowingRequest, citation: CitationData) -> None:
    """Write the citation's columns and what is computed from them. Saves nothing."""
    request.set_citation(citation)
    request.fingerprint = fingerprint(citation)
    known = (one.normalised or one.raw for one in citation.identifiers)
    request.search_text = search_text(request.number, *citation.texts().values(), *known)


def as_asked(citation: CitationData) -> dict[str, Any]:
    """The citation as it came, to be kept beside the corrected one."""
    texts = {name: text for name, text in citation.texts().items() if text}
    identifiers = [{"kind": str(one.kind), "raw": one.raw} for one in citation.identifiers]
    return texts | ({"identifiers": identifiers} if identifiers else {})


def _identifiers(request: BorrowingRequest, citation: CitationData) -> None:
    RequestIdentifier.objects.bulk_create(
        RequestIdentifier(request=request).set_identifier(one) for one in citation.identifiers
    )


def _holds(
    patron: Patron, new: NewRequest, findings: list[Finding], at: datetime, *, except_id: int
) -> dict[str, dict[str, Any]]:
    """Which holds the request opens with, each with the codes and numbers that explain it."""
    holds: dict[str, dict[str, Any]] = {}
    for finding in findings:
        if finding.severity == Severity.HOLD:
            kind = HoldKind.LIMIT if finding.code == "limit" else HoldKind.PATRON
            holds.setdefault(kind, {"codes": []})["codes"].append(finding.code)
    twins = duplicates_of(patron.pk, new.citation, at=at, except_id=except_id)
    if twins:
        holds[HoldKind.DUPLICATE] = {"numbers": [twin.number for twin in twins]}
    identifiers = {str(one.kind): one.raw for one in new.citation.identifiers}
    missing = missing_fields(new.material, new.citation.texts() | identifiers)
    if missing:
        holds[HoldKind.CITATION] = {"missing": list(missing)}
    return holds
