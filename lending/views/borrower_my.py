"""A borrowing library's own requests: the list, one request, words to the desk, its copy, the label to send it back."""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.citations.copyright import COPYRIGHT_STATEMENTS
from illservice.citations.data import TEXT_FIELDS
from illservice.citations.forms.fields import WriteForm
from illservice.citations.kinds import FIELD_LABELS, FIELDS
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound, Refused, StaleVersion, WrongState
from illservice.core.idempotency import once
from illservice.core.printing import Family, Label, PrintJob, labels_pdf, print_page
from illservice.directory.kinds import condition_words
from illservice.directory.printing import address_lines, library_lines
from illservice.documents.kinds import Audience
from illservice.documents.selectors import link_in_force, released
from illservice.documents.services import address_of
from lending.doors import borrower_page
from lending.forms.borrower import DELIVERY_LABELS, KIND_LABELS, FindForm, StatementForm
from lending.models import Channel, DeliveryWay, LendingMessage, LendingQuestion, LendingRequest
from lending.selectors.borrowers import Dealing, own_page, request_for_borrower
from lending.services.words import borrower_message, give_statement
from lending.views.borrower_moves import moves_of, own_to_change, say_how_it_is, to_request
from lending.views.borrower_pages import draw
from lending.views.borrower_timeline import timeline
from lending.views.borrower_words import day, is_copy, money, open_kinds, open_question, status_of, title_of
from lending.workflow import states as s
from lending.workflow.states import HoldKind, QuestionKind


@require_safe
@borrower_page
def mine(request: HttpRequest, dealing: Dealing, _actor: Actor) -> HttpResponse:
    """/from/<lender>/: open requests first, 25 a page; `q` searches them."""
    at, form = clock.now(), FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = own_page(dealing, words=words, cursor=request.GET.get("page"))
    base = reverse("borrower:mine", args=[dealing.lender.slug])
    context = {
        "rows": [_row(each, at) for each in page.rows],
        "pager": {
            "newer_url": _page_url(base, words, page.previous_cursor),
            "older_url": _page_url(base, words, page.next_cursor),
        },
        "find": form,
        "words": words,
        "dealing": dealing,
        "slug": dealing.lender.slug,
    }
    return draw(request, "borrower/mine.html", context)


def _page_url(base: str, words: str, cursor: str | None) -> str:
    query = ({"q": words} if words else {}) | ({"page": cursor} if cursor else {})
    return f"{base}?{urlencode(query)}" if cursor else ""


def _row(request: LendingRequest, at: datetime) -> dict[str, Any]:
    return {
        "number": request.number,
        "own_number": request.borrower_number,
        "title": title_of(request),
        "author": (request.article_author if request.article_title else "") or request.author,
        "url": reverse("borrower:request", args=[request.library.slug, request.number]),
        "status": status_of(request, at),
        "submitted_at": request.submitted_at,
    }


# -- One request --------------------------------------------------------------------------------------------


