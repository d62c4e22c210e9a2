"""Text as people and systems send it, made safe to keep, and the year in a date as written."""

import re

from illservice.protocols.text import clean_text

__all__ = ["clean_lines", "clean_text", "parse_year"]

_YEAR = re.compile(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?![0-9])")
_COMPACT_DATE = re.compile(r"^\s*(1[4-9][0-9]{2}|20[0-9]{2})[0-9]{2}(?:[0-9]{2})?\s*$")


def clean_lines(text: str) -> str:
    """Several lines of text (notes, messages): like clean_text, line by line; at most one empty line in a row."""
    lines = (clean_text(line) for line in re.split(r"\r\n|\r|\n", text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def parse_year(date: str) -> int | None:
    """The first year from 1400 to 2099 in a date as written ("2015-04-01", "9 2016", "c1998.", "20150401"), or None."""
    found = _COMPACT_DATE.match(date) or _YEAR.search(date)
    return int(found[1]) if found else None
