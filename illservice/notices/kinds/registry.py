"""The kinds of notices. Each side registers its own; this package renders and delivers them without knowing what
a request is (design §1)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import NotFound

Value = str | date | bool
"""All that a text ever gets to see: no object with methods worth calling."""


class Audience(models.TextChoices):
    """Who reads it."""

    PATRON = "patron", _("patron")
    PROXY = "proxy", _("the person whom the patron named")
    PARTNER = "partner", _("partner library")
    DESK = "desk", _("the library’s own desk")


class Group(models.TextChoices):
    """For what a patron chooses a way to be told, and what can wait for an open hour."""

    REMINDERS = "reminders", _("reminders")
    NEWS = "news", _("news about a request")
    IMPORTANT = "important", _("what must reach the reader")


@dataclass(frozen=True, slots=True)
class MergeField:
    """One name that a text may use. Only those with `in_subject` may stand in a subject."""

    name: str
    words: Any
    example: Value
    in_subject: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """The three parts of a notice as their authors wrote them."""

    subject: str
    body_text: str
    body_html: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where it goes, and over which channel. Without an address `problem` says to staff what to do; it holds no
    personal data."""

    address: str = ""
    problem: str = ""
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date for the reader's calendar. The same `uid` with a higher `sequence` moves what stands there."""

    uid: str
    sequence: int
    day: date
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice before it has words: in whose name, to whom, in which language and zone, with which facts.

    `due` goes along as a calendar file. `stop_url` switches reminders off without a sign-in.
    """

    library_id: int
    library_name: str
    timezone: str
    reply_to: str
    number: str
    language: str
    recipient: Recipient
    context: Mapping[str, Value] = field(default_factory=dict)
    due: tuple[DueDate, ...] = ()
    stop_url: str = ""


Payload = Mapping[str, Any]
ReadAhead = Callable[[Sequence[Payload]], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One thing that is told.

    `build(payload, at)` reads the facts at the moment of sending and raises `outbox.Superseded` when what the row
    wanted to say is no longer true. `preview(library_id, number, at)` does so for any request of the library, true
    or not: the one with this number, or the newest for an empty one; None when there is none. `read_ahead(payloads)`
    reads at once what many rows are about; it is entered around their `build`s.

    Kinds of the group REMINDERS wait for an open hour of the library; `optional` ones can be switched off. `by_law` are
    the fields that the law wants said: who writes a text without one is told so.
    """

    code: str
    label: Any
    audience: Audience
    fields: tuple[MergeField, ...]
    build: Callable[[Mapping[str, Any], datetime], Letter]
    preview: Callable[[int, str, datetime], Letter | None]
    group: Group = Group.NEWS
    optional: bool = False
    read_ahead: ReadAhead | None = None
    by_law: frozenset[str] = frozenset()
    _names: frozenset[str] = field(init=False, repr=False, compare=False)
    _subject_names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every rendering asks for the names."""
        in_subject = frozenset(each.name for each in self.fields if each.in_subject)
        object.__setattr__(self, "_names", frozenset(each.name for each in self.fields))
        object.__setattr__(self, "_subject_names", in_subject)

    def names(self, *, subject: bool = False) -> frozenset[str]:
        """The merge fields that a body, or a subject, may use."""
        return self._subject_names if subject else self._names

    def examples(self) -> dict[str, Value]:
        """A believable value for every field, to try a text out before there is any request."""
        return {each.name: each.example for each in self.fields}


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind known. Called once for each, when the service starts."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> NoticeKind:
    """The kind with this code; NotFound when nobody registered it."""
    kind = _kinds.get(code)
    if kind is None:
        raise NotFound(notice=code)
    return kind


def all_kinds() -> list[NoticeKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def language_for(*wished: str) -> str:
    """The first of the wished languages that texts are shipped in (de-AT finds de), else the service's own."""
    for each in wished:
        if each:
            try:
                return get_supported_language_variant(each)
            except LookupError:
                continue
    return settings.LANGUAGE_CODE
