"""Requests as the preview and the explanation of a policy see them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from illservice.core.clock import local_date
from illservice.directory.models import Library
from illservice.policies.services.explaining import About, Decided
from illservice.policies.services.preview import Line
from requests_app.models import (
    BorrowingCharge,
    BorrowingMark,
    BorrowingRequest,
    FillSource,
    LenderTry,
    TryStatus,
)
from requests_app.workflow.policy import FEE, WITH_US
from requests_app.workflow.states import MarkKind
from requests_app.workflow.timers import spared_by_import

_NOT_ITS = (TryStatus.UNFILLED, TryStatus.CANCELLED, TryStatus.SILENT, TryStatus.RETRY)
"""Lenders that were asked and have nothing to do with it any more."""


def policy_lines(library: Library, is_open: bool, limit: int) -> Iterable[Line]:
    """The open requests, or the closed ones, newest first; `limit` 0 means all. One statement."""
    found = BorrowingRequest.objects.filter(library=library, closed_at__isnull=is_open)
    found = found.order_by("-submitted_at" if is_open else "-closed_at", "-id")
    for row in _facts(found)[: limit or None]:
        began = row.received_at or row.shipped_at
        yield Line(
            row.pk,
            row.number,
            is_open,
            None if _is_own(row.fill_source) else row.lender,
            row.patron_category,
            row.material,
            row.kind_supplied or row.kind,
            row.policy_id,
            due=None if is_open and row.state not in WITH_US else row.patron_due,
            began=local_date(began, library.timezone) if began else None,
            lender_due=row.lender_due,
            fee_stands=row.charged,
            stays=row.recalled,
        )


def _facts(found: "QuerySet[BorrowingRequest]") -> "QuerySet[BorrowingRequest, Any]":
    """The columns that a line is made of."""
    asked = _asked(LenderTry.objects.filter(request=OuterRef("pk")))
    fees = BorrowingCharge.objects.filter(request=OuterRef("pk"), bill_key=FEE)
    recalls = BorrowingMark.objects.filter(request=OuterRef("pk"), kind=MarkKind.RECALLED, cleared_at=None)
    found = found.annotate(lender=Subquery(asked.values("partner_id")[:1]))
    found = found.annotate(charged=Exists(fees), recalled=Exists(recalls))
    about = (
        "number",
        "kind",
        "kind_supplied",
        "fill_source",
        "lender",
        "patron_category",
        "material",
        "policy_id",
    )
    dates = ("patron_due", "shipped_at", "received_at", "lender_due", "state", "charged", "recalled")
    return found.values_list("pk", *about, *dates, named=True)


def _asked(tries: "QuerySet[LenderTry]") -> "QuerySet[LenderTry]":
    """The lender who is asked or sent it comes first."""
    return tries.filter(asked_at__isnull=False).exclude(status__in=_NOT_ITS).order_by("-open", "-ordinal")


def _is_own(fill_source: str) -> bool:
    """Whether it was filled without a lender."""
    return fill_source not in {FillSource.NONE, FillSource.LENDER}


def decided_borrowing(request: BorrowingRequest) -> tuple[About, Decided]:
    """What decides a request, and how it stands: with the lender who is asked or sent it. Two statements."""
    lender = _asked(request.tries.all()).values_list("partner_id", flat=True)
    partner_id = None if _is_own(request.fill_source) else lender.first()
    kind = request.kind_supplied or request.kind
    return About(partner_id, request.patron_category, request.material, kind), Decided(
        request.policy_id,
        due=request.patron_due,
        lender_due=request.lender_due,
        need_by=request.need_by,
        submitted_on=local_date(request.submitted_at, request.library.timezone),
        spared=spared_by_import(request.marks.all()),
    )
