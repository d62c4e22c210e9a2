"""Words for programs in notes: systems in use put there what the standard has no element for."""

import re
from enum import StrEnum


class Word(StrEnum):
    """What a note can say to a program. AGREE is what ReShare sends; the others are this package's own."""

    AGREE = "#ReShareLoanConditionAgreeResponse#"
    RESEND = "#CopyUnusable#"
    NOT_ARRIVED = "#NotArrived#"
    LOST = "action: Lost"
    HOLD_RETURN = "action: HoldReturn"
    """The last two as `codec.editions` writes the actions that 1.2 does not know."""


_CONTROL = re.compile(
    r"#(?:seq:[0-9]+|[A-Za-z][A-Za-z0-9]{3,60})#|^action: (?:Lost|HoldReturn)$", re.MULTILINE
)


def words_of(note: str) -> str:
    """What a note says to people: without `#seq:3#` at its end and words for programs."""
    return _CONTROL.sub("", note).strip()


def says(note: str, word: Word) -> bool:
    """Whether a note holds this word for programs."""
    return word in (note if word.startswith("#") else note.splitlines())


def with_word(word: Word, note: str = "") -> str:
    """A note that begins with a word for programs."""
    return f"{word} {note}".strip()
