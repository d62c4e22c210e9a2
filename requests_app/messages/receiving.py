"""News of lenders' systems, as messages of ISO 18626: each changes its own try, the table decides about the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError
from illservice.directory.models import Partnership, Reason, ReasonPurpose
from illservice.documents.kinds import Origin
from illservice.documents.services import attach_link
from illservice.exchange.kinds import Incoming, Taken, Unacceptable
from illservice.exchange.models import Exchanged
from illservice.protocols.iso18626.messages import ErrorType, SupplyingMessage
from illservice.protocols.iso18626.notes import words_of
from requests_app.messages.news import Said, Standing, plausible, standing, steps
from requests_app.models import BorrowingRequest, LenderTry, TryStatus
from requests_app.services import items, lender_news, lenders, loans, words
from requests_app.services.base import lock_request
from requests_app.services.copies import deliver_document
from requests_app.services.lender_news import Offer, SentCopy
from requests_app.services.lenders import Terms
from requests_app.workflow import states as s
from requests_app.workflow.states import MarkKind, QuestionKind

_ACTIVE = frozenset({TryStatus.SHIPPED, TryStatus.RECEIVED, TryStatus.RETURNED})


@dataclass(slots=True)
class News:
    """What one lender said, what that changed, and the request it is about."""

    request: BorrowingRequest
    lender_try: LenderTry
    said: Said
    before: Standing
    after: Standing
    actor: Actor
    at: datetime

    @property
    def is_asked(self) -> bool:
        """Whether this lender is the one being asked now."""
        return self.lender_try.open

    @property
    def counts(self) -> bool:
        """Whether its item is the one that the request is about."""
        return self.lender_try.open or (self.lender_try.status in _ACTIVE and not self.is_second)

    @property
    def is_second(self) -> bool:
        """Whether its item came beside the one that counts."""
        return self.request.items.filter(second_copy=True, lender_try=self.lender_try).exists()

    def asks(self, kind: str) -> bool:
        """Whether a question of this kind is open."""
        return self.request.questions.filter(kind=kind, answered_at__isnull=True).exists()

    @property
    def asks_back(self) -> bool:
        """Whether it is recalled already."""
        return self.request.marks.filter(kind=MarkKind.RECALLED, cleared_at__isnull=True).exists()

    def again(self) -> None:
        """Read request and try once more, after a step changed them."""
        self.request.refresh_from_db()
        self.lender_try.refresh_from_db()


def receive_supplying(incoming: Incoming) -> Taken:
    """Put the message beside what the lender said before, and do what that changes."""
    message = incoming.message
    if not isinstance(message, SupplyingMessage):
        raise TypeError(type(message))
    news = _news(incoming)
    number = _note_their_number(news, message.header.supplying_request_id)
    remark = ""
    for place, word in enumerate(steps(news.before, news.after)):
        if place:
            news.again()
        remark = _do(news, word) or remark
    _keep_words(news, message)
    return Taken(news.request.number, news.lender_try.pk, number, remark)


def _news(incoming: Incoming) -> News:
    """Before and after this message, under the lock of the request."""
    tries = LenderTry.objects.filter(pk=incoming.topic, partner_id=incoming.partner_id)
    request_id = tries.values_list("request_id", flat=True).first()
    if request_id is None:
        raise Unacceptable(ErrorType.UNRECOGNISED_VALUE, "there is no such request")
    request = lock_request(request_id)
    lender_try = tries.get()
    rows = Exchanged.objects.filter(conversation_id=incoming.conversation_id, outward=False)
    zone = ZoneInfo(request.library.timezone)
    known = [
        Said.from_facts(key, plausible(said_at, came_at).astimezone(zone), facts)
        for key, said_at, came_at, facts in rows.values_list("pk", "said_at", "at", "facts")
    ]
    newest = int(incoming.cause.partition(":")[2])
    said = next(each for each in known if each.key == newest)
    actor = Actor(
        ActorKind.PARTNER, id=incoming.partner_id, library_id=incoming.library_id, cause=incoming.cause
    )
    before = standing(each for each in known if each is not said)
    return News(request, lender_try, said, before, standing(known), actor, incoming.at)


def _note_their_number(news: News, number: str) -> str:
    """Their number of the request is kept with the try; it names a row of theirs, nobody acts on it."""
    number = number[:60]
    if number and news.lender_try.system_number != number:
        news.lender_try.system_number = number
        news.lender_try.save(update_fields=["system_number"])
    return number


def _do(news: News, word: str) -> str:
    """One step; what no row accepts is kept and shown, and its code is the remark in the log."""
    try:
        _STEPS[word](news)
    except IllError as refusal:
        lender_news.odd_news(request_id=news.request.pk, actor=news.actor, at=news.at)
        return refusal.code
    return ""


def _keep_words(news: News, message: SupplyingMessage) -> None:
    text = words_of(message.info.note)
    if text:
        lender_news.lender_message(
            request_id=news.request.pk,
            try_id=news.lender_try.pk,
            text=text[:5000],
            actor=news.actor,
            at=news.at,
        )


def _reason(news: News, code: str) -> Reason | None:
    """Our reason with this code of ISO 18626; the first one that a library of its own has, then the shared ones."""
    if not code:
        return None
    found = Reason.objects.filter(purpose=ReasonPurpose.LENDER_NO, iso_code__iexact=code, is_active=True)
    own = found.filter(library_id=news.request.library_id).first()
    return own or found.filter(library__isnull=True).order_by("position").first()


def _expects(news: News) -> None:
    if news.is_asked and news.request.state == s.ASKED:
        lender_news.lender_expects(request_id=news.request.pk, actor=news.actor, at=news.at)


def _will(news: News) -> None:
    if news.is_asked and news.request.state == s.ASKED:
        lenders.lender_will(request_id=news.request.pk, actor=news.actor, at=news.at)


def _conditional(news: News) -> None:
    if not news.is_asked or news.after.terms is None:
        return
    conditions, cost, currency = news.after.terms
    lenders.lender_conditional(
        request_id=news.request.pk,
        terms=Terms(conditions, cost, currency),
        actor=news.actor,
        at=news.at,
        reply_by=news.at + timedelta(days=news.request.library.answer_days),
    )


def _shipped(news: News) -> None:
    """It is on its way; from a lender we had left, a second copy is."""
    key, due = news.request.pk, news.after.due
    if news.is_asked and news.request.state in s.WITH_LENDER:
        lenders.lender_shipped(
            request_id=key, actor=news.actor, at=news.at, lender_due=due, terms=_new_terms(news)
        )
    elif news.counts:
        _due(news)
        _terms(news)
    else:
        lender_news.late_shipped(
            request_id=key, try_id=news.lender_try.pk, actor=news.actor, at=news.at, lender_due=due
        )


def _new_terms(news: News) -> Terms | None:
    """Conditions and costs that came with the shipment: it was sent on them."""
    if news.after.terms is None or news.after.terms == news.before.terms:
        return None
    return Terms(*news.after.terms)


def _terms(news: News) -> None:
    """What it names after it was sent binds like what came with it."""
    terms = _new_terms(news)
    if terms is not None and news.counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        lender_news.lender_terms(
            request_id=news.request.pk, try_id=news.lender_try.pk, terms=terms, actor=news.actor, at=news.at
        )


def _copy(news: News) -> None:
    """A scan or link is kept with the request; a trusted lender's goes to the patron unseen."""
    said, key = news.said, news.request.pk
    first = news.is_asked and news.request.state in s.COMING
    if first:
        sent = SentCopy(bool(said.link), said.cost, said.currency)
        lender_news.lender_copy(request_id=key, copy=sent, actor=news.actor, at=news.at)
    elif (
        news.request.state in {s.COPY_DELIVERED, s.AT_DESK, s.ON_THE_WAY}
        and news.lender_try.status in _ACTIVE
    ):
        lender_news.lender_copy_again(request_id=key, actor=news.actor, at=news.at)
    else:
        lender_news.odd_news(request_id=key, actor=news.actor, at=news.at)
    if said.link:
        _attach(news, said.link)


