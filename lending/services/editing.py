"""Correcting what was asked for, and how."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from illservice.citations.data import CitationData
from illservice.citations.kinds import Kind, Material
from illservice.core.actors import Actor
from illservice.core.workflow import Act
from illservice.core.workflow.beside import unmark
from lending.models import LendingIdentifier, LendingRequest
from lending.services.base import acting
from lending.services.intake import apply_citation, check_citation
from lending.workflow.states import MarkKind


@dataclass(frozen=True, slots=True)
class Correction:
    """What may be corrected; None leaves it as it is. A day by which it is needed can be taken away, so that one
    says "keep"."""

    citation: CitationData | None = None
    material: str | None = None
    kind: str | None = None
    need_by: date | Literal["keep"] | None = "keep"
    borrower_number: str | None = None
    copyright_statement: str | None = None
    ship_to: str | None = None
    delivery: str | None = None


def edit(
    *, request_id: int, correction: Correction, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Correct the citation or how it is wanted. A loan may be handled as a copy and the other way round."""
    with acting("edit", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: LendingRequest = act.subject
        values = {
            name: getattr(correction, name)
            for name in (
                "material",
                "kind",
                "borrower_number",
                "copyright_statement",
                "ship_to",
                "delivery",
            )
            if getattr(correction, name) is not None
        }
        check_citation(
            correction.citation,
            material=values.get("material", Material(request.material)),
            wanted=values.get("kind", Kind(request.kind)),
        )
        if correction.need_by != "keep":
            values["need_by"] = correction.need_by
        act.set(request, **values)
        if request.copyright_statement:
            unmark(act, MarkKind.NO_STATEMENT)
        if correction.citation is not None:
            _correct_citation(act, correction.citation)


def _correct_citation(act: Act, citation: CitationData) -> None:
    """Write the citation's columns, what is computed from them, and its identifiers anew."""
    request: LendingRequest = act.subject
    fresh = LendingRequest(
        number=request.number,
        borrower=request.borrower,
        borrower_number=request.borrower_number,
        borrower_symbol=request.borrower_symbol,
    )
    apply_citation(fresh, citation)
    names = [*citation.texts(), "year", "fingerprint", "search_text"]
    act.set(request, **{name: getattr(fresh, name) for name in names})
    for known in list(request.identifiers.all()):
        act.remove(known)
    for one in citation.identifiers:
        act.add(LendingIdentifier(request=request).set_identifier(one))
