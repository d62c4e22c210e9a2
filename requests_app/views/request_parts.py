"""The parts of a request's staff page, as the words and links that its templates print."""

from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.citations.copyright import Condition, Statement
from illservice.citations.kinds import FIELD_LABELS, Kind
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk import page
from illservice.core.desk.costs import costs_part, too_much
from illservice.core.desk.page import Fact, day_words, fact, filled, money_words
from illservice.core.desk.reading import PageFacts
from illservice.directory.kinds import condition_words
from illservice.directory.models import Library, PartnerSystem
from illservice.policies.views.words import fee_policies, policy_fact
from patrons.selectors import collectors_of
from requests_app.forms.actions.news import MessageLenderForm, reached
from requests_app.forms.actions.review import reason_words
from requests_app.models import (
    BorrowingHold,
    BorrowingQuestion,
    BorrowingRequest,
    LenderTry,
    RequestItem,
    TryStatus,
)
from requests_app.models.copyright import Fate, Way
from requests_app.selectors import sees_persons
from requests_app.selectors.copyright.waiting import sentence_of
from requests_app.services.copyright.clearing import Ground
from requests_app.views.side import SIDE
from requests_app.workflow.copyright import conditions_of, record_of
from requests_app.workflow.policy import most_paid, needed_by
from requests_app.workflow.states import ON_SHELF, HoldKind, QuestionKind

_FINDINGS = {
    "blocked": gettext_lazy("the account is blocked"),
    "overdue": gettext_lazy("something is long overdue"),
    "expired": gettext_lazy("the library card has expired"),
    "new": gettext_lazy("first request: nobody has looked at the account yet"),
    "limit": gettext_lazy("the limit of open requests is reached"),
}
_TRY_TONES = {
    TryStatus.PLANNED: "neutral",
    TryStatus.ASKED: "info",
    TryStatus.UNFILLED: "bad",
    TryStatus.SILENT: "bad",
    TryStatus.RETRY: "warn",
    TryStatus.CANCELLED: "neutral",
    TryStatus.DONE: "neutral",
}


_SERVICES = {
    "Copy": gettext_lazy("as a copy"),
    "Loan": gettext_lazy("as a loan"),
    "CopyOrLoan": gettext_lazy("as a copy or as a loan"),
}
"""Types of service of ISO 18626, as an offer to be asked again names them."""


def wish_facts(request: BorrowingRequest, actor: Actor, *, persons: bool) -> list[Fact]:
    """How it is wanted and by which policy it is handled; who or where somebody is only for those who need it."""
    delivery = request.get_delivery_display()
    if request.pickup_branch:
        delivery = f"{delivery}: {request.pickup_branch.name}"
    tolerances = [
        str(label)
        for on, label in (
            (request.any_edition, _("any edition")),
            (request.any_language, _("any language")),
        )
        if on
    ]
    lines = [
        *page.kind_facts(request, lambda code: Kind(code).label),
        fact(_("Needed by"), day_words(needed_by(request))),
        fact(_("Also welcome"), ", ".join(tolerances)),
        fact(_("Volume wanted"), request.volume_wanted),
        fact(_("Delivery"), delivery),
        fact(_("Delivery address"), request.delivery_address if persons else ""),
        fact(_("Would pay up to"), money_words(most_paid(request), request.library.currency)),
        fact(_("Found in"), request.cited_in),
        fact(_("Patron’s note"), request.patron_note if persons else ""),
        fact(_("Copyright"), copyright_words(request)),
        fact(_("Conditions of the law"), law_words(request)),
        policy_fact(request.policy, request.library.slug, actor),
    ]
    return filled(lines)


def copyright_words(request: BorrowingRequest) -> str:
    """What was decided on a copy: the statement, the rule, the count then, and the words of whoever decided; below it
    the rule's sentence.
    """
    record = record_of(request)
    if record is None or record.decided_at is None:
        return ""
    counted = record.counts and record.count is not None and record.limit is not None
    figures = {"number": (record.count or 0) + record.copies, "limit": record.limit}
    parts = (
        Statement(record.statement).label if record.statement else "",
        record.rule,
        _("number %(number)s of %(limit)s") % figures if counted else "",
        Way(record.way).label if record.way else "",
        Ground(record.ground).label if record.ground else "",
        record.reason,
        _("place given back") if record.counts and record.fate == Fate.RELEASED else "",
    )
    told = " · ".join(str(part) for part in parts if part)
    return "\n".join(filter(None, (told, sentence_of(record))))


