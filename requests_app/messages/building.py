"""From an outbox row of the borrowing side to a message of ISO 18626.

Nothing of the patron: no name, number, address or note (standards P7). Items go to the library.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import Material
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import Superseded
from illservice.directory.models import Library
from illservice.exchange.kinds import Manners, Outgoing, Quirk
from illservice.protocols.iso18626.messages import (
    Action,
    Address,
    AgencyId,
    AgencyInfo,
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    ElectronicAddress,
    Header,
    Money,
    PhysicalAddress,
    PublicationInfo,
    Request,
    RequestedDelivery,
    RequestingMessage,
    RequestType,
    ServiceInfo,
    ServiceType,
)
from illservice.protocols.iso18626.moments import due_moment
from illservice.protocols.iso18626.notes import Word, with_word
from requests_app.models import BorrowingRequest, LenderMessage, LenderTry, TryStatus, Wanted
from requests_app.workflow.copyright import note_on, stated_on
from requests_app.workflow.policy import most_paid, needed_by
from requests_app.workflow.states import MarkKind, QuestionKind

NOBODY = AgencyId("", "")
_SERVICES = {
    Wanted.COPY: ServiceType.COPY,
    Wanted.LOAN: ServiceType.LOAN,
    Wanted.EITHER: ServiceType.COPY_OR_LOAN,
}
_TYPES = {
    Material.ARTICLE: "Article",
    Material.CHAPTER: "Chapter",
    Material.BOOK: "Book",
    Material.THESIS: "Thesis",
    Material.CONFERENCE_PAPER: "ConferenceProc",
    Material.REPORT: "Report",
    Material.PATENT: "Patent",
    Material.SCORE: "MusicScore",
    Material.MAP: "Map",
    Material.RECORDING: "SoundRecording",
    Material.JOURNAL: "Journal",
}
_ITEM_CODES = {
    IdentifierKind.ISBN: "ISBN",
    IdentifierKind.ISSN: "ISSN",
    IdentifierKind.EISSN: "ISSN",
    IdentifierKind.ISMN: "ISMN",
}
_RECORD_CODES = {IdentifierKind.OCLC: "OCLC", IdentifierKind.LCCN: "LCCN", IdentifierKind.PMID: "PMID"}


def build(payload: Mapping[str, Any], at: datetime, manners: Manners) -> Outgoing:
    """The message of a row, or Superseded."""
    lender_try = (
        LenderTry.objects.select_related("request__library", "partner", "previous")
        .filter(pk=payload["try"], request_id=payload["request"])
        .first()
    )
    if lender_try is None:
        raise Superseded(gettext_noop("the lender is not asked any more"))
    request, word = lender_try.request, str(payload["word"])
    said_at = _moment(payload["at"])
    header = Header(
        supplying=None,
        requesting=NOBODY,
        timestamp=said_at,
        requesting_request_id=wire_number(lender_try),
        supplying_request_id=lender_try.system_number,
    )
    _CHECKS.get(word, _always)(lender_try)
    if word in _REQUESTS:
        note = _in_words(request.library) if Quirk.REPEAT_IN_NOTE in manners.quirks else ""
        message: Request | RequestingMessage = _request(request, lender_try, header, _REQUESTS[word], note)
    else:
        action, note = _action(word, payload, lender_try, plain=Quirk.PLAIN_NOTES in manners.quirks)
        message = RequestingMessage(header, action, note)
    return Outgoing(
        message=message,
        library_id=request.library_id,
        partner_id=lender_try.partner_id,
        requesting_id=wire_number(lender_try),
        number=request.number,
        topic=lender_try.pk,
    )


def wire_number(lender_try: LenderTry) -> str:
    """Our number of the request at this lender: the public number with the try's ordinal (design §4)."""
    return f"{lender_try.request.number}-{lender_try.ordinal}"


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    if moment is None:
        raise ValueError("a row without a moment")
    return moment.astimezone(UTC)


def _compliance(request: BorrowingRequest) -> str:
    """The representation that a copy request carries (CONTU guideline 3); nothing where none was made."""
    stated = stated_on(request)
    return stated.iso_code if stated else ""


_REQUESTS = {"request": RequestType.NEW, "reminder": RequestType.REMINDER}
_ACTIONS: dict[str, tuple[Action, Word | None]] = {
    "cancel": (Action.CANCEL, None),
    "renew": (Action.RENEW, None),
    "received": (Action.RECEIVED, None),
    "shipped_return": (Action.SHIPPED_RETURN, None),
    "shipped_forward": (Action.SHIPPED_FORWARD, None),
    "lost": (Action.LOST, None),
    "hold_return": (Action.HOLD_RETURN, None),
    "status_request": (Action.STATUS_REQUEST, None),
    "message": (Action.NOTIFICATION, None),
    "conditions_accepted": (Action.NOTIFICATION, Word.AGREE),
    "claim": (Action.NOTIFICATION, Word.NOT_ARRIVED),
    "resend": (Action.NOTIFICATION, Word.RESEND),
}
_PLAIN = {
    Word.AGREE: gettext_noop("We agree to the conditions."),
    Word.NOT_ARRIVED: gettext_noop("It has not arrived here."),
    Word.RESEND: gettext_noop("The copy cannot be used. Please send a better one."),
}
"""The same in plain words, in English as on the wire everywhere."""


