"""Correcting what was asked for, and how."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from illservice.citations.data import CitationData
from illservice.citations.kinds import Kind, Material
from illservice.core.actors import Actor
from illservice.core.workflow import Act
from illservice.core.workflow.beside import mark, unmark
from lending.models import LendingRequest
from lending.services.base import acting
from lending.services.deciding import decide
from lending.services.intake import check_citation, correct_citation
from lending.workflow.states import BEFORE_SHIPPING, HoldKind, MarkKind


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
        _look_for_statement(act, values)
        if correction.citation is not None:
            correct_citation(act, correction.citation)


def _look_for_statement(act: Act, values: dict[str, Any]) -> None:
    """A loan that is handled as a copy needs a statement, too (CONTU guideline 3); one that was typed settles the
    question, and so does a loan instead.
    """
    request: LendingRequest = act.subject
    if request.copyright_statement or request.kind != Kind.COPY:
        unmark(act, MarkKind.NO_STATEMENT)
        for hold in request.holds.all():
            if hold.kind == HoldKind.STATEMENT and not hold.cleared_at:
                reason = "named" if request.copyright_statement else "not_needed"
                act.set(hold, cleared_at=act.at, reason=reason)
    elif "kind" in values and request.state in BEFORE_SHIPPING and not _is_asked(request):
        mark(act, MarkKind.NO_STATEMENT)


def _is_asked(request: LendingRequest) -> bool:
    """Whether somebody asked the borrower for it, or settled that none is needed."""
    return any(each.kind == HoldKind.STATEMENT for each in request.holds.all())
