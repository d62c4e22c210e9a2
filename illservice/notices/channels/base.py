"""What a channel is. One more way to tell people is one more class here, and nothing else changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from illservice.notices.kinds import Letter
from illservice.notices.models import NoticeRules

MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the reader gets: subject, plain text, and a whole HTML document."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Posting:
    """What a channel must know beside the words. `key` is the same for every attempt of the same notice."""

    key: str
    kind: str
    at: datetime
    rules: NoticeRules
    calendar: bytes = b""


class Channel(Protocol):
    """One way to reach people. `code` is what a recipient's `channel` names."""

    code: str

    def label(self, rules: NoticeRules) -> Any:
        """What patrons and staff read."""
        ...

    def is_offered(self, rules: NoticeRules) -> bool:
        """Whether the library has set it up."""
        ...

    def deliver(self, letter: Letter, rendered: Rendered, posting: Posting) -> str:
        """Bring it there, outside any transaction, and return a short result for staff.

        TemporaryFailure when it may be taken later, PermanentFailure when it never will be; their words and the
        result hold no personal data.
        """
        ...


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known."""
    _channels[channel.code] = channel


def channel_of(code: str) -> Channel:
    """The channel of a recipient; mail for a code that nobody registered."""
    return _channels.get(code) or _channels[MAIL]


def offered(rules: NoticeRules) -> dict[str, Any]:
    """The channels between which a library's patrons can choose, as code and label, mail first."""
    return {each.code: each.label(rules) for each in _channels.values() if each.is_offered(rules)}


_meanwhile: ContextVar[Callable[[], None] | None] = ContextVar("notices_meanwhile", default=None)


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Let a channel do this work when it has nothing to do but to wait for the other side's last answer. The work
    raises nothing: what is under way has to come to its end."""
    token = _meanwhile.set(work)
    try:
        yield
    finally:
        _meanwhile.reset(token)


def while_waiting() -> None:
    """Do what there is to be done."""
    work = _meanwhile.get()
    if work is not None:
        work()
