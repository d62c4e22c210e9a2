"""A message comes in, over HTTP or from a library of this deployment: the same function, the same bytes.

The message and what follows from it are one transaction. A message is known by sender, conversation and the hash of
its canonical content: the second delivery gets the first one's confirmation and does nothing.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from illservice.core.errors import IllError
from illservice.directory.models import Library
from illservice.exchange.kinds import (
    Incoming,
    Outward,
    Side,
    Taken,
    Transport,
    Unacceptable,
    receiver_of,
    tell_refused,
)
from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.exchange.selectors import connection_between, connection_from, recipient
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
        answer = Answer(200, write(refusal(problem, at), problem.edition))
        _keep_refused(problem, parties, data, answer, at)
        return answer
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
    return _take(result, message, data, parties.connection, at)


def _keep_refused(problem: BadValue, parties: Parties, data: bytes, answer: Answer, at: datetime) -> None:
    """A message that cannot be understood is kept with its conversation and shown to the desk (design §3 rule 5)."""
    requesting_id = problem.header.requesting_request_id
    if parties.connection is None or not requesting_id:
        return
    partnership = parties.connection.partnership
    side = Side.BORROWING if problem.kind in _FROM_SUPPLIER else Side.LENDING
    with transaction.atomic():
        conversation = Conversation.objects.filter(
            library_id=partnership.library_id,
            partner_id=partnership.partner_id,
            side=side,
            requesting_id=requesting_id,
        ).first()
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
        tell_refused(side, conversation.number, at)


def _unknown() -> Answer:
    return Answer(401, b"user name and password are needed", is_xml=False)


def _parties(header: object, kind: MessageKind, sender_id: int | None) -> Parties:
    supplying: AgencyId | None = getattr(header, "supplying", None)
    requesting: AgencyId | None = getattr(header, "requesting", None)
    ours, theirs = (requesting, supplying) if kind in _FROM_SUPPLIER else (supplying, requesting)
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
    """Keep the message and do what it says, together."""
    kind = kind_of(message)
    side = Side.BORROWING if kind in _FROM_SUPPLIER else Side.LENDING
    with transaction.atomic():
        conversation = _conversation(connection, side, message, at)
        if conversation is None:
            return _refuse(message, result.edition, at, ErrorType.UNRECOGNISED_VALUE, UNKNOWN_ID)
        entry, is_new = _keep(conversation, message, result, data, connection, at)
        if not is_new:
            Exchanged.objects.filter(pk=entry.pk).update(doubled=F("doubled") + 1)
            return Answer(200, entry.answer.encode())
        receipt, taken = _carry_out(entry, message, connection, at)
        body = write(receipt, result.edition)
        _close(entry, conversation, receipt, body, taken)
        return Answer(200, body)


def _conversation(connection: Connection, side: Side, message: Outward, at: datetime) -> Conversation | None:
    """The one that exists; a request begins one."""
    partnership = connection.partnership
    key = {
        "library_id": partnership.library_id,
        "partner_id": partnership.partner_id,
        "side": side,
        "requesting_id": message.header.requesting_request_id,
    }
    if isinstance(message, Request):
        return Conversation.objects.get_or_create(**key, defaults={"began_at": at})[0]
    return Conversation.objects.filter(**key).first()


def _keep(
    conversation: Conversation,
    message: Outward,
    result: ReadResult,
    data: bytes,
    connection: Connection,
    at: datetime,
) -> tuple[Exchanged, bool]:
    """Write the message down, once. Whoever delivers it at the same time waits here and finds it there."""
    digest = canonical_digest(message)
    entry = Exchanged(
        conversation=conversation,
        outward=False,
        kind=kind_of(message),
        word=word_of(message),
        digest=digest,
        edition=result.edition,
        body=without_persons(data),
        facts=facts_of(message, connection.partnership.partner.timezone),
        said_at=message.header.timestamp,
        at=at,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        return Exchanged.objects.get(conversation=conversation, outward=False, digest=digest), False
    return entry, True


def _carry_out(
    entry: Exchanged, message: Outward, connection: Connection, at: datetime
) -> tuple[Confirmation, Taken | None]:
    """Hand the message to the side it is for. What it refuses leaves nothing behind but the row of the log."""
    partnership = connection.partnership
    incoming = Incoming(
        library_id=partnership.library_id,
        partner_id=partnership.partner_id,
        message=message,
        topic=entry.conversation.topic,
        conversation_id=entry.conversation_id,
        at=at,
        cause=f"message:{entry.pk}",
    )
    try:
        with transaction.atomic():
            taken = receiver_of(kind_of(message))(incoming)
    except Unacceptable as problem:
        return confirmation(message, at, ErrorData(problem.error_type, problem.detail)), None
    except IllError as problem:
        logger.info("message %s was refused: %s", entry.pk, problem.code)
        return confirmation(message, at, ErrorData(ErrorType.UNRECOGNISED_VALUE, problem.code)), None
    return confirmation(message, at), taken


def _close(
    entry: Exchanged, conversation: Conversation, receipt: Confirmation, body: bytes, taken: Taken | None
) -> None:
    """Note what became of it, and what the conversation is about."""
    errors = receipt.errors
    Exchanged.objects.filter(pk=entry.pk).update(
        answer=body.decode(),
        answer_status=receipt.header.status,
        error=f"{errors[0].type}: {errors[0].value}"[:200] if errors else "",
        remark=taken.remark[:60] if taken else "",
    )
    if taken is None:
        return
    known = (conversation.number, conversation.topic, conversation.supplying_id)
    news = (
        taken.number or conversation.number,
        taken.topic or conversation.topic,
        taken.supplying_id or conversation.supplying_id,
    )
    if news != known:
        conversation.number, conversation.topic, conversation.supplying_id = news
        conversation.save(update_fields=["number", "topic", "supplying_id"])
