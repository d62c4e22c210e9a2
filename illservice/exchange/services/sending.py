"""The outbox's side: a row becomes a message, and its confirmation is read. Runs outside any transaction."""

import re
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from illservice.core import outbox
from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow
from illservice.core.outbox import NotNow, PermanentFailure, TemporaryFailure
from illservice.exchange.kinds import (
    Manners,
    Outgoing,
    Outward,
    Side,
    builder_of,
    tell_silence,
)
from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.exchange.selectors import agency_of, connection_between, read_agency
from illservice.exchange.services import circuit
from illservice.exchange.services.facts import facts_of, word_of
from illservice.exchange.services.transports import Reply, Unreachable, carry
from illservice.protocols.iso18626.codec import canonical_digest, read, write
from illservice.protocols.iso18626.errors import BadValue, CannotWrite, CodecError
from illservice.protocols.iso18626.messages import (
    Confirmation,
    Edition,
    MessageStatus,
    Request,
    RequestingMessage,
    SupplyingMessage,
    kind_of,
)
from illservice.protocols.iso18626.redaction import without_persons

KIND = circuit.KIND

_TOKEN = re.compile(r"(/d/)[A-Za-z0-9_-]{20,}")
"""In a link to a copy of ours: whoever knows it may open the copy, so it is sent and not kept."""


def deliver(row: OutboxRow, at: datetime) -> str:
    """Send what a row says, if it is still true. Returns the status of the confirmation."""
    connection, outgoing = _prepared(row, at)
    number, side = outgoing.number, str(row.payload["side"])
    until = circuit.closed_until(connection, at)
    if until is not None:
        tell_silence(side, number, at, silent=True)
        raise NotNow(until, "the partner's system does not answer")
    message = _addressed(connection, outgoing.message, side)
    try:
        body = write(message, Edition(connection.edition))
    except CannotWrite as problem:
        raise PermanentFailure(f"cannot be written: {problem}"[:200]) from problem
    entry = _keep(outgoing, message, body, connection, side, at)
    try:
        confirmation = _confirmation(carry(connection, body, at))
    except Unreachable as problem:
        if circuit.failed(connection, at):
            tell_silence(side, number, at, silent=True)
        _note(entry, "", str(problem))
        raise
    except (PermanentFailure, TemporaryFailure) as problem:
        _note(entry, "", str(problem))
        raise
    # Others of this partner's requests may have heard of its silence too; each is told when its own message leaves.
    if circuit.heard(connection, at) or row.last_error:
        tell_silence(side, number, at, silent=False)
    return _result(entry, confirmation)


def _prepared(row: OutboxRow, at: datetime) -> tuple[Connection, Outgoing]:
    """The message and how it goes; the side that enqueued it says what it is, if it is still true."""
    build = builder_of(str(row.payload["side"]))
    plain = build(row.payload, at, Manners())
    connection = connection_between(plain.library_id, plain.partner_id)
    if connection is None:
        raise PermanentFailure("there is no connection to this partner's system")
    manners = Manners(frozenset(connection.quirks))
    return connection, build(row.payload, at, manners) if manners.quirks else plain


def _addressed(connection: Connection, message: Outward, side: str) -> Outward:
    """Fill in who we are and who they are, as this partner knows us."""
    partnership = connection.partnership
    ours = read_agency(connection.own_agency) or agency_of(partnership.library)
    theirs = read_agency(connection.partner_agency) or agency_of(partnership.partner)
    supplying, requesting = (theirs, ours) if side == Side.BORROWING else (ours, theirs)
    header = replace(message.header, supplying=supplying, requesting=requesting)
    return replace(message, header=header)


def _keep(
    outgoing: Outgoing, message: Outward, body: bytes, connection: Connection, side: str, at: datetime
) -> Exchanged:
    """Write it down before it leaves; a second attempt of the same message is the same row."""
    conversation, _new = Conversation.objects.get_or_create(
        library_id=outgoing.library_id,
        partner_id=outgoing.partner_id,
        side=side,
        requesting_id=outgoing.requesting_id,
        defaults={"began_at": at, "number": outgoing.number, "topic": outgoing.topic},
    )
    entry, _created = Exchanged.objects.get_or_create(
        conversation=conversation,
        outward=True,
        digest=canonical_digest(message),
        defaults={
            "kind": kind_of(message),
            "word": word_of(message),
            "edition": connection.edition,
            "body": _TOKEN.sub(r"\1…", without_persons(body)),
            "facts": {**facts_of(message, connection.partnership.library.timezone), "link": ""},
            "said_at": message.header.timestamp,
            "at": at,
        },
    )
    return entry


def _confirmation(reply: Reply) -> tuple[Confirmation, bytes]:
    """What came back, if it is a confirmation; anything else is as if nothing had come."""
    try:
        message = read(reply.body, settings.ILL_ISO18626_MAX_BYTES).message
    except BadValue as problem:
        raise Unreachable(f"its confirmation cannot be read: {problem.detail}"[:200]) from problem
    except CodecError as problem:
        raise Unreachable("it answered something else than a confirmation") from problem
    if isinstance(message, Request | SupplyingMessage | RequestingMessage):
        raise Unreachable("it answered a message instead of a confirmation")
    return message, reply.body


def _result(entry: Exchanged, answer: tuple[Confirmation, bytes]) -> str:
    confirmation, body = answer
    status = confirmation.header.status
    errors = "; ".join(f"{one.type}: {one.value}" for one in confirmation.errors)
    _note(entry, str(status), errors, without_persons(body))
    if status == MessageStatus.ERROR:
        raise PermanentFailure(errors[:200] or "the partner's system refused it without a reason")
    return str(status)


def _note(entry: Exchanged, status: str, error: str, answer: str = "") -> None:
    Exchanged.objects.filter(pk=entry.pk).update(
        answer_status=status, error=error[:200], answer=answer or entry.answer
    )


def send_again(*, library_id: int, number: str, key: str, at: datetime) -> bool:
    """Give a failed message about a library's request another life. False when it was not failed (a second click)."""
    row = OutboxRow.objects.filter(kind=KIND, library=library_id, subject=number, key=key).first()
    if row is None:
        raise NotFound(key=key)
    return outbox.send_again(row.pk, at=at)