def _action(
    word: str, payload: Mapping[str, Any], lender_try: LenderTry, *, plain: bool
) -> tuple[Action, str]:
    action, control = _ACTIONS[word]
    note = ""
    key = payload.get("message")
    if key:
        text = (
            LenderMessage.objects.filter(pk=key, lender_try=lender_try).values_list("text", flat=True).first()
        )
        if text is None:
            raise Superseded(gettext_noop("the message was taken back"))
        note = text
    if control is not None:
        words = f"{_PLAIN[control]} {note}".strip()
        note = words if plain else with_word(control, words)
    return action, note


def _request(
    request: BorrowingRequest, lender_try: LenderTry, header: Header, kind: RequestType, note: str
) -> Request:
    previous = lender_try.previous
    if kind == RequestType.NEW and previous is not None:
        kind = RequestType.RETRY
    copy = request.kind == Wanted.COPY
    needed, most = needed_by(request), most_paid(request)
    return Request(
        header=header,
        bibliographic=_bibliographic(request),
        publication=PublicationInfo(
            publisher=request.publisher,
            type=_TYPES.get(Material(request.material), ""),
            date=request.date,
            place=request.place,
        ),
        service=ServiceInfo(
            service_type=_SERVICES[Wanted(request.kind)],
            request_type=kind,
            previous_request_id=wire_number(previous) if previous else "",
            service_level="Rush" if request.rush else "",
            copyright_compliance=_compliance(request),
            need_before=due_moment(needed) if needed else None,
            any_edition=request.any_edition or None,
            note="\n".join(filter(None, (note_on(request), note))),
        ),
        deliveries=_deliveries(request.library, copy=copy),
        agency=AgencyInfo(name=request.library.name, addresses=_addresses(request.library)),
        billing=BillingInfo(
            maximum_costs=Money(most, request.library.currency) if most is not None else None
        ),
    )


def _bibliographic(request: BorrowingRequest) -> BibliographicInfo:
    known = [one.identifier() for one in request.identifiers.filter(valid=True)]
    volume = request.volume or request.volume_wanted
    return BibliographicInfo(
        title=request.title,
        author=request.author,
        series_title=request.series,
        edition=request.edition,
        title_of_component=request.article_title,
        author_of_component=request.article_author,
        volumes=(volume,) if volume else (),
        issue=request.issue,
        pages_requested=request.pages,
        item_ids=tuple(
            BibliographicItemId(one.normalised, _ITEM_CODES[one.kind])
            for one in known
            if one.kind in _ITEM_CODES
        ),
        record_ids=tuple(
            BibliographicRecordId(one.normalised, _RECORD_CODES[one.kind])
            for one in known
            if one.kind in _RECORD_CODES
        ),
    )


def _addresses(library: Library) -> tuple[Address, ...]:
    lines = [line.strip() for line in library.address.splitlines() if line.strip()]
    postal = [PhysicalAddress(line1=lines[0][:100], line2=", ".join(lines[1:])[:200])] if lines else []
    return (*postal, *([ElectronicAddress("Email", library.email)] if library.email else []))


def _in_words(library: Library) -> str:
    """Where to send it, for systems that show their desk no more than the note."""
    postal = [one for one in _addresses(library) if isinstance(one, PhysicalAddress)]
    words = [", ".join(filter(None, (library.name, one.line1, one.line2))) for one in postal]
    return "\n".join(f"deliver to: {each}" for each in words)


def _deliveries(library: Library, *, copy: bool) -> tuple[RequestedDelivery, ...]:
    """A copy as a link first, by post else; a loan by post."""
    ways: list[Address] = [ElectronicAddress("URL")] if copy else []
    ways += [one for one in _addresses(library) if isinstance(one, PhysicalAddress)]
    return tuple(RequestedDelivery(address, order) for order, address in enumerate(ways, start=1))


def _always(_lender_try: LenderTry) -> None:
    """It states a fact."""


def _is_asked(lender_try: LenderTry) -> None:
    if not lender_try.open:
        raise Superseded(gettext_noop("this lender is not asked any more"))


def _cancel(lender_try: LenderTry) -> None:
    """Not once it said no or sent it, and not when our request never left."""
    asked = OutboxRow.objects.filter(
        stream=f"{lender_try.request.number}:lender:{lender_try.ordinal}", payload__word="request"
    ).values_list("state", flat=True)
    states = set(asked)
    if states and OutboxState.DONE not in states:
        raise Superseded(gettext_noop("the lender never got the request"))


def _renew(lender_try: LenderTry) -> None:
    waiting = lender_try.request.questions.filter(kind=QuestionKind.RENEWAL, answered_at__isnull=True)
    if lender_try.status not in {TryStatus.SHIPPED, TryStatus.RECEIVED} or not waiting.exists():
        raise Superseded(gettext_noop("the renewal was answered"))


def _is_with_us(lender_try: LenderTry) -> None:
    if lender_try.status not in {TryStatus.SHIPPED, TryStatus.RECEIVED}:
        raise Superseded(gettext_noop("it went back meanwhile"))


def _resend(lender_try: LenderTry) -> None:
    if not lender_try.request.marks.filter(kind=MarkKind.RESEND, cleared_at__isnull=True).exists():
        raise Superseded(gettext_noop("a better copy came"))


_CHECKS: dict[str, Callable[[LenderTry], None]] = {
    "request": _is_asked,
    "reminder": _is_asked,
    "conditions_accepted": _is_asked,
    "claim": _is_asked,
    "cancel": _cancel,
    "renew": _renew,
    "hold_return": _is_with_us,
    "resend": _resend,
}
"""What is asked again at sending (design §2)."""
