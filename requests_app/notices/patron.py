"""What a patron's notices know: plain strings, dates and yes or no. Never a lender's own due date (design §3)."""

from datetime import date, datetime

from django.conf import settings

from illservice.core.clock import local_date
from illservice.notices.kinds.registry import Value
from requests_app.models import BorrowingRequest, FillSource, Wanted
from requests_app.notices.building import Subject
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind, QuestionKind

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


def submitted(subject: Subject) -> dict[str, Value]:
    request = subject.request
    held = set(request.holds.filter(cleared_at__isnull=True).values_list("kind", flat=True))
    return _common(request) | {
        "next_by": _day(request, request.act_by),
        "need_by": _day(request, request.need_by),
        "account_check": HoldKind.PATRON in held,
    }


def closed(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {
        "reason": request.reason.patron_text if request.reason else "",
        "closed_on": _day(request, request.closed_at),
    }


def due(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {"due": _day(request, request.patron_due)}


def recalled(subject: Subject) -> dict[str, Value]:
    return due(subject) | {"with_patron": subject.request.state == s.ON_LOAN}


def due_soon(subject: Subject) -> dict[str, Value]:
    request = subject.request
    recalled = request.marks.filter(kind=MarkKind.RECALLED, cleared_at__isnull=True).exists()
    asked = request.questions.filter(kind=QuestionKind.RENEWAL, answered_at__isnull=True).exists()
    ours = request.fill_source not in {FillSource.NONE, FillSource.LENDER}
    return due(subject) | {"may_renew": not (recalled or asked or ours)}


def ready(subject: Subject) -> dict[str, Value]:
    request = subject.request
    place = request.location or request.pickup_branch
    waits = request.timers.filter(kind="shelf_expired", finished_at__isnull=True)
    until = waits.values_list("due_at", flat=True).first()
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
    }


def supplied(subject: Subject) -> dict[str, Value]:
    request = subject.request
    return _common(request) | {
        "copy_url": request.copy_link,
        "from_own_shelves": request.fill_source == FillSource.OWN,
        "is_online": request.fill_source == FillSource.ONLINE,
        "was_bought": request.fill_source == FillSource.BOUGHT,
        "from_supplier": request.fill_source == FillSource.SUPPLIER,
    }


def message(subject: Subject) -> dict[str, Value]:
    request = subject.request
    waiting = request.holds.filter(kind=HoldKind.WAITING_PATRON, cleared_at__isnull=True).first()
    return _common(request) | {
        "message_text": subject.message.text if subject.message else "",
        "reply_needed": waiting is not None,
        "reply_by": _day(request, waiting.reply_by if waiting else None),
    }
