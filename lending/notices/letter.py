"""What a letter to a borrower knows. Nothing of anybody's patron: no name, number, address, note (standards P7)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from illservice.citations.kinds import Kind
from illservice.core.clock import local_date
from illservice.directory.kinds import condition_words
from illservice.documents.models import DocumentLink
from illservice.documents.services import address_of
from illservice.documents.services.legend import legend_of
from illservice.notices.kinds.registry import Value
from illservice.policies.calendars import ahead, ahead_values
from illservice.policies.terms import Side
from lending.models import (
    BorrowerAccount,
    Channel,
    LendingCharge,
    LendingHold,
    LendingMessage,
    LendingRequest,
)
from lending.workflow.policy import policy_terms
from lending.workflow.states import HoldKind, MarkKind, QuestionKind
from lending.workflow.timers import spared_by_import


def facts_of(
    request: LendingRequest, message: LendingMessage | None, link: DocumentLink | None
) -> dict[str, Value]:
    """The facts of every letter to a borrower, in the active language."""
    return (
        _citation(request)
        | _request(request)
        | _terms(request)
        | _words(request, message)
        | _copy(request, link)
        | _library(request)
    )


def _citation(request: LendingRequest) -> dict[str, Value]:
    return {
        "title": request.title,
        "article_title": request.article_title,
        "author": (request.article_author if request.article_title else "") or request.author,
        "published": request.date,
        "volume": request.volume,
        "issue": request.issue,
        "pages": request.pages,
    }


def _request(request: LendingRequest) -> dict[str, Value]:
    reason = request.reason
    return {
        "partner_name": request.borrower.name,
        "request_number": request.number,
        "your_number": request.borrower_number,
        "known_number": request.borrower_number or request.number,
        "request_url": _own_page(request),
        "is_copy": (request.kind_supplied or request.kind) == Kind.COPY,
        "due": request.due or "",
        "back_by": _recalled_until(request) or request.due or "",
        "reason": (reason.for_patron or reason.for_staff) if reason else "",
        "retry_after": request.retry_after or "",
    }


def _own_page(request: LendingRequest) -> str:
    """The request's page on the web, for libraries of which somebody can sign in."""
    accounts = BorrowerAccount.objects.filter(library_id=request.borrower_id)
    if request.channel != Channel.WEB and not accounts.filter(lender_id=request.library_id).exists():
        return ""
    return settings.ILL_BASE_URL + reverse("borrower:request", args=[request.library.slug, request.number])


def _recalled_until(request: LendingRequest) -> date | None:
    found = request.marks.filter(kind=MarkKind.RECALLED, cleared_at__isnull=True)
    return found.values_list("until", flat=True).first()


def _terms(request: LendingRequest) -> dict[str, Value]:
    """Conditions and charge: those that wait for an answer, else those that bind."""
    question = request.questions.filter(kind=QuestionKind.CONDITIONAL, answered_at__isnull=True).first()
    terms: dict[str, Any] = question.terms if question else {}
    codes = terms.get("conditions", []) if question else request.conditions
    cost = terms.get("cost", "") if question else request.cost
    currency = terms.get("currency", "") if question else request.cost_currency
    return {
        "conditions": "; ".join(condition_words(codes)),
        "cost": _money(cost, currency or request.library.currency),
        "reply_by": _day(request, question.reply_by if question else _asked_until(request)),
    }


def _waiting(request: LendingRequest) -> QuerySet[LendingHold]:
    """What the desk asked and the borrower has not answered."""
    asked = [HoldKind.WAITING_BORROWER, HoldKind.STATEMENT]
    return request.holds.filter(kind__in=asked, cleared_at__isnull=True)


def _asked_until(request: LendingRequest) -> datetime | None:
    return _waiting(request).values_list("reply_by", flat=True).first()


def _words(request: LendingRequest, message: LendingMessage | None) -> dict[str, Value]:
    text = message.text if message else ""
    return {"message_text": text, "reply_needed": _waiting(request).exists()}


def _copy(request: LendingRequest, link: DocumentLink | None) -> dict[str, Value]:
    if link is None:
        return {"copy_url": "", "link_until": "", "views": "", "legend": legend_of(request.library)}
    return {
        "legend": legend_of(request.library),
        "copy_url": address_of(link),
        "link_until": _day(request, link.expires_at),
        "views": str(link.views_allowed or ""),
    }


def _library(request: LendingRequest) -> dict[str, Value]:
    library = request.library
    return {
        "library_name": library.name,
        "library_address": library.address,
        "library_email": library.email,
        "library_phone": library.phone,
    }


def late_facts(request: LendingRequest, step: int) -> dict[str, Value]:
    """What a letter about a late loan says of the ladder; nothing without a due date."""
    due, terms = request.due, policy_terms(request)
    spared = spared_by_import(request.marks.all()) if terms.lost_days is not None else None
    found = None if due is None else ahead(terms, Side.LENDING, due, step, spared)
    return {**ahead_values(found)}


def bill_facts(request: LendingRequest, charge: LendingCharge) -> dict[str, Value]:
    """What a bill says beside the facts of every letter."""
    return {
        "amount": _money(charge.owed if charge.owed is not None else "", charge.currency),
        "charge_kind": str(charge.get_kind_display()),
        "invoice_number": charge.invoice_number,
        "pay_by": charge.due_on or "",
        "how_to_pay": request.library.partner_payment,
    }


def _day(request: LendingRequest, moment: datetime | None) -> Value:
    """The date in the library's own zone; the empty text stands for "none", so that `if` works."""
    return local_date(moment, request.library.timezone) if moment else ""


def _money(amount: Decimal | str | None, currency: str) -> str:
    return f"{amount} {currency}" if amount not in {None, ""} else ""
