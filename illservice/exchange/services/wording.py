"""A message of ISO 18626 in words: one sentence in the reader's language, such as "We asked for a renewal".

Pure: over the facts that were noted when it was exchanged, and its note. Who asks passes `Spoken`, or an entry of the
log to `sentence`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.directory.kinds import condition_words
from illservice.exchange.models import Exchanged
from illservice.exchange.services.reason_words import REASON_WORDS
from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, read
from illservice.protocols.iso18626.errors import CodecError
from illservice.protocols.iso18626.messages import (
    Action,
    Message,
    MessageKind,
    Reason,
    Request,
    RequestingMessage,
    RequestType,
    ServiceType,
    Status,
    SupplyingMessage,
)
from illservice.protocols.iso18626.notes import Word, says, words_of

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said, and by whom: `outward` by us, else by `partner`. `facts` as `services.facts` notes them."""

    partner: str
    outward: bool
    kind: str
    word: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    title: str = ""
    service: str = ""


_REQUESTS: dict[str, Any] = {
    RequestType.NEW: gettext_lazy("asked for it"),
    RequestType.RETRY: gettext_lazy("asked for it once more"),
    RequestType.REMINDER: gettext_lazy("reminded of the request"),
}
_SERVICES: dict[str, Any] = {
    ServiceType.LOAN: gettext_lazy("as a loan"),
    ServiceType.COPY: gettext_lazy("as a copy"),
    ServiceType.COPY_OR_LOAN: gettext_lazy("as a copy or a loan"),
}
_ACTIONS: dict[str, Any] = {
    Action.STATUS_REQUEST: gettext_lazy("asked how things stand"),
    Action.RECEIVED: gettext_lazy("received it"),
    Action.CANCEL: gettext_lazy("asked to cancel it"),
    Action.RENEW: gettext_lazy("asked for a renewal"),
    Action.HOLD_RETURN: gettext_lazy("asked to keep it for the time being"),
    Action.SHIPPED_RETURN: gettext_lazy("sent it back"),
    Action.SHIPPED_FORWARD: gettext_lazy("sent it on to another library"),
    Action.NOTIFICATION: gettext_lazy("wrote a message"),
    Action.LOST: gettext_lazy("reported it lost"),
}
_PROGRAM_WORDS: dict[Word, Any] = {
    Word.AGREE: gettext_lazy("agreed to the conditions"),
    Word.RESEND: gettext_lazy("asked for a better copy"),
    Word.NOT_ARRIVED: gettext_lazy("reported that it has not arrived"),
    Word.LOST: gettext_lazy("reported it lost"),
}
_STATUSES: dict[str, Any] = {
    Status.REQUEST_RECEIVED: gettext_lazy("received the request"),
    Status.EXPECT_TO_SUPPLY: gettext_lazy("answered that it can probably be supplied"),
    Status.WILL_SUPPLY: gettext_lazy("promised to supply it"),
    Status.LOANED: gettext_lazy("sent as a loan"),
    Status.OVERDUE: gettext_lazy("reported it overdue"),
    Status.RECALLED: gettext_lazy("called it back"),
    Status.RETRY_POSSIBLE: gettext_lazy("answered that it may be asked for again"),
    Status.UNFILLED: gettext_lazy("answered that it cannot be supplied"),
    Status.HOLD_RETURN: gettext_lazy("asked not to send it back yet"),
    Status.RELEASE_HOLD_RETURN: gettext_lazy("answered that it may be sent back now"),
    Status.COPY_COMPLETED: gettext_lazy("sent as a copy"),
    Status.LOAN_COMPLETED: gettext_lazy("got it back: completed"),
    Status.COMPLETED_WITHOUT_RETURN: gettext_lazy("closed it without a return"),
    Status.CANCELLED: gettext_lazy("cancelled it"),
}
_ANSWERS: dict[tuple[str, bool | None], Any] = {
    (Reason.RENEW_RESPONSE, True): gettext_lazy("renewed it"),
    (Reason.RENEW_RESPONSE, False): gettext_lazy("did not renew it"),
    (Reason.RENEW_RESPONSE, None): gettext_lazy("answered the renewal with neither yes nor no"),
    (Reason.CANCEL_RESPONSE, True): gettext_lazy("cancelled it as asked"),
    (Reason.CANCEL_RESPONSE, False): gettext_lazy("did not cancel it"),
    (Reason.CANCEL_RESPONSE, None): gettext_lazy("answered the cancellation with neither yes nor no"),
}


def in_words(spoken: Spoken) -> str:
    """The sentence. Words of open lists that nobody knows stand in it as they came."""
    what = (
        _WHAT[spoken.kind](spoken)
        if spoken.word or spoken.facts
        else _("said something that could not be understood")
    )
    said = ", ".join([what, *_details(spoken.facts)])
    note = words_of(spoken.note)
    if note:
        short = note if len(note) <= LONGEST_NOTE else f"{note[:LONGEST_NOTE].rstrip()}…"
        said = _("%(said)s – “%(note)s”") % {"said": said, "note": short}
    if spoken.outward:
        # Translators: our library is the speaker; "said" is such as "asked for a renewal".
        return _("We %(said)s") % {"said": said}
    # Translators: "said" is such as "sent as a loan, due 1 May 2026".
    return _("%(partner)s: %(said)s") % {"partner": spoken.partner, "said": said}


def sentence(entry: Exchanged) -> str:
    """An entry of the log in words; its conversation's partner must be fetched."""
    return in_words(spoken_of(entry))