@require_safe
@borrower_page
def one(request: HttpRequest, dealing: Dealing, actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/: all that the borrower may know of it, and do."""
    return _page(request, request_for_borrower(dealing, number), dealing, actor)


def _page(
    request: HttpRequest, found: LendingRequest, dealing: Dealing, actor: Actor, form: Form | None = None
) -> HttpResponse:
    at = clock.now()
    waiting = {HoldKind.WAITING_BORROWER, HoldKind.STATEMENT} & open_kinds(found)
    form = form or (StatementForm() if _statement_waits(found) else WriteForm())
    if isinstance(form, WriteForm):
        form.initial = {"key": secrets.token_urlsafe(12)}
    answers, moves = moves_of(found, actor)
    context = {
        "asked": found,
        "title": title_of(found),
        "status": status_of(found, at),
        "terms": _terms(found),
        "answers": answers,
        "moves": moves,
        "copy_url": _copy_url(found, at),
        "label_url": _label_url(found),
        "facts": _standing_facts(found),
        "asked_facts": _asked_facts(found),
        "entries": timeline(found),
        "exchange": _exchange(found, dealing),
        "waiting": bool(waiting),
        "can_write": found.channel != Channel.ISO18626,
        "form": form,
        "form_url": reverse(
            "borrower:statement" if isinstance(form, StatementForm) else "borrower:write",
            args=[dealing.lender.slug, found.number],
        ),
        "slug": dealing.lender.slug,
    }
    return draw(request, "borrower/request.html", context)


def _statement_waits(found: LendingRequest) -> bool:
    return found.is_open and HoldKind.STATEMENT in open_kinds(found)


def _terms(found: LendingRequest) -> list[dict[str, Any]]:
    """What the library asks of us before it sends it, while it waits for the answer."""
    question = open_question(found, QuestionKind.CONDITIONAL)
    if question is None:
        return []
    terms = question.terms
    facts = [
        (_("Conditions"), "\n".join(_upper(condition_words(terms.get("conditions", []))))),
        (_("Charge"), money(terms.get("cost", ""), terms.get("currency", ""))),
        (
            _("The library writes"),
            next((m.text for m in found.messages.all() if _goes_with(m, question)), ""),
        ),
        (_("Please answer by"), day(question.reply_by)),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _goes_with(message: LendingMessage, question: LendingQuestion) -> bool:
    """Whether the desk wrote this when it asked."""
    return not message.from_borrower and message.at == question.asked_at


def _upper(words: list[str]) -> list[str]:
    return [each[:1].upper() + each[1:] for each in words]


def _standing_facts(found: LendingRequest) -> list[dict[str, Any]]:
    """What holds now: the due date, what was agreed, and what it costs."""
    away = found.state in {s.ON_LOAN, s.COMING_BACK, s.SETTLING}
    facts = [
        (_("Due back"), day(found.due) if away else ""),
        (_("Conditions"), "\n".join(_upper(condition_words(found.conditions))) if found.is_open else ""),
        (_("Charge"), money(found.cost, found.cost_currency)),
        (_("Item barcode"), ", ".join(each.barcode for each in found.items.all() if each.barcode and away)),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _asked_facts(found: LendingRequest) -> list[dict[str, Any]]:
    """What was asked, as it stands now: the citation, its numbers, and how it was wanted."""
    labels = {spec.name: spec.label for spec in FIELDS.get(found.material, ())}
    values = {name: getattr(found, name) for name in TEXT_FIELDS}
    for row in found.identifiers.all():
        values.setdefault(row.kind, row.normalised or row.raw)
    order = [*labels, *(name for name in values if name not in labels)]
    facts: list[tuple[Any, Any]] = [
        (labels.get(name, FIELD_LABELS[name]), values[name]) for name in order if values.get(name)
    ]
    statement = found.copyright_statement
    facts += [
        (_("Your own number"), found.borrower_number),
        (_("How you want it"), KIND_LABELS.get(found.wanted, "")),
        (_("Copyright statement"), COPYRIGHT_STATEMENTS.get(statement, statement)),
        (_("How a copy reaches you"), DELIVERY_LABELS[found.delivery] if is_copy(found) else ""),
        (
            _("Where we send it"),
            "" if is_copy(found) and found.delivery == DeliveryWay.LINK else found.ship_to,
        ),
        (_("You need it by"), day(found.need_by)),
        (_("The most you would pay"), money(found.max_cost, found.max_cost_currency)),
        (_("Your note"), found.borrower_note),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _exchange(found: LendingRequest, dealing: Dealing) -> list[dict[str, Any]]:
    return [
        {
            "at": each.at,
            "author": dealing.borrower.name if each.from_borrower else dealing.lender.name,
            "text": each.text,
            "own": each.from_borrower,
        }
        for each in found.messages.all()
    ]


@require_POST
@borrower_page
def write(request: HttpRequest, dealing: Dealing, actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/write/: words to the desk; the answer, when the desk waits for one."""
    found = own_to_change(dealing, number)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, dealing, actor, form)
    at = clock.now()

    def work() -> str:
        borrower_message(request_id=found.pk, text=form.cleaned_data["text"], actor=actor, at=at)
        return "sent"

    try:
        once(scope=f"lend-message:{actor.id}:{found.pk}", key=form.cleaned_data["key"], at=at, work=work)
    except InvalidInput as refusal:
        form.add_error("text", refusal.fields["text"])
        return _page(request, found, dealing, actor, form)
    messages.success(request, _("Your message is with the library."))
    return to_request(dealing, number)


