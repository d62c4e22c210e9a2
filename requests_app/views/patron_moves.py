"""What a patron can do with a request: as far as the table allows it, in plain words, harmless when done twice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.drafts import Draft
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import NotFound, Refused, StaleVersion, WrongState
from patrons.models import Patron
from requests_app.models import BorrowingRequest, Outcome
from requests_app.selectors import request_for_patron
from requests_app.services.closing import cancel_as_far_as_possible
from requests_app.services.loans import ask_renewal, ask_resend, claim_returned
from requests_app.views.patron_pages import card_page
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.facts import facts_of
from requests_app.workflow.states import MarkKind, QuestionKind

CANCELS = ("cancel", "ask_cancel", "not_wanted")
"""What "I do not need it any more" comes to, by how far the request is; one of them at most is possible."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step: its button, the service, the words afterwards, and whether it is so already."""

    code: str
    label: Any
    hint: Any
    run: Callable[..., Any]
    done: Any
    is_so: Callable[[BorrowingRequest], bool]


def _marked(kind: str) -> Callable[[BorrowingRequest], bool]:
    return lambda request: any(m.kind == kind and m.cleared_at is None for m in request.marks.all())


def _asked(kind: str) -> Callable[[BorrowingRequest], bool]:
    return lambda request: any(q.kind == kind and q.answered_at is None for q in request.questions.all())


MOVES: dict[str, Move] = {
    "ask_renewal": Move(
        "ask_renewal",
        gettext_lazy("Ask to keep it longer"),
        gettext_lazy("We ask the owner and write to you."),
        ask_renewal,
        gettext_lazy("We have asked for more time. Until you hear from us, the date stays as it is."),
        _asked(QuestionKind.RENEWAL),
    ),
    "claim_returned": Move(
        "claim_returned",
        gettext_lazy("I have brought it back"),
        gettext_lazy("Use this if we still say that you have it."),
        claim_returned,
        gettext_lazy("Thank you. We look for it and do not remind you meanwhile."),
        _marked(MarkKind.CLAIMED_RETURNED),
    ),
    "ask_resend": Move(
        "ask_resend",
        gettext_lazy("Ask for a better copy"),
        gettext_lazy("If pages are missing or cannot be read."),
        ask_resend,
        gettext_lazy("We have asked for a better copy and write to you when it is there."),
        _marked(MarkKind.RESEND),
    ),
}


def moves_of(request: BorrowingRequest, actor: Actor) -> list[dict[str, Any]]:
    """The buttons of a request's page, for components/_actions.html."""
    allowed = _allowed(request, actor)
    found = [
        _button(request, "do", each.label, code=each.code, hint=each.hint)
        for each in MOVES.values()
        if each.code in allowed and not each.is_so(request)
    ]
    if asks_still_needed(request):
        found.insert(0, _button(request, "needed", _("I still need it"), method="get", primary=True))
    if allowed & set(CANCELS):
        found.append(_button(request, "cancel", _("I do not need it any more"), method="get"))
    if not request.is_open:
        found.append(_button(request, "again", _("Ask for it again"), primary=True))
    return found


def asks_still_needed(request: BorrowingRequest) -> bool:
    """Whether its day has passed and the patron has not said yet whether it is still needed."""
    return request.state in s.BEFORE_SENDING | s.WITH_LENDER and _marked(MarkKind.NEED_BY)(request)


def _button(
    request: BorrowingRequest,
    name: str,
    label: Any,
    *,
    code: str = "",
    hint: Any = "",
    method: str = "post",
    primary: bool = False,
) -> dict[str, Any]:
    args = [request.number, code] if code else [request.number]
    fields = {"version": request.version} if method == "post" else {}
    return {
        "code": code or name,
        "label": label,
        "hint": hint,
        "url": reverse(f"patron:{name}", args=args),
        "method": method,
        "primary": primary,
        "fields": fields,
    }


def _allowed(request: BorrowingRequest, actor: Actor) -> set[str]:
    return {row.action for row in TABLE.allowed(request.state, actor, facts_of(request))}


