"""What a borrowing library can do with a request: as far as the table allows it, harmless when done twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.drafts import Draft
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import NotFound, Refused, StaleVersion, WrongState
from lending.doors import borrower_page
from lending.models import Channel, LendingRequest, Outcome
from lending.selectors.borrowers import Dealing, request_for_borrower
from lending.services import answers, loans
from lending.views.borrower_pages import draw, owner_of
from lending.views.borrower_words import is_copy, open_kinds, title_of
from lending.workflow import TABLE
from lending.workflow import states as s
from lending.workflow.facts import facts_of
from lending.workflow.states import MarkKind, QuestionKind


@dataclass(frozen=True, slots=True)
class Move:
    """One step: its button, the service, the words afterwards, and whether it is so already."""

    code: str
    label: Any
    run: Callable[..., Any]
    done: Any
    is_so: Callable[[LendingRequest], bool]
    hint: Any = ""
    primary: bool = False
    offered: Callable[[LendingRequest], bool] = lambda _request: True


def _open(kind: str) -> Callable[[LendingRequest], bool]:
    return lambda request: kind in open_kinds(request)


def _answered(reply: str) -> Callable[[LendingRequest], bool]:
    """Whether the last conditions were answered so."""

    def is_so(request: LendingRequest) -> bool:
        asked = [each for each in request.questions.all() if each.kind == QuestionKind.CONDITIONAL]
        return bool(asked) and asked[-1].answer == reply

    return is_so


def _arrived(*, request_id: int, actor: Actor, at: datetime, version: int | None) -> None:
    """True whatever happened since the page was made: the version does not count."""
    loans.arrived(request_id=request_id, actor=actor, at=at)


MOVES: dict[str, Move] = {
    move.code: move
    for move in (
        Move(
            "conditions_accepted",
            gettext_lazy("Agree"),
            answers.conditions_accepted,
            gettext_lazy("You agreed. The library sends it under these conditions."),
            _answered("yes"),
            primary=True,
        ),
        Move(
            "conditions_refused",
            gettext_lazy("Do not agree"),
            answers.conditions_refused,
            gettext_lazy("You did not agree. The request is closed."),
            _answered("no"),
        ),
        Move(
            "arrived",
            gettext_lazy("It arrived"),
            _arrived,
            gettext_lazy("Thank you. The library knows that it arrived."),
            lambda request: request.borrower_received_at is not None,
            offered=lambda request: request.state in {s.ON_LOAN, s.COPY_SENT},
        ),
        Move(
            "ask_renewal",
            gettext_lazy("Ask to keep it longer"),
            loans.ask_renewal,
            gettext_lazy("You asked for more time. Until the library answers, the due date stays as it is."),
            _open(QuestionKind.RENEWAL),
            hint=gettext_lazy("The library decides and writes to you."),
        ),
        Move(
            "sent_back",
            gettext_lazy("We sent it back"),
            loans.sent_back,
            gettext_lazy("Thank you. The library expects it and tells you when it is there."),
            lambda request: request.state in {s.COMING_BACK, s.COMPLETED},
            hint=gettext_lazy("Say so when the parcel has left: no more reminders follow."),
            offered=lambda request: request.state == s.ON_LOAN,
        ),
        Move(
            "ask_resend",
            gettext_lazy("The copy is unreadable: send a better one"),
            loans.ask_resend,
            gettext_lazy("You asked for a better copy. You hear when it is there."),
            _open(MarkKind.RESEND),
            hint=gettext_lazy("If pages are missing or cannot be read. Say which ones in a message."),
            offered=lambda request: is_copy(request) and request.outcome == Outcome.FILLED,
        ),
    )
}
CONDITIONS = ("conditions_accepted", "conditions_refused")
"""Moves that stand beside the conditions and nowhere else."""


def moves_of(request: LendingRequest, actor: Actor) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The buttons of a request's page for components/_actions.html: the answers to conditions, and all others.

    None for what the library's own system asked by message: two voices of one library would contradict each other.
    """
    if request.channel == Channel.ISO18626:
        return [], []
    allowed = {row.action for row in TABLE.allowed(request.state, actor, facts_of(request))}
    found = {
        each.code: _button(request, "do", each.label, code=each.code, hint=each.hint, primary=each.primary)
        for each in MOVES.values()
        if each.code in allowed and each.offered(request) and not each.is_so(request)
    }
    others = [button for code, button in found.items() if code not in CONDITIONS]
    if request.state in s.BEFORE_SHIPPING and QuestionKind.CANCEL not in open_kinds(request):
        others.append(_button(request, "cancel", _("Cancel this request"), method="get"))
    if not request.is_open:
        others.append(_button(request, "again", _("Ask for it again")))
    return [found[code] for code in CONDITIONS if code in found], others


def _button(
    request: LendingRequest,
    name: str,
    label: Any,
    *,
    code: str = "",
    hint: Any = "",
    method: str = "post",
    primary: bool = False,
) -> dict[str, Any]:
    args = [request.library.slug, request.number, *([code] if code else [])]
    return {
        "code": code or name,
        "label": label,
        "hint": hint,
        "url": reverse(f"borrower:{name}", args=args),
        "method": method,
        "primary": primary,
        "fields": {"version": request.version} if method == "post" else {},
    }


def version_of(request: HttpRequest) -> int | None:
    """The version that the page showed; a broken one counts as none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def to_request(dealing: Dealing, number: str) -> HttpResponse:
    """Back to the request's page."""
    return redirect("borrower:request", dealing.lender.slug, number)


