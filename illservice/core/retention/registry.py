"""Who erases what, and when. Each kind of what is held is registered once, by the app that keeps it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Occasion(StrEnum):
    """Why something goes.

    PERSON: a closed request is unlinked from its person. CITATION: the words of what was asked for have been kept as
    long as they must be. LEAVING: a person is erased.
    """

    PERSON = "person"
    CITATION = "citation"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Case:
    """One request whose person or words go. `record_id` and `account_id` say whose it was, where that is known."""

    side: str
    pk: int
    number: str
    library_id: int
    record_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One person's record at one library, with the account that belongs to it, if any."""

    record_id: int
    library_id: int
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One fact about a person: a name for programs, words for people."""

    name: str
    label: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Keep:
    """Something that keeps a person or a request from being erased, in words for that person."""

    code: str
    words: Any
    url: str = ""


Eraser = Callable[[Any, datetime], None]
"""Gets the Case, or for LEAVING the Person. Runs in the caller's transaction; doing it twice does no harm."""
Records = Iterable[Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of what is held about people.

    `why` and `until` are read by patrons and printed into the register of processing. `fields` names its columns by
    model (`{"ill_patrons.Patron": "name email"}`), `on` its erasers. `told(person)` gives a person the own records;
    None for what says nothing of its own about anybody. `prune(at)` deletes what is old whosever it is, once an hour.
    `goes_with` names the kind whose eraser takes this along. `side` is the letter of the numbers of the requests that
    its erasers are for; empty for those that find what is theirs by a request's number.
    """

    code: str
    label: Any
    why: Any
    until: Any
    fields: Mapping[str, str]
    on: Mapping[Occasion, Eraser] = field(default_factory=dict)
    told: Callable[[Person], Records] | None = None
    prune: Callable[[datetime], int] | None = None
    goes_with: str = ""
    side: str = ""
    position: int = 50


@dataclass(frozen=True, slots=True)
class Harmless:
    """Columns of a model that say nothing about a person, and why that is so."""

    model: str
    fields: frozenset[str]
    why: str


_held: dict[str, Held] = {}
_harmless: list[Harmless] = []
_reasons: dict[str, Callable[[Case | Person], Iterable[Keep]]] = {}
_charges: dict[str, Callable[[Case], bool]] = {}
_numbers: dict[str, Callable[[Person], Iterable[str]]] = {}
_dates: dict[str, Callable[[Mapping[str, Any], datetime], int]] = {}
_finishers: dict[str, Callable[[Person, datetime], int]] = {}


def register(held: Held) -> None:
    """Say that something is held about people, and who erases it."""
    if not held.on and held.prune is None and not held.goes_with:
        raise ValueError(f"{held.code} is held about people and nobody erases it")
    _held[held.code] = held


def register_harmless(model: str, names: str, why: str) -> None:
    """Say that columns of a model (`names`, blank between them) hold nothing about people."""
    _harmless.append(Harmless(model, frozenset(names.split()), why))


def register_reasons(code: str, finder: Callable[[Case | Person], Iterable[Keep]]) -> None:
    """Name what speaks against erasing a request or a person: open loans, debts."""
    _reasons[code] = finder


def register_charges(code: str, finder: Callable[[Case], bool]) -> None:
    """Name a way to tell whether a request cost its person something: then it is kept linked for longer."""
    _charges[code] = finder


def register_cases(
    code: str, *, numbers: Callable[[Person], Iterable[str]], finish: Callable[[Person, datetime], int]
) -> None:
    """Name a side's requests of a person: their numbers, and who unlinks those that are over (how many it did)."""
    _numbers[code], _finishers[code] = numbers, finish


def register_dates(code: str, work_out: Callable[[Mapping[str, Any], datetime], int]) -> None:
    """Name who works out again when closed requests go, after a rule (`library`) or a wish (`record`) changed; returns
    how many requests were looked at."""
    _dates[code] = work_out


def work_dates_out(whose: Mapping[str, Any], at: datetime) -> int:
    """Let every side work its dates out again."""
    return sum(work_out(whose, at) for _code, work_out in sorted(_dates.items()))


def all_held() -> list[Held]:
    """Everything that is held about people, in the order in which people are told and things are erased."""
    return sorted(_held.values(), key=lambda each: (each.position, each.code))


def all_harmless() -> list[Harmless]:
    """What was said to be harmless."""
    return list(_harmless)


def erase(occasion: Occasion, subject: Case | Person, at: datetime) -> None:
    """Run every eraser of an occasion, for a request those of its side and of no side. Needs the caller's transaction:
    all goes, or nothing.
    """
    sides = {"", subject.side} if isinstance(subject, Case) else None
    for held in all_held():
        eraser = held.on.get(occasion)
        if eraser is not None and (sides is None or held.side in sides):
            eraser(subject, at)


def reasons_against(subject: Case | Person) -> list[Keep]:
    """All that keeps a request or a person from being erased now."""
    return [keep for _code, finder in sorted(_reasons.items()) for keep in finder(subject)]


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of what is held, with a person's own records of it."""

    held: Held
    records: tuple[tuple[Line, ...], ...]


def told_to(person: Person) -> list[Told]:
    """All that a person is told: each kind that says something of its own about people, also when it is empty."""
    return [
        Told(held, tuple(tuple(lines) for lines in held.told(person)))
        for held in all_held()
        if held.told is not None
    ]


def was_charged(case: Case) -> bool:
    """Whether a request cost its person something."""
    return any(finder(case) for _code, finder in sorted(_charges.items()))


def numbers_of(person: Person) -> list[str]:
    """The numbers of all requests that are linked to a person."""
    return [number for _code, finder in sorted(_numbers.items()) for number in finder(person)]


def finish_cases(person: Person, at: datetime) -> int:
    """Unlink all requests of a person that are over and free, each in its own transaction; returns how many."""
    return sum(finish(person, at) for _code, finish in sorted(_finishers.items()))


def prunes() -> list[Held]:
    """What is deleted by age alone."""
    return [each for each in all_held() if each.prune is not None]