def law_words(request: BorrowingRequest) -> str:
    """What the law ties the copy to."""
    codes = [code for code in conditions_of(request) if code in Condition.values]
    return "\n".join(str(Condition(code).label) for code in codes)


def place_facts(request: BorrowingRequest) -> list[Fact]:
    """Where it is, until when, under which conditions, and what it cost."""
    link_until = day_words(request.copy_link_until)
    lines = [
        fact(_("Due back at the lender"), day_words(request.lender_due)),
        fact(_("Due date for the patron"), day_words(request.patron_due)),
        fact(_("Where it is"), request.location.name if request.location else ""),
        fact(_("Hold shelf code"), request.shelf_code),
        fact(_("Conditions"), "\n".join(condition_words(request.conditions))),
        fact(_("Link to the copy"), request.copy_link, url=_safe_link(request.copy_link)),
        fact(_("Link works until"), link_until if request.copy_link else ""),
        fact(_("Filled from"), request.get_fill_source_display() if request.fill_source else ""),
        fact(_("Cost"), money_words(request.cost, request.cost_currency)),
        fact(_("Reason"), request.reason.for_staff if request.reason else ""),
    ]
    return filled(lines)


def _safe_link(link: str) -> str:
    """Only what a browser opens as a page: a link of another kind stays text."""
    return link if link.lower().startswith(("https://", "http://")) else ""


def costs(one: BorrowingRequest, library: Library, rows: Any, at: datetime) -> dict[str, Any]:
    """The charges, and whether they are more than anybody wanted to pay."""
    warnings = too_much(one, library.currency)
    return costs_part(SIDE, one, library.slug, rows, at, warnings=warnings, policies=fee_policies(one))


def patron_facts(request: BorrowingRequest, library: Library, actor: Actor, at: datetime) -> dict[str, Any]:
    """The patron's box; nothing of the person for those whose work needs no names."""
    patron = request.patron
    if patron is None:
        return {"gone": True, "facts": [fact(_("Category"), request.patron_category or "–")]}
    if not sees_persons(actor):
        return {"hidden": True, "facts": [fact(_("Category"), patron.category.name)]}
    today = local_date(at, library.timezone)
    expired = patron.expires_on is not None and patron.expires_on < today
    warnings = []
    if patron.is_blocked:
        warnings.append(_("Blocked: %(why)s") % {"why": patron.block_reason or _("no reason given")})
    since = getattr(request, "blocked_since", None)
    if since is not None:
        day = day_words(local_date(since, library.timezone))
        warnings.append(_("Blocked since %(day)s: something is long overdue.") % {"day": day})
    if expired:
        warnings.append(_("The library card expired on %(day)s.") % {"day": day_words(patron.expires_on)})
    if patron.cleared_at is None:
        warnings.append(_("New: nobody has looked at the account yet."))
    lines = [
        fact(_("Name"), patron.name, url=optional_url("desk:patron", library.slug, patron.barcode)),
        fact(_("Library card"), patron.barcode, copyable=True),
        fact(_("Category"), patron.category.name),
        fact(_("Department"), patron.department),
        fact(_("Card expires"), day_words(patron.expires_on)),
        fact(_("E-mail"), patron.email, url=f"mailto:{patron.email}" if patron.email else ""),
        fact(_("Telephone"), patron.phone),
        fact(_("Prefers"), patron.get_contact_display()),
        fact(_("May be picked up by"), ", ".join(_collectors(request, today))),
        fact(_("Note for staff"), patron.note),
    ]
    return {"facts": filled(lines), "warnings": warnings}


def _collectors(request: BorrowingRequest, today: date) -> list[str]:
    """Who may fetch what waits on the shelf, beside the patron."""
    if request.state != ON_SHELF or request.patron_id is None:
        return []
    return collectors_of(request.patron_id, today)


