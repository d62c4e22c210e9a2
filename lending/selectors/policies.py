"""Requests as the preview and the explanation of a policy see them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from illservice.core.clock import local_date
from illservice.core.money import ChargeKind
from illservice.directory.models import Library
from illservice.policies.services.explaining import About, Decided
from illservice.policies.services.preview import Line
from lending.models import LendingCharge, LendingMark, LendingRequest
from lending.workflow.policy import WITH_BORROWER
from lending.workflow.states import MarkKind
from lending.workflow.timers import spared_by_import


def policy_lines(library: Library, is_open: bool, limit: int) -> Iterable[Line]:
    """The open requests, or the closed ones, newest first; `limit` 0 means all. One statement."""
    found = LendingRequest.objects.filter(library=library, closed_at__isnull=is_open)
    order = "-submitted_at" if is_open else "-closed_at"
    supply = LendingCharge.objects.filter(request=OuterRef("pk"), kind=ChargeKind.SUPPLY)
    found = found.annotate(charged=Exists(supply) | Q(cost__isnull=False) | Q(shipped_at__isnull=False))
    called_back = LendingMark.objects.filter(kind=MarkKind.RECALLED, cleared_at=None)
    found = found.annotate(recalled=Exists(called_back.filter(request=OuterRef("pk"))))
    columns = ("pk", "number", "borrower_id", "material", "kind", "kind_supplied", "policy_id", "due")
    facts = ("state", "shipped_at", "renewals", "charged", "recalled")
    rows = found.order_by(order, "-id").values_list(*columns, *facts, named=True)
    for row in rows[: limit or None]:
        yield Line(
            row.pk,
            row.number,
            is_open,
            row.borrower_id,
            "",
            row.material,
            row.kind_supplied or row.kind,
            row.policy_id,
            due=None if is_open and row.state not in WITH_BORROWER else row.due,
            began=local_date(row.shipped_at, library.timezone) if row.shipped_at else None,
            renewals=row.renewals,
            fee_stands=row.charged,
            stays=row.recalled,
        )


def decided_lending(request: LendingRequest) -> tuple[About, Decided]:
    """What decides a request of a borrower, and how it stands. One statement."""
    about = About(request.borrower_id, "", request.material, request.kind_supplied or request.kind)
    submitted_on = local_date(request.submitted_at, request.library.timezone)
    return about, Decided(
        request.policy_id,
        due=request.due,
        need_by=request.need_by,
        submitted_on=submitted_on,
        spared=spared_by_import(request.marks.all()),
    )