# -- Doing ----------------------------------------------------------------------------------------------------


@require_POST
@borrower_page
def do(request: HttpRequest, dealing: Dealing, actor: Actor, number: str, code: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/do/<move>/: one of MOVES."""
    found = own_to_change(dealing, number)
    move = MOVES.get(code)
    if move is None:
        raise NotFound(action=code)
    if move.is_so(found):
        messages.success(request, move.done)
        return to_request(dealing, number)
    try:
        move.run(request_id=found.pk, actor=actor, at=clock.now(), version=version_of(request))
    except (WrongState, Refused, StaleVersion):
        # Twice at once: the other click did it. Else it moved on, and the page says how it stands.
        say_how_it_is(request, move.is_so(request_for_borrower(dealing, number)), move.done)
        return to_request(dealing, number)
    messages.success(request, move.done)
    return to_request(dealing, number)


def own_to_change(dealing: Dealing, number: str) -> LendingRequest:
    """A request that the library's person may change here: not what its own system asked by message."""
    found = request_for_borrower(dealing, number)
    if found.channel == Channel.ISO18626:
        raise Refused(_("Your library’s own system asked for this. Change it there."), code="other_channel")
    return found


def say_how_it_is(request: HttpRequest, is_so: bool, done: Any) -> None:
    """The words after a step that another click, or the library, was faster with."""
    if is_so:
        messages.success(request, done)
    else:
        messages.warning(request, _("This was not possible any more. Here is how the request stands now."))


_CANCEL_WORDS: dict[str, dict[str, Any]] = {
    "cancel": {
        "before": gettext_lazy("Nobody has gone to the shelf yet, so the library stops at once."),
        "button": gettext_lazy("Cancel the request"),
        "done": gettext_lazy("The request is cancelled."),
    },
    "ask_cancel": {
        "before": gettext_lazy(
            "The library is fetching it already. We ask whether it can still stop; it writes to you. It may be too "
            "late: then the item still comes."
        ),
        "button": gettext_lazy("Ask to cancel the request"),
        "done": gettext_lazy("The library was asked to cancel it, and writes to you whether it still can."),
    },
    "cancel_too_late": {
        "done": gettext_lazy(
            "It is too late to cancel: it has left already. Please send it back when it arrives."
        ),
    },
}


def _cancel_now(found: LendingRequest) -> str:
    """What cancelling comes to now; nothing once it has left or ended."""
    if found.state == s.NEW:
        return "cancel"
    return "ask_cancel" if found.state in s.FETCHING else ""


@require_http_methods(["GET", "HEAD", "POST"])
@borrower_page
def cancel(request: HttpRequest, dealing: Dealing, actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/cancel/: says honestly what cancelling comes to now, then does it."""
    found = own_to_change(dealing, number)
    already = "cancel" if found.outcome == Outcome.CANCELLED else ""
    if not already and QuestionKind.CANCEL in open_kinds(found):
        already = "ask_cancel"
    if already or not found.is_open:
        say_how_it_is(request, bool(already), _CANCEL_WORDS[already]["done"] if already else "")
        return to_request(dealing, number)
    way = _cancel_now(found)
    if request.method != "POST" and way:
        context = {"asked": found, "title": title_of(found), "words": _CANCEL_WORDS[way]}
        return draw(request, "borrower/cancel.html", context | {"slug": dealing.lender.slug})
    if request.method != "POST":
        say_how_it_is(request, False, "")
        return to_request(dealing, number)
    return _cancel(request, found, dealing, actor)


def _cancel(request: HttpRequest, found: LendingRequest, dealing: Dealing, actor: Actor) -> HttpResponse:
    try:
        way = answers.cancel_asked(
            request_id=found.pk, actor=actor, at=clock.now(), version=version_of(request)
        )
    except StaleVersion:
        if _cancel_now(request_for_borrower(dealing, found.number)):
            # It moved on since the page was made, and cancelling may now mean something else: show that first.
            messages.warning(request, _("The request has moved on. Please read this again."))
            return redirect("borrower:cancel", dealing.lender.slug, found.number)
        way = "cancel_too_late"
    tell = messages.warning if way == "cancel_too_late" else messages.success
    tell(request, _CANCEL_WORDS[way]["done"])
    return to_request(dealing, found.number)


@require_POST
@borrower_page
def again(request: HttpRequest, dealing: Dealing, _actor: Actor, number: str) -> HttpResponse:
    """/from/<lender>/requests/<number>/again/: the form, filled with what was asked in a closed request."""
    found = request_for_borrower(dealing, number)
    if found.is_open:
        return to_request(dealing, number)
    draft = Draft(owner_of(request, dealing), answers=_wishes(found))
    described = {name: getattr(found, name) for name in TEXT_FIELDS}
    for row in found.identifiers.all():
        described.setdefault(row.kind, row.raw)
    draft.describe(found.material, {name: text for name, text in described.items() if text})
    draft.save()
    return redirect("borrower:ask_draft", dealing.lender.slug, draft.material, draft.key)


def _wishes(found: LendingRequest) -> dict[str, str]:
    """How it was wanted. The need-by date is over, and the note was about the old request."""
    wishes = {
        "wanted": found.wanted,
        "borrower_number": found.borrower_number,
        "copyright_statement": found.copyright_statement,
        "delivery": found.delivery,
        "ship_to": found.ship_to,
        "any_edition": "on" if found.any_edition else "",
        "max_cost": str(found.max_cost) if found.max_cost is not None else "",
    }
    return {name: value for name, value in wishes.items() if value}
