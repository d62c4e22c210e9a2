"""A message comes in, over HTTP or from a library of this deployment: the same function, the same bytes.

The message and what follows from it are one transaction. A message is known by sender, conversation and the hash of
its canonical content: the second delivery gets the first one's confirmation and does nothing.
"""

import hashlib
import logging
from dataclasses import dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from illservice.core.errors import IllError
from illservice.core.statements import first_of_all, insert_new, update
from illservice.core.workflow.held import holding
from illservice.directory.models import Library
from illservice.exchange.kinds import (
    Incoming,
    Outward,
    Quirk,
    Side,
    Taken,
    Transport,
    Unacceptable,
    receiver_of,
    tell_refused,
)
from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.exchange.selectors import (
    connection_between,
    connection_by_symbols,
    connection_from,
    conversation_with,
    recipient,
)
from illservice.exchange.services import circuit
from illservice.exchange.services.credentials import admits
from illservice.exchange.services.facts import facts_of, word_of
from illservice.protocols.iso18626.codec import canonical_digest, read, write
from illservice.protocols.iso18626.confirm import confirmation, refusal
from illservice.protocols.iso18626.errors import BadValue, TooLarge, Unreadable
from illservice.protocols.iso18626.messages import (
    AgencyId,
    Confirmation,
    Edition,
    ErrorData,
    ErrorType,
    MessageKind,
    MessageStatus,
    PartialHeader,
    ReadResult,
    Request,
    RequestingMessage,
    SupplyingMessage,
    kind_of,
)
from illservice.protocols.iso18626.redaction import without_persons

logger = logging.getLogger(__name__)

_FROM_SUPPLIER = frozenset({MessageKind.SUPPLYING, MessageKind.SUPPLYING_CONFIRMATION})
UNKNOWN_ID = "unknown request"
LONGEST_ID = 80
"""As long as an id of a request may be (`Conversation.requesting_id`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status, and the confirmation, or words for people when there is none."""

    status: int
    body: bytes
    is_xml: bool = True


@dataclass(frozen=True, slots=True)
class Parties:
    """Whose message it is and for which library of ours; None for those that are not known."""

    library: Library | None
    connection: Connection | None


def receive(
    data: bytes, *, at: datetime, credentials: tuple[str, str] = ("", ""), sender_id: int | None = None
) -> Answer:
    """Take a message in. `sender_id` names a library of this deployment, whose messages need no credentials.

    400 for what is no message, 401 for wrong credentials, else 200 with a confirmation (413 is the door's).
    """
    try:
        result = read(data, settings.ILL_ISO18626_MAX_BYTES)
    except (Unreadable, TooLarge) as problem:
        return Answer(413 if isinstance(problem, TooLarge) else 400, str(problem).encode(), is_xml=False)
    except BadValue as problem:
        parties = _parties(problem.header, problem.kind, sender_id)
        if not _admitted(parties, credentials, sender_id):
            return _unknown()
        return _not_understood(problem, parties, data, at)
    message = result.message
    if not isinstance(message, Request | SupplyingMessage | RequestingMessage):
        return Answer(400, b"a confirmation is an answer, not a message", is_xml=False)
    parties = _parties(message.header, kind_of(message), sender_id)
    if not _admitted(parties, credentials, sender_id):
        return _unknown()
    if parties.library is None or parties.connection is None:
        who = "sender" if parties.library else "recipient"
        return _refuse(message, result.edition, at, ErrorType.UNRECOGNISED_VALUE, f"{who} is not known here")
    if len(message.header.requesting_request_id) > LONGEST_ID:
        detail = "requestingAgencyRequestId is too long"
        return _refuse(message, result.edition, at, ErrorType.UNRECOGNISED_VALUE, detail)
    if parties.connection.failures:
        circuit.heard(parties.connection, at)
    if result.unknown and Quirk.OWN_ELEMENTS not in parties.connection.quirks:
        return _not_understood(_unknown_element(result, message), parties, data, at)
    return _take(result, message, data, parties.connection, at)


