"""Correcting what was asked for, and how."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from illservice.citations.data import CitationData
from illservice.citations.kinds import Kind, Material
from illservice.core.actors import Actor
from illservice.core.workflow.beside import unmark
from lending.models import LendingRequest
from lending.services.base import acting
from lending.services.deciding import decide
from lending.services.intake import check_citation, correct_citation
from lending.workflow.states import BEFORE_SHIPPING, MarkKind


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
        if request.state in BEFORE_SHIPPING and {"kind", "material"} & set(values):
            decide(act)
        if request.copyright_statement:
            unmark(act, MarkKind.NO_STATEMENT)
        if correction.citation is not None:
            correct_citation(act, correction.citation)
