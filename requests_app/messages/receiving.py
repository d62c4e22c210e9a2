"""News of lenders' systems, as messages of ISO 18626: each changes its own try, the table decides about the request."""

from collections.abc import Callable

from illservice.core.errors import IllError
from illservice.core.statements import update
from illservice.core.workflow.held import take_care
from illservice.directory.models import Partnership, Reason, ReasonPurpose
from illservice.documents.kinds import Origin
from illservice.documents.services import attach_link
from illservice.exchange.kinds import Incoming, Taken
from illservice.protocols.iso18626.messages import Reason as Occasion
from illservice.protocols.iso18626.messages import SupplyingMessage
from illservice.protocols.iso18626.notes import words_of
from requests_app.messages.news import steps
from requests_app.messages.reading import ACTIVE, News, news_of
from requests_app.models import TryStatus
from requests_app.services import items, lender_news, lenders, loans, words
from requests_app.services.copies import deliver_document
from requests_app.services.dates import reply_until
from requests_app.services.lender_news import Offer, SentCopy
from requests_app.services.lenders import Terms
from requests_app.workflow import states as s
from requests_app.workflow.facts import MAY_COME_LATE
from requests_app.workflow.states import MarkKind, QuestionKind


def receive_supplying(incoming: Incoming) -> Taken:
    """Put the message beside what the lender said before, and do what that changes."""
    message = incoming.message
    if not isinstance(message, SupplyingMessage):
        raise TypeError(type(message))
    news = news_of(incoming)
    theirs = _note_their_number(news, message.header.supplying_request_id)
    remark = ""
    for place, word in enumerate(steps(news.before, news.after)):
        if place and not _is_done(news, word):
            news.again()
        remark = _do(news, word) or remark
    _keep_words(news, message)
    return Taken(news.request.number, news.lender_try.pk, theirs, remark)


def _is_done(news: News, word: str) -> bool:
    """Whether the step before has done this one, too: a renewal brings its date along. Then nothing is read again."""
    return word == "due" and news.after.due == news.request.lender_due


def _note_their_number(news: News, theirs: str) -> str:
    """Their number of the request is kept with the try; it names a row of theirs, nobody acts on it."""
    theirs = theirs[:60]
    if theirs and news.lender_try.system_number != theirs:
        news.lender_try.system_number = theirs
        update(news.lender_try, ["system_number"])
    return theirs


def _do(news: News, word: str) -> str:
    """One step; what no row accepts is kept and shown, and its code is the remark in the log."""
    try:
        _STEPS[word](news)
    except IllError as refusal:
        take_care()
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
            cost=news.said.cost if message.info.reason == Occasion.NOTIFICATION else None,
            currency=news.said.currency,
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
    """A question to the desk. Where its item is here already the lender takes our receipt for a yes: they bind."""
    if not news.is_asked or news.after.terms is None:
        _terms(news)
        return
    conditions, cost, currency = news.after.terms
    lenders.lender_conditional(
        request_id=news.request.pk,
        terms=Terms(conditions, cost, currency),
        actor=news.actor,
        at=news.at,
        reply_by=reply_until(news.request, news.at),
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
        news.request.state in {s.COPY_DELIVERED, s.AT_DESK, s.ON_THE_WAY} and news.lender_try.status in ACTIVE
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
    unwanted = news.is_marked(MarkKind.NOT_WANTED)
    if trusted and not unwanted and news.request.state in {s.AT_DESK, s.COPY_DELIVERED}:
        deliver_document(request_id=request.pk, document_id=document.pk, actor=news.actor, at=news.at)


def _renewal(news: News) -> None:
    """The answer to what we asked; unasked, or to what was asked before, it is another due date at most."""
    if not news.counts:
        return
    if not news.asks(QuestionKind.RENEWAL) or news.after.renewals[-1] is not news.said:
        _due(news)
    elif not news.said.answer:
        loans.renewal_no(request_id=news.request.pk, actor=news.actor, at=news.at)
    elif lender_due := news.after.due or news.request.lender_due:  # a later word may have come before it
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
    if news.counts and news.is_marked(MarkKind.LENDER_OVERDUE):
        words.unflag(request_id=news.request.pk, kind=MarkKind.LENDER_OVERDUE, at=news.at)


def _recalled(news: News) -> None:
    """Back by the date it names; without one at once. A second recall counts when it names an earlier day."""
    back_by = news.after.recall_by
    if back_by is None or not news.counts:
        if news.is_second:
            _odd(news)
        return
    if news.request.state not in s.HERE | {s.ON_THE_WAY}:
        return
    if news.asks_back:
        loans.recall_sooner(request_id=news.request.pk, back_by=back_by, actor=news.actor, at=news.at)
    else:
        loans.recall(request_id=news.request.pk, back_by=back_by, actor=news.actor, at=news.at)


def _hold(news: News) -> None:
    if news.counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        lender_news.lender_hold(request_id=news.request.pk, actor=news.actor, at=news.at)


def _release(news: News) -> None:
    if news.counts and news.request.state in s.HERE | {s.ON_THE_WAY}:
        lender_news.lender_release(request_id=news.request.pk, actor=news.actor, at=news.at)


def _unfilled(news: News) -> None:
    if not news.is_asked:
        _no_but_here(news)
    elif news.after.end is not None:
        reason = _reason(news, news.after.end.reason_unfilled)
        lenders.lender_no(request_id=news.request.pk, reason=reason, actor=news.actor, at=news.at)


def _retry(news: News) -> None:
    end = news.after.end
    if not news.is_asked or end is None:
        _no_but_here(news)
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
        _no_but_here(news)
    elif news.asks(QuestionKind.CANCEL):
        lenders.cancel_accepted(request_id=news.request.pk, actor=news.actor, at=news.at)
    else:
        lenders.lender_no(request_id=news.request.pk, actor=news.actor, at=news.at)


def _no_but_here(news: News) -> None:
    """It says that it sends nothing. Where we have its item somebody must look; of a lender we left it is no news."""
    if news.counts:
        _odd(news)


def _cancel_no(news: News) -> None:
    if news.counts and news.asks(QuestionKind.CANCEL):
        lenders.cancel_refused(request_id=news.request.pk, actor=news.actor, at=news.at)


def _goes_on(news: News) -> None:
    """A lender we left does not cancel: a second copy will come."""
    if news.lender_try.status in MAY_COME_LATE:
        lender_news.late_refused(request_id=news.request.pk, actor=news.actor, at=news.at)


def _gives_up(news: News) -> None:
    """No second copy comes after all, unless another lender that we left sends one."""
    if news.is_left_alone and news.is_marked(MarkKind.LATE_COMING):
        words.unflag(request_id=news.request.pk, kind=MarkKind.LATE_COMING, at=news.at)


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
    "goes_on": _goes_on,
    "gives_up": _gives_up,
    "cancelled": _cancelled,
    "settled": _settled,
    "completed": _completed,
    "odd": _odd,
}
