"""How far a request is, in words for the borrowing library: what is so, what comes next and by when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.citations.kinds import Kind
from lending.models import LendingQuestion, LendingRequest
from lending.workflow import states as s
from lending.workflow.states import HoldKind, MarkKind, QuestionKind, Wording

_TONES = {
    Wording.ANSWER_NEEDED: "warn",
    Wording.CHARGE: "warn",
    Wording.SENT: "ok",
    Wording.RECEIVED: "info",
    Wording.FETCHING: "info",
    Wording.COMING_BACK: "info",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One of the wordings, and the one sentence that says what comes next and by when."""

    text: str
    tone: str
    next: str


def day(moment: date | datetime | None) -> str:
    """A date as people of this language write it, in the active time zone."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return date_format(moment, "DATE_FORMAT")


def title_of(request: LendingRequest) -> str:
    """What the reader asked for."""
    return request.article_title or request.title or _("Request %(number)s") % {"number": request.number}


def is_copy(request: LendingRequest) -> bool:
    """Whether it is, or will be, a copy to keep."""
    return (request.kind_supplied or request.kind) == Kind.COPY


def open_kinds(request: LendingRequest) -> set[str]:
    """Kinds of the marks, questions and holds that are open; prefetch them for a list."""
    kinds = {each.kind for each in request.marks.all() if each.cleared_at is None}
    kinds |= {each.kind for each in request.questions.all() if each.answered_at is None}
    return kinds | {each.kind for each in request.holds.all() if each.cleared_at is None}


def open_question(request: LendingRequest, kind: str) -> LendingQuestion | None:
    """The question of a kind that waits for its answer."""
    return next((q for q in request.questions.all() if q.kind == kind and q.answered_at is None), None)


def status_of(request: LendingRequest, at: datetime) -> Status:
    """In the active time zone. Reads the request's marks, questions and holds; prefetch them for a list."""
    kinds = open_kinds(request)
    wording = Wording(request.wording)
    tone = "bad" if MarkKind.OVERDUE in kinds and request.is_open else _TONES.get(wording, "neutral")
    return Status(str(wording.label), tone, _next(request, wording, kinds, at))


def _next(request: LendingRequest, wording: Wording, kinds: set[str], at: datetime) -> str:
    if QuestionKind.CANCEL in kinds and request.is_open:
        return _("You asked to cancel it. The library sees whether it can still stop and writes to you.")
    if request.state == s.ON_LOAN:
        return _on_loan(request, kinds)
    if request.state == s.COPY_SENT:
        return _copy_sent(kinds)
    if wording == Wording.ANSWER_NEEDED:
        return _answer_needed(request, kinds)
    if wording == Wording.NOT_AVAILABLE:
        return why_not(request)
    if wording == Wording.RECEIVED and request.act_by < at:
        return _("The library looks at it next. This takes longer than it had planned.")
    words = {
        Wording.RECEIVED: _("The library looks at it next and answers by %(date)s."),
        Wording.FETCHING: _("The library will send it and is fetching it. You hear when it leaves."),
        Wording.COMING_BACK: _("You sent it back. The library tells you when it is there."),
        Wording.CHARGE: _("The library and you settle what it costs."),
        Wording.COMPLETED: _("You have nothing more to do."),
        Wording.CANCELLED: _("It was cancelled. You can ask again."),
    }
    text = words[wording]
    return text % {"date": day(request.act_by)} if "%(date)s" in text else text


def _answer_needed(request: LendingRequest, kinds: set[str]) -> str:
    question = open_question(request, QuestionKind.CONDITIONAL)
    if question is not None and question.reply_by:
        words = _("The library would send it under conditions. Please answer by %(date)s.")
        return words % {"date": day(question.reply_by)}
    if HoldKind.STATEMENT in kinds:
        return _("The library needs to know which copyright statement applies.")
    return _("The library has a question. Please answer it below.")


def _on_loan(request: LendingRequest, kinds: set[str]) -> str:
    facts = {"date": day(request.due)}
    if MarkKind.OVERDUE in kinds:
        return _("It was due on %(date)s. Please send it back now.") % facts
    if MarkKind.RECALLED in kinds:
        return _("The library needs it back sooner: by %(date)s.") % facts
    if QuestionKind.RENEWAL in kinds:
        return (
            _("You asked to keep it longer. Until you hear from the library it is due on %(date)s.") % facts
        )
    return _("It is due back on %(date)s.") % facts if request.due else _("The library names no due date.")


def _copy_sent(kinds: set[str]) -> str:
    if MarkKind.RESEND in kinds:
        return _("You asked for a better copy. You hear when it is there.")
    return _("The copy was sent. If it cannot be read, ask for a better one.")


def why_not(request: LendingRequest) -> str:
    """Why the library does not send it, and when it might."""
    reason = (request.reason.for_patron or request.reason.for_staff) if request.reason else ""
    words = [reason.rstrip(".") + "." if reason else _("The library cannot send it.")]
    if request.retry_after:
        words.append(_("You can ask again from %(date)s on.") % {"date": day(request.retry_after)})
    return " ".join(words)


def money(amount: Any, currency: str) -> str:
    """An amount with its currency; nothing for none."""
    return f"{amount} {currency}".strip() if amount not in {None, ""} else ""
