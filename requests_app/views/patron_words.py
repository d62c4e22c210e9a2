"""How far a request is, in words for the one who asked: what is so, what comes next and by when, what to do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import BorrowingRequest, FillSource, Outcome, Wanted
from requests_app.workflow import states as s
from requests_app.workflow.states import MarkKind, QuestionKind, Wording

_TONES = {
    Wording.ANSWER_NEEDED: "warn",
    Wording.READY: "ok",
    Wording.WITH_YOU: "ok",
    Wording.ON_THE_WAY: "info",
    Wording.ASKING: "info",
    Wording.RECEIVED: "info",
}

CONDITIONS: dict[str, Any] = {
    "LibraryUseOnly": gettext_lazy("You may use it in the library only. You cannot take it home."),
    "NoReproduction": gettext_lazy("Please do not copy or scan any of it."),
    "SignatureRequired": gettext_lazy("You have to sign for it when you pick it up."),
    "SpecCollSupervReq": gettext_lazy("You may use it in the reading room, with staff nearby."),
    "WatchLibraryUseOnly": gettext_lazy("You may use it in the library only, with staff nearby."),
}
"""What the owner of the item asks for (ISO 18626 loanCondition codes)."""


_WITHOUT_LOAN: dict[str, Any] = {
    FillSource.OWN: gettext_lazy("Your own library has it. Ask at the desk where to find it."),
    FillSource.ONLINE: gettext_lazy("You can read it online."),
    FillSource.BOUGHT: gettext_lazy("Your library has bought it. Ask at the desk when you can have it."),
}
"""What to do with what did not come from another library."""


@dataclass(frozen=True, slots=True)
class Status:
    """One of the eight wordings, and the one sentence that says what comes next and by when."""

    text: str
    tone: str
    next: str


def status_of(request: BorrowingRequest, at: datetime, *, link_opens: bool = True) -> Status:
    """In the active time zone. Reads the request's marks and questions; prefetch them for a list.

    `link_opens`: whether the link to a copy still leads somewhere.
    """
    marks = {mark.kind for mark in request.marks.all() if mark.cleared_at is None}
    marks |= {each.kind for each in request.questions.all() if each.answered_at is None}
    wording = Wording(request.wording)
    tone = "bad" if MarkKind.OVERDUE in marks else _TONES.get(wording, "neutral")
    if request.state == s.COPY_DELIVERED:
        return Status(_text(request, wording), tone, _copy(request, marks, link_opens=link_opens))
    return Status(_text(request, wording), tone, _next(request, wording, marks, at))


def _text(request: BorrowingRequest, wording: Wording) -> str:
    if wording == Wording.WITH_YOU and request.patron_due:
        return _("With you until %(date)s") % {"date": day(request.patron_due)}
    return str(wording.label)


def day(moment: date | datetime | None) -> str:
    """A date as people of this language write it."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return date_format(moment, "DATE_FORMAT")


def _next(request: BorrowingRequest, wording: Wording, marks: set[str], at: datetime) -> str:
    if MarkKind.NOT_WANTED in marks and request.is_open:
        return _("You told us that you do not need it any more. You have nothing to do.")
    if QuestionKind.CANCEL in marks and request.is_open:
        return _("We have asked the other library to stop, and wait for its answer.")
    if MarkKind.NEED_BY in marks and request.state in s.BEFORE_SENDING | s.WITH_LENDER:
        return _("The day by which you needed it has passed. Do you still need it? Please tell us below.")
    if wording == Wording.READY:
        return _ready(request, marks, at)
    if wording == Wording.WITH_YOU:
        return _with_you(request, marks)
    if wording == Wording.CLOSED:
        return why_closed(request)
    if request.state == s.COMPLETED and request.received_at is None and request.fill_source in _WITHOUT_LOAN:
        return str(_WITHOUT_LOAN[request.fill_source])
    if request.state == s.SETTLING:
        return _("Something happened to it. Please write to the library or come to the desk.")
    return _waiting(request, wording, at)