def seen_version(request: HttpRequest) -> int | None:
    """The version that the page showed; a broken one counts as none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


# -- Doing ----------------------------------------------------------------------------------------------------


@require_POST
@card_page
def do(request: HttpRequest, patron: Patron, actor: Actor, number: str, code: str) -> HttpResponse:
    """/my/requests/<number>/do/<move>/: one of MOVES."""
    found = request_for_patron(patron, number)
    move = MOVES.get(code)
    if move is None:
        raise NotFound(action=code)
    back = redirect("patron:request", found.number)
    if move.is_so(found):
        messages.success(request, move.done)
        return back
    try:
        move.run(request_id=found.pk, actor=actor, at=clock.now(), version=seen_version(request))
    except (WrongState, Refused, StaleVersion):
        # Twice at once: the other click did it. Else it moved on, and the page says how it stands.
        _say_how_it_is(request, move.is_so(request_for_patron(patron, number)), move.done)
        return back
    messages.success(request, move.done)
    return back


def _say_how_it_is(request: HttpRequest, is_so: bool, done: Any) -> None:
    if is_so:
        messages.success(request, done)
    else:
        messages.warning(request, _("This was not possible any more. Here is how your request stands now."))


_CANCEL_WORDS: dict[str, dict[str, Any]] = {
    "cancel": {
        "before": gettext_lazy("Nobody has sent it yet, so we can stop at once."),
        "button": gettext_lazy("Cancel my request"),
        "done": gettext_lazy("Your request is cancelled."),
    },
    "ask_cancel": {
        "before": gettext_lazy(
            "Another library has your request already. We ask it to stop. It may be too late: then the item still "
            "comes, and you do not have to pick it up."
        ),
        "button": gettext_lazy("Ask to cancel my request"),
        "done": gettext_lazy(
            "We have asked the other library to stop. If it is too late, you do not have to pick it up."
        ),
    },
    "not_wanted": {
        "before": gettext_lazy(
            "It is too late to stop it: it is on its way or here already. We note that you do not need it and send "
            "it back. You have nothing to do."
        ),
        "button": gettext_lazy("I do not need it any more"),
        "done": gettext_lazy(
            "Noted. It was too late to stop it, so we send it back. You have nothing to do."
        ),
    },
}


def _is_cancelled(found: BorrowingRequest) -> str:
    """Which of the three has happened already, if any."""
    if found.outcome == Outcome.CANCELLED:
        return "cancel"
    if _asked(QuestionKind.CANCEL)(found):
        return "ask_cancel"
    return "not_wanted" if _marked(MarkKind.NOT_WANTED)(found) else ""


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def cancel(request: HttpRequest, patron: Patron, actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/cancel/: says honestly what cancelling comes to now, then does it."""
    found = request_for_patron(patron, number)
    back = redirect("patron:request", found.number)
    already = _is_cancelled(found)
    if already:
        messages.success(request, _CANCEL_WORDS[already]["done"])
        return back
    way = next((each for each in CANCELS if each in _allowed(found, actor)), "")
    if not way:
        _say_how_it_is(request, False, "")
        return back
    if request.method != "POST":
        context = {"asked": found, "words": _CANCEL_WORDS[way]}
        return render(request, "patron/cancel.html", context)
    return _cancel(request, found, patron, actor)


def _cancel(request: HttpRequest, found: BorrowingRequest, patron: Patron, actor: Actor) -> HttpResponse:
    try:
        way = cancel_as_far_as_possible(
            request_id=found.pk, actor=actor, at=clock.now(), version=seen_version(request)
        )
    except StaleVersion:
        if not _is_cancelled(request_for_patron(patron, found.number)):
            # It moved on since the page was made, and cancelling may now mean something else: show that first.
            messages.warning(request, _("Your request has moved on. Please read this again."))
        return redirect("patron:cancel", found.number)
    except (WrongState, Refused):
        way = _is_cancelled(request_for_patron(patron, found.number))
        _say_how_it_is(request, bool(way), _CANCEL_WORDS[way]["done"] if way else "")
        return redirect("patron:request", found.number)
    messages.success(request, _CANCEL_WORDS[way]["done"])
    return redirect("patron:request", found.number)


@require_POST
@card_page
def again(request: HttpRequest, patron: Patron, _actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/again/: the form, filled with what was asked in a closed request."""
    found = request_for_patron(patron, number)
    if found.is_open or found.state not in s.FINAL:
        return redirect("patron:request", found.number)
    draft = Draft(patron.pk, copied_from_id=found.pk, answers=_wishes(found))
    described = {name: getattr(found, name) for name in TEXT_FIELDS}
    for row in found.identifiers.all():
        described.setdefault(row.kind, row.raw)
    draft.describe(found.material, {name: text for name, text in described.items() if text})
    draft.save()
    return redirect("patron:ask_draft", draft.material, draft.key)


def _wishes(found: BorrowingRequest) -> dict[str, str]:
    """How it was wanted. The need-by date is over, and the note was about the old request."""
    wishes = {
        "wanted": found.wanted,
        "delivery": found.delivery,
        "branch": found.pickup_branch.code if found.pickup_branch else "",
        "delivery_address": found.delivery_address,
        "any_edition": "on" if found.any_edition else "",
        "any_language": "on" if found.any_language else "",
        "max_cost": str(found.max_cost) if found.max_cost is not None else "",
        "cited_in": found.cited_in,
    }
    return {name: value for name, value in wishes.items() if value}