def optional_url(name: str, *args: object) -> str:
    """An address, or nothing when this service has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def hold_part(hold: BorrowingHold, library: Library) -> dict[str, Any]:
    """What a hold says and where to look."""
    detail = hold.detail or {}
    words = [str(_FINDINGS.get(code, code)) for code in detail.get("codes", [])]
    words += [
        _("missing: %(field)s") % {"field": FIELD_LABELS.get(name, name)}
        for name in detail.get("missing", [])
    ]
    if hold.reason and not hold.cleared_at:
        words.append(str(reason_words(hold.kind, hold.reason)))
    if hold.kind == HoldKind.COPYRIGHT:
        words.append(sentence_of(record_of(hold.request)))
    return {
        "kind": hold.kind,
        "label": HoldKind(hold.kind).label,
        "words": [each for each in words if each],
        "opened_at": hold.opened_at,
        "reply_by": hold.reply_by,
        "twins": page.twins(SIDE, library.slug, detail.get("numbers", [])),
        "is_new_patron": hold.kind == HoldKind.PATRON and detail.get("codes") == ["new"],
    }


def question_part(question: BorrowingQuestion, request: BorrowingRequest) -> list[Fact]:
    """What a lender asks for, or offers: who, why not now, from when, and on which terms."""
    terms = question.terms
    asked = next((each for each in request.tries.all() if each.pk == question.lender_try_id), None)
    offers = question.kind == QuestionKind.RETRY
    reason = asked.reason.for_staff if offers and asked and asked.reason else ""
    lines = [
        fact(_("Lender"), asked.partner.name if asked else ""),
        fact(_("Not now, because"), reason),
        fact(_("Ask again from"), day_words(parse_date(terms.get("after") or ""))),
        fact(_("Could supply it"), _SERVICES.get(terms.get("service", ""), terms.get("service", ""))),
        fact(_("Conditions"), "\n".join(condition_words(terms.get("conditions", [])))),
        fact(
            _("Price"), " ".join(part for part in (terms.get("cost", ""), terms.get("currency", "")) if part)
        ),
        fact(_("In the lender’s words"), terms.get("note", "")),
    ]
    return filled(lines)


def lender_words(
    found: PageFacts[BorrowingRequest], library: Library, offered: dict[str, Any]
) -> dict[str, Any]:
    """The conversation with each lender, and to whom the desk can write (templates/desk/request_lender_words.html)."""
    one = found.request
    asked = [each for each in one.tries.all() if each.asked_at]
    talks = [
        {
            "name": each.partner.name,
            "exchange": page.exchange(found.about(each.pk), ours=library.name, theirs=each.partner.name),
        }
        for each in asked
    ]
    writable = reached(one, MessageLenderForm.systems) if "message_lender" in offered["rows"] else []
    current = next((each for each in writable if each.open), writable[-1] if writable else None)
    return {
        "talks": [talk for talk in talks if talk["exchange"]],
        "to": [
            {"code": each.ordinal, "name": each.partner.name, "chosen": each is current} for each in writable
        ],
    }


def log_url(request: BorrowingRequest, library: Library) -> str:
    """The page with all messages of ISO 18626 about the request; nothing while no lender was asked so."""
    by_message = any(each.asked_at and each.system == PartnerSystem.ISO18626 for each in request.tries.all())
    return optional_url("exchange:log", library.slug, request.number) if by_message else ""


def try_part(lender_try: LenderTry) -> dict[str, Any]:
    """One lender's line."""
    return {
        "ordinal": lender_try.ordinal,
        "name": lender_try.partner.name,
        "slug": lender_try.partner.slug,
        "system": lender_try.get_system_display(),
        "system_code": lender_try.system,
        "by_mail": lender_try.system == "mail",
        "address": getattr(lender_try, "address", "") or "",
        "phone": getattr(lender_try, "phone", "") or "",
        "number": lender_try.system_number,
        "status": {
            "text": lender_try.get_status_display(),
            "tone": _TRY_TONES.get(TryStatus(lender_try.status), "ok"),
        },
        "asked_at": lender_try.asked_at,
        "answer_by": lender_try.answer_by if lender_try.status == TryStatus.ASKED else None,
        "due": lender_try.lender_due,
        "cost": money_words(lender_try.cost, lender_try.cost_currency),
        "conditions": condition_words(lender_try.conditions),
        "reason": lender_try.reason.for_staff if lender_try.reason else "",
        "return_address": lender_try.return_address,
        "is_open": lender_try.open,
    }


def item_part(item: RequestItem) -> dict[str, Any]:
    """One piece's line."""
    return {
        "label": item.label or _("item"),
        "barcode": item.barcode,
        "call_number": item.call_number,
        "pieces": item.pieces,
        "condition": item.condition,
        "second_copy": item.second_copy,
        "received_at": item.received_at,
        "returned_at": item.returned_at,
    }
