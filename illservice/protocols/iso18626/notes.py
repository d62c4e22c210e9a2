"""Control words that systems in use put into notes: left out where people read them."""

import re

_CONTROL = re.compile(r"#(?:seq:[0-9]+|[A-Za-z][A-Za-z0-9]{3,60})#")


def words_of(note: str) -> str:
    """What a note says to people: without `#seq:3#` at its end and words like `#ReShare…Response#`."""
    return _CONTROL.sub("", note).strip()


def is_lost_note(note: str) -> bool:
    """Whether a notification of 1.2 tells a loss, as the mapper of this package writes it."""
    return "#Lost#" in note