def _unknown_element(result: ReadResult, message: Outward) -> BadValue:
    """An element that neither edition has may say what matters: the partner hears that nobody here can read it."""
    ids = {one.name: getattr(message.header, one.name) for one in fields(PartialHeader)}
    return BadValue(
        ErrorType.UNRECOGNISED_ELEMENT,
        f"{result.unknown} is not known",
        header=PartialHeader(**ids),
        kind=kind_of(message),
        edition=result.edition,
        action=message.action if isinstance(message, RequestingMessage) else None,
        reason=message.info.reason if isinstance(message, SupplyingMessage) else None,
    )


def _not_understood(problem: BadValue, parties: Parties, data: bytes, at: datetime) -> Answer:
    answer = Answer(200, write(refusal(problem, at), problem.edition))
    _keep_refused(problem, parties, data, answer, at)
    if parties.connection is not None:  # where it is about, never what it says: that may be somebody's name
        partner, place = parties.connection.partnership.partner.slug, problem.detail.partition(":")[0]
        logger.warning("a message of %s was refused: %s, %s", partner, problem.error_type, place)
    return answer


def _keep_refused(problem: BadValue, parties: Parties, data: bytes, answer: Answer, at: datetime) -> None:
    """A message that cannot be understood is kept with its conversation and shown to the desk (design §3 rule 5). A new
    request has no desk yet: it stands on the page of the partner (`selectors.refused_of`).
    """
    requesting_id = problem.header.requesting_request_id
    if parties.connection is None or not requesting_id or len(requesting_id) > LONGEST_ID:
        return
    side = Side.BORROWING if problem.kind in _FROM_SUPPLIER else Side.LENDING
    begins = problem.kind == MessageKind.REQUEST
    with transaction.atomic():
        conversation = _conversation(parties.connection, side, requesting_id, at, begins=begins)
        if conversation is None:
            return
        Exchanged.objects.get_or_create(
            conversation=conversation,
            outward=False,
            digest=hashlib.sha256(data).hexdigest(),
            defaults={
                "kind": problem.kind,
                "edition": problem.edition,
                "body": without_persons(data),
                "said_at": at,
                "at": at,
                "answer": answer.body.decode(),
                "answer_status": MessageStatus.ERROR,
                "error": f"{problem.error_type}: {problem.detail}"[:200],
            },
        )
        if conversation.number:
            tell_refused(side, conversation.number, at)


def _unknown() -> Answer:
    return Answer(401, b"user name and password are needed", is_xml=False)


def _parties(header: object, kind: MessageKind, sender_id: int | None) -> Parties:
    supplying: AgencyId | None = getattr(header, "supplying", None)
    requesting: AgencyId | None = getattr(header, "requesting", None)
    ours, theirs = (requesting, supplying) if kind in _FROM_SUPPLIER else (supplying, requesting)
    connection = first_of_all(lambda: connection_by_symbols(ours, theirs)) if sender_id is None else None
    if connection is not None:
        return Parties(connection.partnership.library, connection)
    library = recipient(ours)
    if library is None:
        return Parties(None, None)
    if sender_id is not None:
        return Parties(library, connection_between(library.pk, sender_id))
    return Parties(library, connection_from(library, theirs) if theirs and theirs.value else None)


def _admitted(parties: Parties, credentials: tuple[str, str], sender_id: int | None) -> bool:
    """Strangers are told by a confirmation that they are not known; partners must prove who they are.

    A library of this deployment speaks over the loopback only: whoever comes from outside in its name is not it.
    """
    if parties.connection is None or sender_id is not None:
        return True
    if parties.connection.transport == Transport.LOOPBACK:
        return False
    return admits(parties.connection, *credentials)


def _refuse(message: Outward, edition: Edition, at: datetime, error_type: ErrorType, detail: str) -> Answer:
    return Answer(200, write(confirmation(message, at, ErrorData(error_type, detail)), edition))


def _take(result: ReadResult, message: Outward, data: bytes, connection: Connection, at: datetime) -> Answer:
    """Keep the message and do what it says, together. What the side refuses leaves nothing but the row of the log."""
    side = Side.BORROWING if kind_of(message) in _FROM_SUPPLIER else Side.LENDING
    entry = _entry(message, result, data, connection, at)
    receipt = confirmation(message, at)
    try:
        return holding(lambda: _carried_out(entry, receipt, message, connection, side))
    except Unacceptable as problem:
        error = ErrorData(problem.error_type, problem.detail)
    except IllError as problem:
        error = ErrorData(ErrorType.UNRECOGNISED_VALUE, problem.code)
    with transaction.atomic():
        answer = _noted(entry, confirmation(message, at, error), message, connection, side)
    logger.info("message %s was refused: %s", entry.pk, error.value)
    return answer


