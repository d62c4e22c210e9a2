"""What a letter to a lender knows. Nothing of the patron: no name, number, address, note (standards P7)."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings

from illservice.core.clock import local_date
from illservice.directory.kinds import condition_words
from illservice.notices.kinds.registry import Value
from requests_app.models import BorrowingRequest, LenderTry, Wanted
from requests_app.notices.building import Subject
from requests_app.services.answer_links import Purpose, link_for
from requests_app.workflow.copyright import note_on, stated_on
from requests_app.workflow.policy import most_paid, needed_by


def letter(purpose: Purpose | None, subject: Subject) -> dict[str, Value]:
    """The facts of every letter to a lender; with the link by which it answers where the letter asks something."""
    request, lender_try = subject.request, subject.lender_try
    context = _citation(request) | _wish(request) | _library(request)
    context["answer_url"] = _answer_url(purpose, subject)
    return context | (_try(request, lender_try) if lender_try else {})


def message(subject: Subject) -> dict[str, Value]:
    """The same, with what the desk wrote."""
    return letter(None, subject) | {"message_text": subject.lender_words.text if subject.lender_words else ""}


def _answer_url(purpose: Purpose | None, subject: Subject) -> str:
    """Only a mail that leaves holds a link that works: whoever has it answers in the lender's name."""
    if purpose is None or subject.lender_try is None:
        return ""
    if not subject.leaves:
        return f"{settings.ILL_BASE_URL}/answer/example/"
    return link_for(subject.lender_try, purpose, subject.at)


def _citation(request: BorrowingRequest) -> dict[str, Value]:
    valid = request.identifiers.filter(valid=True)
    numbers = ", ".join(f"{each.get_kind_display()} {each.normalised}" for each in valid)
    return {
        "title": request.title,
        "article_title": request.article_title,
        "author": request.author,
        "article_author": request.article_author,
        "edition": request.edition,
        "publisher": request.publisher,
        "place": request.place,
        "published": request.date,
        "series": request.series,
        "volume": request.volume,
        "issue": request.issue,
        "part": request.part,
        "pages": request.pages,
        "volume_wanted": request.volume_wanted,
        "identifiers": numbers,
    }


def _wish(request: BorrowingRequest) -> dict[str, Value]:
    kind = request.kind_supplied or request.kind
    return {
        "is_loan": kind in {Wanted.LOAN, Wanted.EITHER},
        "is_copy": kind in {Wanted.COPY, Wanted.EITHER},
        "any_edition": request.any_edition,
        "rush": request.rush,
        "copyright_statement": _stated(request),
        "need_by": needed_by(request) or "",
        "max_cost": _money(most_paid(request), request.library.currency),
    }


def _stated(request: BorrowingRequest) -> str:
    """A lender makes no copy without it (CONTU guideline 3)."""
    stated = stated_on(request)
    return ". ".join(filter(None, (str(stated.label), note_on(request)))) if stated else ""


def _library(request: BorrowingRequest) -> dict[str, Value]:
    library = request.library
    return {
        "library_name": library.name,
        "library_symbols": ", ".join(library.symbols.order_by("pk").values_list("value", flat=True)),
        "library_address": library.address,
        "library_email": library.email,
        "library_phone": library.phone,
    }


def _try(request: BorrowingRequest, lender_try: LenderTry) -> dict[str, Value]:
    def day(moment: datetime | None) -> Value:
        return local_date(moment, request.library.timezone) if moment else ""

    return {
        "partner_name": lender_try.partner.name,
        "request_number": f"{request.number}-{lender_try.ordinal}",
        "their_number": lender_try.system_number,
        "asked_on": day(lender_try.asked_at),
        "answer_by": day(lender_try.answer_by),
        "shipped_on": day(lender_try.shipped_at),
        "lender_due": lender_try.lender_due or "",
        "conditions": "; ".join(condition_words(lender_try.conditions)),
        "cost": _money(lender_try.cost, lender_try.cost_currency or request.library.currency),
    }


def _money(amount: Decimal | None, currency: str) -> str:
    return f"{amount} {currency}" if amount is not None else ""