@require_POST
@borrower_page
def statement(request: HttpRequest, dealing: Dealing, actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/statement/: the copyright statement that the desk waits for."""
    found = own_to_change(dealing, number)
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _page(request, found, dealing, actor, form)
    chosen, done = form.cleaned_data["statement"], _("Thank you. The library goes on with your request.")
    try:
        give_statement(request_id=found.pk, statement=chosen, actor=actor, at=clock.now())
    except (WrongState, Refused, StaleVersion):
        say_how_it_is(request, request_for_borrower(dealing, number).copyright_statement == chosen, done)
        return to_request(dealing, number)
    messages.success(request, done)
    return to_request(dealing, number)


# -- The copy, and the way back -----------------------------------------------------------------------------


def _link_to_copy(found: LendingRequest, at: datetime) -> str:
    """The address of the page that opens the newest released copy; nothing when no link lives."""
    if not is_copy(found):
        return ""
    document = released(found.number, found.library_id).first()
    link = link_in_force(document, Audience.BORROWER, at) if document else None
    return address_of(link) if link else ""


def _copy_url(found: LendingRequest, at: datetime) -> str:
    if not _link_to_copy(found, at):
        return ""
    return reverse("borrower:copy", args=[found.library.slug, found.number])


@require_safe
@borrower_page
def copy(request: HttpRequest, dealing: Dealing, _actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/copy/: on to the page that opens the copy and counts."""
    found = request_for_borrower(dealing, number)
    address = _link_to_copy(found, clock.now())
    if address:
        return HttpResponseRedirect(address)
    messages.warning(
        request, _("There is no link to a copy any more. Write to the library if you still need it.")
    )
    return redirect("borrower:request", dealing.lender.slug, found.number)


def _goes_back(found: LendingRequest) -> bool:
    return found.state in s.AWAY and not is_copy(found)


def _label_url(found: LendingRequest) -> str:
    if not _goes_back(found):
        return ""
    return reverse("borrower:label", args=[found.library.slug, found.number])


@require_http_methods(["GET", "HEAD", "POST"])
@borrower_page
def label(request: HttpRequest, dealing: Dealing, _actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/label/: the label for the parcel back, with the lender's number as barcode."""
    found = request_for_borrower(dealing, number)
    if not _goes_back(found):
        raise NotFound(label=number)
    theirs = (
        _("Your own number: %(number)s") % {"number": found.borrower_number} if found.borrower_number else ""
    )
    back = Label(
        to=library_lines(dealing.lender),
        sender=address_lines(dealing.borrower.name, dealing.address),
        number=found.number,
        small=(theirs,) if theirs else (),
        to_label=_("To:"),
        sender_label=_("From:"),
    )
    title = _("Return label")
    job = PrintJob(
        family=Family.LABELS,
        heading=title,
        count=1,
        make=lambda sheet, start: labels_pdf(
            [back], sheet=sheet, start=start, title=title, language=get_language() or "en"
        ),
        file_name=f"return-label-{found.number}",
        fields=[],
        back_url=reverse("borrower:request", args=[dealing.lender.slug, found.number]),
        base="base_patron.html",
        shell=getattr(request, "shell", None),
    )
    return print_page(request, job)
