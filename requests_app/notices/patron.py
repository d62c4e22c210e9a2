"""What a patron's notices know: plain strings, dates and yes or no. Never a lender's own due date (design §3)."""

from datetime import date, datetime

from django.conf import settings

from illservice.citations.copyright import words_for_reader
from illservice.core.clock import local_date
from illservice.directory.selectors import away_from_borrowing
from illservice.documents.services.legend import legend_of
from illservice.notices.kinds.registry import Value
from illservice.notices.services.sharing import once
from illservice.policies.calendars import ahead, ahead_values
from illservice.policies.terms import Side
from requests_app.models import BorrowingRequest, FillSource, Wanted
from requests_app.notices.building import Subject, beside
from requests_app.workflow import states as s
from requests_app.workflow.copyright import conditions_of
from requests_app.workflow.policy import policy_terms, renewals_among
from requests_app.workflow.states import HoldKind, MarkKind, QuestionKind
from requests_app.workflow.timers import spared_by_import

LIBRARY_USE_ONLY = "LibraryUseOnly"


def _common(request: BorrowingRequest) -> dict[str, Value]:
    library = request.library
    return {
        "patron_name": request.patron.name if request.patron else "",
        "request_number": request.number,
        "request_url": f"{settings.ILL_BASE_URL}/my/requests/{request.number}",
        "title": request.article_title or request.title,
        "author": (request.article_author if request.article_title else "") or request.author,
        "library_name": library.name,
        "library_email": library.email,
        "library_phone": library.phone,
    }


def _day(request: BorrowingRequest, moment: datetime | date | None) -> Value:
    """The date in the library's own zone; the empty text stands for "none", so that `if` works."""
    if moment is None:
        return ""
    return local_date(moment, request.library.timezone) if isinstance(moment, datetime) else moment


def _is_copy(request: BorrowingRequest) -> bool:
    return (request.kind_supplied or request.kind) == Wanted.COPY


def _looked_at(request: BorrowingRequest, at: datetime) -> Value:
    """By when the desk looks at it: not before it is back from a vacation, if anybody knows when that is."""
    library, today = request.library, local_date(at, request.library.timezone)
    away = once(("away", library.pk, today), lambda: away_from_borrowing(library, today))
    return _day(request, request.act_by if away is None else away.back)


def submitted(subject: Subject) -> dict[str, Value]:
    request = subject.request
    held = {hold.kind for hold in beside(request, "holds") if hold.cleared_at is None}
    return _common(request) | {
        "next_by": _looked_at(request, subject.at),
        "need_by": _day(request, request.need_by),
        "account_check": HoldKind.PATRON in held,
    }


def closed(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {
        "reason": request.reason.for_patron if request.reason else "",
        "closed_on": _day(request, request.closed_at),
    }


def due(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {"due": _day(request, request.patron_due)}


def overdue(subject: Subject) -> dict[str, Value]:
    request = subject.request
    due_on = request.patron_due
    terms, step = policy_terms(request), subject.step
    found = (
        None
        if due_on is None
        else ahead(terms, Side.BORROWING, due_on, step, spared_by_import(beside(request, "marks")))
    )
    return due(subject) | ahead_values(found)


def recalled(subject: Subject) -> dict[str, Value]:
    return due(subject) | {"with_patron": subject.request.state == s.ON_LOAN}


def due_soon(subject: Subject) -> dict[str, Value]:
    request = subject.request
    recalled = any(m.kind == MarkKind.RECALLED and m.cleared_at is None for m in beside(request, "marks"))
    questions = beside(request, "questions")
    asked = any(q.kind == QuestionKind.RENEWAL and q.answered_at is None for q in questions)
    ours = request.fill_source not in {FillSource.NONE, FillSource.LENDER}
    used_up = renewals_among(questions) >= policy_terms(request).renewals
    return due(subject) | {"may_renew": not (recalled or asked or ours or used_up)}


def still_needed(subject: Subject) -> dict[str, Value]:
    request = subject.request
    found = _common(request)
    return found | {
        "need_by": _day(request, request.need_by),
        "answer_url": f"{found['request_url']}/needed/",
    }


def ready(subject: Subject) -> dict[str, Value]:
    request = subject.request
    place = request.location or request.pickup_branch
    waits = [
        t.due_at for t in beside(request, "timers") if t.kind == "shelf_expired" and t.finished_at is None
    ]
    until = waits[0] if waits else None
    return _common(request) | {
        "due": _day(request, request.patron_due),
        "is_copy": _is_copy(request),
        "pickup_place": place.name if place else request.library.name,
        "pickup_address": (place.address if place else "") or request.library.address,
        "opening_hours": place.opening_hours if place else "",
        "shelf_code": request.shelf_code,
        "pickup_until": _day(request, until),
        "library_use_only": LIBRARY_USE_ONLY in request.conditions,
    }


def posted(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {"due": _day(request, request.patron_due), "is_copy": _is_copy(request)}


def copy_ready(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {
        "copy_url": request.copy_link,
        "link_until": _day(request, request.copy_link_until),
        "legend": " ".join([legend_of(request.library), *words_for_reader(conditions_of(request))]),
    }


def supplied(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {
        "copy_url": request.copy_link,
        "from_own_shelves": request.fill_source == FillSource.OWN,
        "is_online": request.fill_source == FillSource.ONLINE,
        "was_bought": request.fill_source == FillSource.BOUGHT,
        "from_supplier": request.fill_source == FillSource.SUPPLIER,
        "legend": legend_of(request.library)
        if request.fill_source == FillSource.OWN and _is_copy(request)
        else "",
    }


def bill(subject: Subject) -> dict[str, Value]:
    request, charge = subject.request, subject.charge
    owed = charge.owed if charge else None
    return _common(request) | {
        "amount": f"{owed} {charge.currency}" if charge and owed is not None else "",
        "charge_kind": str(charge.get_kind_display()) if charge else "",
        "invoice_number": charge.invoice_number if charge else "",
        "pay_by": _day(request, charge.due_on if charge else None),
        "how_to_pay": request.library.patron_payment,
    }


def message(subject: Subject) -> dict[str, Value]:
    request = subject.request
    asked = [
        h for h in beside(request, "holds") if h.kind == HoldKind.WAITING_PATRON and h.cleared_at is None
    ]
    waiting = asked[0] if asked else None
    return _common(request) | {
        "message_text": subject.message.text if subject.message else "",
        "reply_needed": waiting is not None,
        "reply_by": _day(request, waiting.reply_by if waiting else None),
    }