def _attach(news: News, link: str) -> None:
    request = news.request
    trusted = Partnership.objects.filter(
        library_id=request.library_id, partner_id=news.actor.id, trusted_scans=True
    ).exists()
    document = attach_link(
        library_id=request.library_id,
        subject=request.number,
        url=link,
        actor=news.actor,
        at=news.at,
        origin=Origin.PARTNER,
        trusted=trusted,
    )
    news.again()
    unwanted = request.marks.filter(kind=MarkKind.NOT_WANTED, cleared_at__isnull=True).exists()
    if trusted and not unwanted and request.state in {s.AT_DESK, s.COPY_DELIVERED}:
        deliver_document(request_id=request.pk, document_id=document.pk, actor=news.actor, at=news.at)


def _renewal(news: News) -> None:
    """The answer to what we asked; unasked, or to what was asked before, it is another due date at most."""
    if not news.counts:
        return
    if not news.asks(QuestionKind.RENEWAL) or news.after.renewals[-1] is not news.said:
        _due(news)
    elif not news.said.answer:
        loans.renewal_no(request_id=news.request.pk, actor=news.actor, at=news.at)
    elif lender_due := news.said.due or news.after.due or news.request.lender_due:
        loans.renewal_yes(request_id=news.request.pk, lender_due=lender_due, actor=news.actor, at=news.at)
    else:
        _odd(news)  # a yes without any date: the desk has to ask until when


