"""Which side takes which message and builds which: the sides register, this package carries (design §1).

The exchange knows partners, addresses and bytes; what a message means is known by the side it is for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library
from illservice.protocols.iso18626.messages import (
    ErrorType,
    MessageKind,
    Request,
    RequestingMessage,
    SupplyingMessage,
)


class Side(models.TextChoices):
    """On which side of a request a library stands."""

    BORROWING = "borrowing", _("we borrow")
    LENDING = "lending", _("we lend")


class Transport(models.TextChoices):
    """How bytes reach a partner."""

    HTTP = "http", "HTTP"
    LOOPBACK = "loopback", _("inside this service")


class Quirk(models.TextChoices):
    """What a partner's system needs to be told differently."""

    NO_EXPECT = "no_expect", _("knows no ExpectToSupply: gets WillSupply")
    REPEAT_IN_NOTE = "repeat_in_note", _("reads conditions, charges, links and addresses only in the note")
    PLAIN_NOTES = "plain_notes", _("gets no control words in notes")
    STATUS_RECEIVED = "status_received", _("wants RequestReceived as status of notifications")
    OWN_ELEMENTS = "own_elements", _("sends elements that the standard does not know: they are passed by")


Outward = Request | SupplyingMessage | RequestingMessage


class Unacceptable(Exception):
    """The message is refused with this error of ISO 18626. `detail` is read by the partner: no personal data."""

    def __init__(self, error_type: ErrorType, detail: str) -> None:
        self.error_type, self.detail = error_type, detail
        super().__init__(f"{error_type}: {detail}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that was read, from a partner that is known, for a library of ours.

    `topic` is what the side noted for the conversation before (0: nothing yet), `cause` names the row of the log.
    """

    library: Library
    partner: Library
    message: Outward
    topic: int
    conversation_id: int
    at: datetime
    cause: str

    @property
    def library_id(self) -> int:
        """The key of our library."""
        return self.library.pk

    @property
    def partner_id(self) -> int:
        """The key of the partner's library."""
        return self.partner.pk


@dataclass(frozen=True, slots=True)
class Taken:
    """What the side made of it: the number of our request, its key as topic, and our number on the wire."""

    number: str = ""
    topic: int = 0
    supplying_id: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent to a partner in a conversation. The header's agencies are filled in by the exchange."""

    message: Outward
    library_id: int
    partner_id: int
    requesting_id: str
    number: str
    topic: int


Receiver = Callable[[Incoming], Taken]
Builder = Callable[[Mapping[str, Any], datetime, "Manners"], Outgoing]
Listener = Callable[[str, str, datetime], None]
"""Called with side, number of the request and moment."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How this partner is spoken to: its quirks."""

    quirks: frozenset[str] = frozenset()


_receivers: dict[MessageKind, Receiver] = {}
_builders: dict[str, Builder] = {}
_silence: list[Listener] = []
_heard: list[Listener] = []
_refused: list[Listener] = []


def register_receiver(kind: MessageKind, receiver: Receiver) -> None:
    """Name who takes messages of a kind."""
    _receivers[kind] = receiver


def register_builder(side: str, builder: Builder) -> None:
    """Name who builds what a side sends, from an outbox row's payload. It may raise `outbox.Superseded`."""
    _builders[side] = builder


def on_silence(silent: Listener, heard: Listener) -> None:
    """Be told when a partner cannot be reached, and when it can again."""
    _silence.append(silent)
    _heard.append(heard)


def on_refused(listener: Listener) -> None:
    """Be told of a partner's message that could not be understood."""
    _refused.append(listener)


def tell_refused(side: str, number: str, at: datetime) -> None:
    """Tell the sides that a message about a request was refused."""
    for listener in _refused:
        listener(side, number, at)


def receiver_of(kind: MessageKind) -> Receiver:
    """Who takes this kind; KeyError when nobody does."""
    return _receivers[kind]


def builder_of(side: str) -> Builder:
    """Who builds for this side; KeyError when nobody does."""
    return _builders[side]


def tell_silence(side: str, number: str, at: datetime, *, silent: bool) -> None:
    """Tell the sides that a partner keeps silent, or was heard again."""
    for listener in _silence if silent else _heard:
        listener(side, number, at)