def _entry(
    message: Outward, result: ReadResult, data: bytes, connection: Connection, at: datetime
) -> Exchanged:
    """The row of the log, not saved, without its conversation and its answer."""
    return Exchanged(
        outward=False,
        kind=kind_of(message),
        word=word_of(message),
        digest=canonical_digest(message),
        edition=result.edition,
        body=without_persons(data),
        facts=facts_of(message, connection.partnership.partner.timezone),
        said_at=message.header.timestamp,
        at=at,
    )


def _carried_out(
    entry: Exchanged, receipt: Confirmation, message: Outward, connection: Connection, side: Side
) -> Answer:
    """Write the message down with its answer and hand it to the side it is for, which may raise."""
    conversation = _conversation_of(connection, side, message, entry.at)
    if conversation is None:
        edition = Edition(entry.edition)
        return _refuse(message, edition, entry.at, ErrorType.UNRECOGNISED_VALUE, UNKNOWN_ID)
    known = _keep(entry, conversation, receipt)
    if known is not None:
        return known
    incoming = Incoming(
        library=connection.partnership.library,
        partner=connection.partnership.partner,
        message=message,
        topic=conversation.topic,
        conversation_id=conversation.pk,
        at=entry.at,
        cause=f"message:{entry.pk}",
    )
    taken = receiver_of(kind_of(message))(incoming)
    if taken.remark:
        entry.remark = taken.remark[:60]
        update(entry, ["remark"])
    _note_topic(conversation, taken)
    return Answer(200, entry.answer.encode())


def _noted(
    entry: Exchanged, receipt: Confirmation, message: Outward, connection: Connection, side: Side
) -> Answer:
    """Write down a message that was refused, or find that it was delivered once more meanwhile."""
    conversation = _conversation_of(connection, side, message, entry.at)
    if conversation is None:
        edition = Edition(entry.edition)
        return _refuse(message, edition, entry.at, ErrorType.UNRECOGNISED_VALUE, UNKNOWN_ID)
    return _keep(entry, conversation, receipt) or Answer(200, entry.answer.encode())


def _conversation_of(
    connection: Connection, side: Side, message: Outward, at: datetime
) -> Conversation | None:
    begins = isinstance(message, Request)
    return _conversation(connection, side, message.header.requesting_request_id, at, begins=begins)


def _conversation(
    connection: Connection, side: Side, requesting_id: str, at: datetime, *, begins: bool
) -> Conversation | None:
    """The one that exists; a request begins one."""
    partnership = connection.partnership
    if begins:
        new = Conversation(
            library_id=partnership.library_id,
            partner_id=partnership.partner_id,
            side=side,
            requesting_id=requesting_id,
            began_at=at,
        )
        if insert_new(new):
            return new
    return conversation_with(connection, side, requesting_id)


def _keep(entry: Exchanged, conversation: Conversation, receipt: Confirmation) -> Answer | None:
    """Write the message down with its answer, once. Whoever delivers it at the same time waits here and finds it there;
    the second delivery gets the answer of the first.
    """
    errors = receipt.errors
    entry.pk, entry.conversation = None, conversation
    entry.answer = write(receipt, Edition(entry.edition)).decode()
    entry.answer_status = receipt.header.status
    entry.error = f"{errors[0].type}: {errors[0].value}"[:200] if errors else ""
    if insert_new(entry):
        return None
    known = Exchanged.objects.get(conversation=conversation, outward=False, digest=entry.digest)
    Exchanged.objects.filter(pk=known.pk).update(doubled=F("doubled") + 1)
    return Answer(200, known.answer.encode())


def _note_topic(conversation: Conversation, taken: Taken) -> None:
    """Note what the conversation is about."""
    known = (conversation.number, conversation.topic, conversation.supplying_id)
    news = (
        taken.number or conversation.number,
        taken.topic or conversation.topic,
        taken.supplying_id or conversation.supplying_id,
    )
    if news != known:
        conversation.number, conversation.topic, conversation.supplying_id = news
        update(conversation, ["number", "topic", "supplying_id"])
