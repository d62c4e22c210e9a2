"""What follows a row: the answer to the borrower, on the wire or by mail, as a row of the outbox."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.outbox import Parcel
from illservice.core.workflow import Act, Effect
from illservice.directory.models import PartnerSystem, ReasonPurpose
from lending.models import Channel, LendingRequest
from lending.workflow import states as s

_ANSWERED_BY_MAIL = frozenset({"", PartnerSystem.MAIL})
"""What was asked in another system or by telephone is answered there, by hand."""


def answer(
    word: str,
    words: object,
    *,
    mail: bool = True,
    wire: bool = True,
    reminder: bool = False,
    only_if: Callable[[Act], bool] | None = None,
) -> Effect:
    """Tell the borrower. `word` names the message on the wire and, as `borrower_<word>`, the mail. Reminders by mail
    have a stream of their own: one that waits for an open hour holds up no other word.

    Facts that a later act may change (due date, charge, conditions, status) are frozen now: the message says what
    was true when it was written.
    """

    def run(act: Act) -> None:
        if only_if is not None and not only_if(act):
            return
        request: LendingRequest = act.subject
        if request.channel == Channel.ISO18626 and not wire:
            return
        if request.channel == Channel.ISO18626:
            act.enqueue(_on_the_wire(act, request, word))
        elif mail and request.system in _ANSWERED_BY_MAIL:
            act.enqueue(_by_mail(act, request, word, ":reminders" if reminder else ""))

    return Effect(f"answer_{word}", words, run)


def _on_the_wire(act: Act, request: LendingRequest, word: str) -> Parcel:
    payload = {
        "side": "lending",
        "partner": request.borrower_id,
        "request": request.pk,
        "word": word,
        **frozen(act, request),
    }
    return wire_parcel(request, f"{word}{act.facts.get('step', '')}:{act.id.hex[:16]}", payload)


def wire_parcel(request: LendingRequest, key: str, payload: dict[str, Any]) -> Parcel:
    """What goes to the borrower's system, in the order of this request; `key` is unique in it for ever."""
    return Parcel(
        kind="iso18626",
        key=f"{request.number}:{key}",
        stream=f"{request.number}:borrower",
        payload=payload,
        subject=request.number,
        library=request.library_id,
    )


def frozen(act: Act, request: LendingRequest) -> dict[str, Any]:
    """What the message will say, as it is now. Never a name, an address or a title."""
    note = act.topics.get("message")
    return {
        "status": s_word(request),
        "due": request.due.isoformat() if request.due else "",
        "conditions": list(request.conditions),
        "cost": str(request.cost) if request.cost is not None else "",
        "currency": request.cost_currency,
        "reason": request.reason_id,
        "retry_after": request.retry_after.isoformat() if request.retry_after else "",
        "first": request.answered_at is None or request.answered_at == act.at,
        "message": note.pk if note is not None else None,
        "document": getattr(act.topics.get("document"), "pk", None),
        "answer": None,
        "at": act.at,
        **act.facts,
    }


def s_word(request: LendingRequest) -> str:
    """The status of ISO 18626 that a request has now."""
    word = next(state.partner_word for state in s.STATES if state.code == request.state)
    if request.state == s.COMPLETED and request.kind_supplied == "copy":
        return "CopyCompleted"
    marks = {mark.kind for mark in request.marks.all() if mark.cleared_at is None}
    if request.state == s.ON_LOAN and s.MarkKind.RECALLED in marks:
        return "Recalled"
    if request.state == s.ON_LOAN and s.MarkKind.OVERDUE in marks:
        return "Overdue"
    if request.state == s.NOT_SUPPLIED and _may_be_asked_again(request):
        return "RetryPossible"
    return word


def _may_be_asked_again(request: LendingRequest) -> bool:
    """Whether we said "not on these terms" or "not now", which often names no day."""
    return request.reason is not None and request.reason.purpose == ReasonPurpose.RETRY


def _by_mail(act: Act, request: LendingRequest, word: str, apart: str) -> Parcel:
    note = act.topics.get("message")
    return Parcel(
        kind="notice",
        key=f"{request.number}:borrower_{word}{act.facts.get('step', '')}:{act.id.hex[:16]}",
        stream=f"{request.number}:borrower{apart}",
        payload={
            "notice": f"borrower_{word}",
            "request": request.pk,
            "about": note.pk if note is not None else None,
            "link": getattr(act.topics.get("document"), "pk", None),
            "charge": act.facts.get("charge"),
            "step": act.facts.get("step"),
        },
        subject=request.number,
        library=request.library_id,
    )


def _promised_before(act: Act) -> bool:
    """A promise is said once: the second search for a copy is our own business."""
    request: LendingRequest = act.subject
    return request.promised_at is None or request.promised_at == act.at


def _speaks(act: Act) -> bool:
    """A step that a later one speaks for is not told of its own."""
    return not act.facts.get("quiet")


EXPECT = answer("expect", _("the borrower is told that we expect to supply"), mail=False)
WILL = answer("will", _("the borrower is told that we will supply"), mail=False, only_if=_promised_before)
CONDITIONAL = answer("conditional", _("the borrower is asked about the conditions"))
UNFILLED = answer("unfilled", _("the borrower is told why not"))
RETRY = answer("retry", _("the borrower is told when or how it would be possible"))
SHIPPED = answer("shipped", _("the borrower is told that it is on its way, with the due date"))
COPY = answer("copy", _("the borrower gets the copy"))
RENEWED = answer("renewed", _("the borrower is told the new date"))
NOT_RENEWED = answer("not_renewed", _("the borrower is told that the date stays"))
DUE_CHANGED = answer("due_changed", _("the borrower is told the new date"))
DUE_MOVED = answer(
    "due_changed",
    _("the borrower is told the new date where it moved"),
    only_if=lambda act: not act.facts.get("same_due"),
)
RECALL = answer("recall", _("the borrower is asked to send it back"))
DUE_SOON = answer(
    "due_soon", _("the borrower is reminded by mail"), wire=False, reminder=True, only_if=_speaks
)
OVERDUE = answer("overdue", _("the borrower is told that it is overdue"), reminder=True, only_if=_speaks)
HOLD_RETURN = answer("hold_return", _("the borrower's system is told to keep it"), mail=False)
RELEASE_RETURN = answer("release_return", _("the borrower's system is told to send it back"), mail=False)
CHECKED_IN = answer("checked_in", _("the borrower is told that it is back"))
SETTLED = answer("settled", _("the borrower is told that it is settled"))
CANCELLED = answer("cancelled", _("the borrower is told that it is cancelled"))
NOT_CANCELLED = answer("not_cancelled", _("the borrower is told that it is too late"))
CANCEL_REFUSED = answer(
    "not_cancelled",
    _("a cancellation that waits is answered no"),
    only_if=lambda act: bool(act.facts.get("cancel_refused")),
)
RENEWAL_REFUSED = answer(
    "not_renewed",
    _("a renewal that waits is answered no"),
    only_if=lambda act: bool(act.facts.get("renewal_refused")),
)
STATUS = answer("status", _("the borrower is told how far it is"), mail=False)
MESSAGE = answer("message", _("the borrower gets the message"))
BILL = answer("bill", _("the borrower gets the bill"), only_if=lambda act: act.topics.get("bill") is not None)
LOST = answer("lost", _("the borrower is told what is to be settled"))