def _waiting(request: BorrowingRequest, wording: Wording, at: datetime) -> str:
    by = day(request.act_by)
    words = {
        Wording.RECEIVED: _("The library looks at it next, by %(date)s."),
        Wording.ANSWER_NEEDED: _("The library has a question for you. Please answer by %(date)s."),
        Wording.ASKING: _("Another library is looking for it. We expect to know more by %(date)s."),
        Wording.ON_THE_WAY: _("We expect it by %(date)s and tell you when you can have it."),
        Wording.FINISHED: _("You have nothing more to do."),
    }
    if request.act_by < at and wording != Wording.FINISHED:
        words[Wording.RECEIVED] = _("The library looks at it next. This takes longer than we had planned.")
        words[Wording.ANSWER_NEEDED] = _("The library still waits for your answer.")
        words[Wording.ASKING] = _("Another library is looking for it. This takes longer than we had planned.")
        words[Wording.ON_THE_WAY] = _("It is on its way. This takes longer than we had planned.")
    text = words[wording]
    return text % {"date": by} if "%(date)s" in text else text


def _copy(request: BorrowingRequest, marks: set[str], *, link_opens: bool) -> str:
    until = request.copy_link_until
    if MarkKind.RESEND in marks:
        return _("You asked for a better copy. We tell you when it is there.")
    if not link_opens:
        return _("The link to your copy has ended. Write to the library if you still need it.")
    if until:
        return _("Open your copy by %(date)s. After that day the link ends.") % {"date": day(until)}
    return _("Open your copy with the link.")


def _ready(request: BorrowingRequest, marks: set[str], at: datetime) -> str:
    if MarkKind.POSTED in marks:
        return _("We sent it to you. Look out for it.")
    place = request.location or request.pickup_branch
    facts = {"place": place.name if place else _("the library"), "date": day(request.act_by)}
    if request.act_by < at:
        return _("It still waits for you at %(place)s. Please pick it up soon.") % facts
    return _("Pick it up at %(place)s by %(date)s.") % facts


def _with_you(request: BorrowingRequest, marks: set[str]) -> str:
    facts = {"date": day(request.patron_due)}
    if MarkKind.CLAIMED_RETURNED in marks:
        return _("You told us that you brought it back. We are looking for it and write to you.")
    if MarkKind.OVERDUE in marks:
        return _("It was due on %(date)s. Please bring it back now.") % facts
    if MarkKind.RECALLED in marks:
        return _("The owner needs it back sooner. Please bring it back by %(date)s.") % facts
    if QuestionKind.RENEWAL in marks:
        return _("We have asked for more time. Until you hear from us, bring it back by %(date)s.") % facts
    if request.patron_due is None:
        return _("Ask at the desk when it is due.")
    if {"LibraryUseOnly", "WatchLibraryUseOnly"} & set(request.conditions):
        return _("You may use it in the library until %(date)s.") % facts
    return _("Bring it back by %(date)s.") % facts


def why_closed(request: BorrowingRequest) -> str:
    """Why there is nothing to have."""
    reason = request.reason.for_patron if request.reason else ""
    if reason:
        return reason
    if request.outcome == Outcome.CANCELLED:
        return _("It was cancelled.")
    return _("No library we asked could send it. You can ask again.")


def conditions_of(request: BorrowingRequest) -> list[str]:
    """The owner's rules in plain words, while the item is on its way or here."""
    if not request.is_open:
        return []
    known = [str(CONDITIONS[code]) for code in request.conditions if code in CONDITIONS]
    if len(known) < len(request.conditions):
        known.append(_("The owner has a special rule for it. Ask at the desk when you pick it up."))
    return known


def title_of(request: BorrowingRequest) -> str:
    """What the patron calls it."""
    return request.article_title or request.title or _("Request %(number)s") % {"number": request.number}


def is_copy(request: BorrowingRequest) -> bool:
    """Whether it is, or will be, a copy to keep."""
    return (request.kind_supplied or request.kind) == Wanted.COPY