def _due(news: News) -> None:
    """Another date. What the desk read from the strap stands until the lender changes it (design §3)."""
    due, known = news.after.due, news.request.lender_due
    if due is None or not news.counts or due == known:
        return
    strap_counts = known is not None and not news.after.redated
    if not strap_counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        loans.change_due(request_id=news.request.pk, lender_due=due, actor=news.actor, at=news.at)


def _overdue(news: News) -> None:
    if news.counts and news.request.state in s.HERE | {s.ON_THE_WAY, s.RETURNED}:
        lender_news.lender_overdue(request_id=news.request.pk, actor=news.actor, at=news.at)
    elif news.is_second:
        _odd(news)


def _in_time(news: News) -> None:
    """Another date, or the word that it was renewed: it is not overdue any more."""
    marks = news.request.marks.filter(kind=MarkKind.LENDER_OVERDUE, cleared_at__isnull=True)
    if news.counts and marks.exists():
        words.unflag(request_id=news.request.pk, kind=MarkKind.LENDER_OVERDUE, at=news.at)


def _recalled(news: News) -> None:
    """Back by the date it names; without one at once. The first recall is the one that the mark shows."""
    back_by = news.after.recall_by
    if back_by is None or not news.counts:
        if news.is_second:
            _odd(news)
        return
    if news.asks_back:
        _due(news)
    elif news.request.state in s.HERE | {s.ON_THE_WAY}:
        loans.recall(request_id=news.request.pk, back_by=back_by, actor=news.actor, at=news.at)


def _hold(news: News) -> None:
    if news.counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        lender_news.lender_hold(request_id=news.request.pk, actor=news.actor, at=news.at)


def _release(news: News) -> None:
    if news.counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        lender_news.lender_release(request_id=news.request.pk, actor=news.actor, at=news.at)


def _unfilled(news: News) -> None:
    if news.is_asked and news.after.end is not None:
        reason = _reason(news, news.after.end.reason_unfilled)
        lenders.lender_no(request_id=news.request.pk, reason=reason, actor=news.actor, at=news.at)


def _retry(news: News) -> None:
    end = news.after.end
    if not news.is_asked or end is None:
        return
    offer = Offer(
        reason=_reason(news, end.reason_retry),
        after=end.retry_after,
        conditions=end.conditions,
        cost=end.cost,
        currency=end.currency,
        service=end.retry_service,
    )
    lender_news.lender_retry(request_id=news.request.pk, offer=offer, actor=news.actor, at=news.at)


def _cancelled(news: News) -> None:
    """As we asked; unasked it is a no."""
    if not news.is_asked:
        return
    if news.asks(QuestionKind.CANCEL):
        lenders.cancel_accepted(request_id=news.request.pk, actor=news.actor, at=news.at)
    else:
        lenders.lender_no(request_id=news.request.pk, actor=news.actor, at=news.at)


def _cancel_no(news: News) -> None:
    if news.counts and news.asks(QuestionKind.CANCEL):
        lenders.cancel_refused(request_id=news.request.pk, actor=news.actor, at=news.at)


def _settled(news: News) -> None:
    if news.counts and news.request.state == s.SETTLING:
        end = news.after.end
        cost, currency = (end.cost, end.currency) if end else (None, "")
        loans.settle(request_id=news.request.pk, actor=news.actor, at=news.at, cost=cost, currency=currency)
    else:
        _completed(news)


def _completed(news: News) -> None:
    """It is back there. What is still somewhere here must be looked for."""
    if news.lender_try.status == TryStatus.RETURNED and news.request.state == s.RETURNED:
        items.confirm_return(request_id=news.request.pk, actor=news.actor, at=news.at)
    elif news.lender_try.status != TryStatus.DONE:
        lender_news.lender_done(
            request_id=news.request.pk, try_id=news.lender_try.pk, actor=news.actor, at=news.at
        )


def _odd(news: News) -> None:
    lender_news.odd_news(request_id=news.request.pk, actor=news.actor, at=news.at)


_STEPS: dict[str, Callable[[News], None]] = {
    "expects": _expects,
    "will": _will,
    "conditional": _conditional,
    "shipped": _shipped,
    "terms": _terms,
    "copy": _copy,
    "renewal": _renewal,
    "due": _due,
    "overdue": _overdue,
    "in_time": _in_time,
    "recalled": _recalled,
    "hold": _hold,
    "release": _release,
    "unfilled": _unfilled,
    "retry": _retry,
    "cancel_no": _cancel_no,
    "cancelled": _cancelled,
    "settled": _settled,
    "completed": _completed,
    "odd": _odd,
}