def spoken_of(entry: Exchanged) -> Spoken:
    """What an entry of the log says; title and note stand only in the message itself."""
    message = _message(entry.body)
    title = service = note = ""
    if isinstance(message, Request):
        title = message.bibliographic.title_of_component or message.bibliographic.title
        service = message.service.service_type if message.service else ""
        note = message.service.note if message.service else ""
    elif isinstance(message, RequestingMessage):
        note = message.note
    elif isinstance(message, SupplyingMessage):
        note = message.info.note
    return Spoken(
        partner=str(entry.conversation.partner),
        outward=entry.outward,
        kind=entry.kind,
        word=entry.word,
        facts=entry.facts,
        note=note,
        title=title,
        service=str(service),
    )


def _message(body: str) -> Message | None:
    """The message as it was kept; None when persons that were left out of it were needed to read it."""
    try:
        return read(body.encode(), max(len(body.encode()), LONGEST_MESSAGE)).message
    except CodecError:
        return None


def _request(spoken: Spoken) -> str:
    said = str(_REQUESTS.get(spoken.word, _REQUESTS[RequestType.NEW]))
    if spoken.title:
        said = f"{said}: {spoken.title}"
    return ", ".join(filter(None, [said, str(_SERVICES.get(spoken.service, ""))]))


def _action(spoken: Spoken) -> str:
    for word, words in _PROGRAM_WORDS.items():
        if says(spoken.note, word):
            return str(words)
    return str(_ACTIONS.get(spoken.word, spoken.word))


def _answer(spoken: Spoken) -> str:
    reason, status = str(spoken.facts.get("reason", "")), str(spoken.facts.get("status", ""))
    answer = spoken.facts.get("answer")
    if (reason, answer) in _ANSWERS:
        return str(_ANSWERS[reason, answer])
    if reason == Reason.NOTIFICATION:
        return str(_ACTIONS[Action.NOTIFICATION])
    said = str(_STATUSES.get(status, status)) or _("answered without a status")
    if reason == Reason.STATUS_REQUEST_RESPONSE:
        return _("answered how things stand: %(said)s") % {"said": said}
    return said


_WHAT: dict[str, Callable[[Spoken], str]] = {
    MessageKind.REQUEST: _request,
    MessageKind.REQUESTING: _action,
    MessageKind.SUPPLYING: _answer,
}


def _details(facts: Mapping[str, Any]) -> list[str]:
    """Dates, conditions, charges, reasons and links, each as a few words."""
    due, after = (_day(facts.get(name)) for name in ("due", "retry_after"))
    reason = str(facts.get("reason_unfilled") or facts.get("reason_retry") or "")
    conditions = condition_words(facts.get("conditions") or ())
    found = [
        str(REASON_WORDS.get(reason, reason)),
        _("due %(day)s") % {"day": due} if due else "",
        _("again after %(day)s") % {"day": after} if after else "",
        str(_SERVICES.get(facts.get("retry_service") or "", "")),
        _("on condition: %(conditions)s") % {"conditions": "; ".join(conditions)} if conditions else "",
        _("charge %(amount)s") % {"amount": _amount(facts)} if facts.get("cost") else "",
        _("with a link to it") if facts.get("link") else "",
    ]
    return [words for words in found if words]


def _day(text: Any) -> str:
    day: date | None = parse_date(str(text or ""))
    return date_format(day, "DATE_FORMAT") if day else ""


def _amount(facts: Mapping[str, Any]) -> str:
    try:
        amount = localize(Decimal(str(facts["cost"])))
    except InvalidOperation:
        amount = facts["cost"]
    return f"{amount} {facts.get('currency', '')}".strip()


WAITING_WORDS: dict[str, Any] = {
    "request": gettext_lazy("the request"),
    "reminder": gettext_lazy("a reminder"),
    "cancel": gettext_lazy("the cancellation"),
    "renew": gettext_lazy("the wish for a renewal"),
    "received": gettext_lazy("that it arrived"),
    "shipped_return": gettext_lazy("that it is on its way back"),
    "lost": gettext_lazy("that it is lost"),
    "status_request": gettext_lazy("the question how things stand"),
    "message": gettext_lazy("a message"),
    "conditions_accepted": gettext_lazy("that the conditions are accepted"),
    "claim": gettext_lazy("that it has not arrived"),
    "resend": gettext_lazy("the wish for a better copy"),
    "expect": gettext_lazy("that it can probably be supplied"),
    "will": gettext_lazy("that it will be supplied"),
    "conditional": gettext_lazy("the conditions"),
    "unfilled": gettext_lazy("that it cannot be supplied"),
    "retry": gettext_lazy("that it may be asked for again"),
    "shipped": gettext_lazy("that it was sent"),
    "copy": gettext_lazy("the copy"),
    "renewed": gettext_lazy("the renewal"),
    "not_renewed": gettext_lazy("that it is not renewed"),
    "due_changed": gettext_lazy("another due date"),
    "recall": gettext_lazy("the recall"),
    "overdue": gettext_lazy("that it is overdue"),
    "checked_in": gettext_lazy("that it is back"),
    "settled": gettext_lazy("that it is settled"),
    "cancelled": gettext_lazy("that it is cancelled"),
    "not_cancelled": gettext_lazy("that it cannot be cancelled any more"),
    "status": gettext_lazy("how things stand"),
}
"""What a row of the outbox wants to tell a partner, by its word."""
