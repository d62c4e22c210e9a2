"""When something was published, read from what people and systems write. CONTU 1(a) looks back from there.

The answer is an interval: "2021" is all of that year, "Spring 2021" its months. Where a text names several dates
("1998; reprint 2003") the interval spans them, because a possibly recent article must never be called old. What cannot
be read is UNKNOWN, and somebody of the staff decides.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from requests_app.copyright.dates_words import AHEAD, JOINTS, MONTHS, NUMBERED, SEASONS

LONGEST_TEXT = 255
"""Characters of a text that are read; no more fit into a citation's date."""


class Precision(StrEnum):
    """How exactly the date is known."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    UNKNOWN = "unknown"


_COARSE_LAST = tuple(Precision)


@dataclass(frozen=True, slots=True)
class Published:
    """The first and the last day on which it may have come out; both None when the text says nothing of a date.

    `ahead`: the text says that it is not out yet ("ahead of print") and names no date.
    """

    first: date | None = None
    last: date | None = None
    precision: Precision = Precision.UNKNOWN
    ahead: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the window can be applied."""
        return self.last is not None or self.ahead


UNKNOWN = Published()


def read_published(text: str) -> Published:
    """The interval in which something came out, from any text; never raises (CONTU 1(a))."""
    if len(text) == 4 and _is_year(text):  # nearly all of them
        return Published(date(int(text), 1, 1), date(int(text), 12, 31), Precision.YEAR)
    plain = _plain(text)
    spans = list(_exact(plain))
    spans += _worded(_without(plain))
    known = [each for each in spans if each is not None]
    if not known:
        return Published(ahead=bool(re.search(AHEAD, plain)))
    return Published(
        min(each[0] for each in known),
        max(each[1] for each in known),
        max((each[2] for each in known), key=_COARSE_LAST.index),
    )


_Span = tuple[date, date, Precision]

_YEAR = r"(?:1[4-9][0-9]{2}|20[0-9]{2})"
_ONE_YEAR = re.compile(_YEAR)
_YEAR_AND_MONTH = re.compile(rf"{_YEAR}(?:0[1-9]|1[0-2])")
_ISO = re.compile(
    rf"(?<![0-9])({_YEAR})([-/. ]?)(0[1-9]|1[0-2]|(?<=[-/. ])[1-9])\2(0[1-9]|[12][0-9]|3[01]|(?<=[-/. ])[1-9])(?![0-9])"
)
_DAY_FIRST = re.compile(rf"(?<![0-9])([0-9]{{1,2}})([./-])\s?([0-9]{{1,2}})\2\s?({_YEAR})(?![0-9])")
_CLOCK = re.compile(
    r"(?<![0-9])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:z|[+-][0-9]{2}:?[0-9]{2})?"
)
_TOKEN = re.compile(rf"(?<![0-9]){_YEAR}[-/][0-9]{{1,4}}(?![0-9])|[0-9]+|[a-z]+|\S")
_DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_CJK = re.compile(r"([0-9]{4})\s*年\s*(?:([0-9]{1,2})\s*月)?\s*(?:([0-9]{1,2})\s*日)?")


def _plain(text: str) -> str:
    """Small letters without accents, plain digits and dashes, times of day and ordinal endings taken away."""
    folded = text[:LONGEST_TEXT].casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in folded if not unicodedata.combining(c))
        folded = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in _DASHES.sub("-", folded))
    folded = _CJK.sub(lambda found: "-".join(part for part in found.groups() if part) + " ", folded)
    folded = re.sub(r"(?<=[0-9])t(?=[0-9]{2}:)", " ", folded)
    return re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", _CLOCK.sub(" ", folded))


def _without(plain: str) -> str:
    """The text without the dates that are written in figures throughout."""
    return _DAY_FIRST.sub(" ", _ISO.sub(" ", plain))


def _exact(plain: str) -> Iterator[_Span | None]:
    """Full dates in figures: 2015-04-01, 20150401, 1.4.2015, 4/1/2015."""
    for found in _ISO.finditer(plain):
        yield _days(int(found[1]), int(found[3]), int(found[4]), int(found[4]))
    for found in _DAY_FIRST.finditer(_ISO.sub(" ", plain)):
        yield _either_way(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")


def _either_way(one: int, two: int, year: int, *, dotted: bool) -> _Span | None:
    """Day and month, or month and day where no point says which: both where both can be."""
    spans = [_days(year, two, one, one)] if dotted or one > 12 or two <= 12 else []
    if not dotted:
        spans.append(_days(year, one, two, two))
    known = [each for each in spans if each is not None and each[2] is Precision.DAY]
    if not known:
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    first, last = min(each[0] for each in known), max(each[1] for each in known)
    return first, last, Precision.DAY if first == last else Precision.MONTH


@dataclass(frozen=True, slots=True)
class _Token:
    """One letter for its kind, and its number: R both years of a range, E a year and a month, F a year and a season."""

    kind: str
    value: int = 0
    until: int = 0


_GROUPS = re.compile(
    r"(?P<month>(?:N{0,2}M)+N{0,2}[YR]|[YR](?:N{0,2}M)+N{0,2})|(?P<season>S+[YR]|[YR]S+)"
    r"|(?P<quarter>Q+[YR]|[YR]Q+)|(?P<figures>[EF])|(?P<year>[YR])"
)


def _worded(plain: str) -> list[_Span | None]:
    """Dates with names of months and seasons, numbered months, and years alone."""
    tokens = list(_tokens(plain))
    kinds = "".join(each.kind for each in tokens)
    if kinds in {"NY", "YN"}:  # "9 2016": nothing else stands there, so the number is a month
        year, number = sorted(tokens, key=lambda each: each.kind, reverse=True)
        if 1 <= number.value <= 12:
            return [_months(year.value, number.value, year.value, number.value)]
    spans = []
    for found in _GROUPS.finditer(kinds):
        group = tokens[found.start() : found.end()]
        spans.append(_SPANS[str(found.lastgroup)](group))
    return spans


def _tokens(plain: str) -> Iterator[_Token]:
    """Years, ranges of years, months, seasons, quarters and small numbers in order; x for what stops a date."""
    words = _TOKEN.findall(plain)
    index = 0
    while index < len(words):
        token, taken = _years(words, index)
        if token is None:
            token, taken = _other(words, index)
        if token is not None:
            yield token
        index += taken


def _is_year(word: str) -> bool:
    return _ONE_YEAR.fullmatch(word) is not None


def _years(words: list[str], at: int) -> tuple[_Token | None, int]:
    """A year, a range of years, or year and month in figures; with how many words it takes."""
    word = words[at]
    if _YEAR_AND_MONTH.fullmatch(word):  # 201504
        return _Token("E", int(word[:4]), int(word[4:])), 1
    if not _is_year(word[:4]) or word[4:5].isdigit():
        return None, 0
    year = int(word[:4])
    if len(word) > 4:
        return _after_year(year, word[4], word[5:]) or _Token("Y", year), 1
    if words[at + 1 : at + 2] == ["s"] and year % 10 == 0:
        return _Token("R", year, year + 9), 2
    return _Token("Y", year), 1


def _after_year(year: int, joint: str, figures: str) -> _Token | None:
    """What follows a year behind a hyphen or a slash: another year, short or long, or a month."""
    number = int(figures)
    if _is_year(figures):
        return _Token("R", min(year, number), max(year, number))
    if len(figures) > 2:
        return None
    size = 10 ** len(figures)
    later = year - year % size + number + (size if number < year % size else 0)
    # "2004-5" and "2011/12" are two years; "2011-12" is a month (ISO 8601), and so is "2016-9".
    next_year = later == year + 1 and (joint == "/" or len(figures) == 1)
    if 1 <= number <= 12 and not next_year:
        return _Token("E", year, number)
    if 21 <= number <= 24 and later - year not in range(1, 6):  # ISO 8601-2: 21 spring … 24 winter
        return _Token("F", year, number - 20)
    return _Token("R", year, later) if 0 < later - year <= 20 else None


_QUARTERS = frozenset("1234")


def _other(words: list[str], at: int) -> tuple[_Token | None, int]:
    """A month, a season, a quarter, a small number, or what stops a date. Joints and points are passed over."""
    word, after = words[at], words[at + 1 : at + 2]
    if word in NUMBERED and after and after[0] in ".:" and len(words) > at + 2:
        after, skipped = words[at + 2 : at + 3], 3
    else:
        skipped = 2
    if word in NUMBERED and after and after[0].isdigit() and not _is_year(after[0]):
        return _Token("x"), skipped
    if word == "q" and after and after[0] in _QUARTERS:
        return _Token("Q", int(after[0])), 2
    if word in _QUARTERS and (after in (["q"], ["quarter"], ["quartal"], ["trimestre"])):
        return _Token("Q", int(word)), 2
    return _single(word), 1


def _single(word: str) -> _Token | None:
    if word in MONTHS:
        return _Token("M", MONTHS[word])
    if word in SEASONS:
        return _Token("S", SEASONS[word])
    if word.isdigit():
        return _Token("N", int(word)) if 1 <= int(word[:4]) <= 31 and len(word) <= 2 else _Token("x")
    return _Token("x") if word.isalpha() and word not in JOINTS else None


def _days(year: int, month: int, first: int, last: int) -> _Span | None:
    """From one day to another of a month; the whole month when they are none of its days."""
    try:
        start, end = date(year, month, first), date(year, month, last)
    except ValueError:
        return _months(year, month, year, month) if 1 <= month <= 12 else None
    return (start, end, Precision.DAY) if start <= end else _months(year, month, year, month)


def _months(
    year: int, month: int, end_year: int, end_month: int, precision: Precision = Precision.MONTH
) -> _Span:
    """From the first day of one month to the last day of another; put in order when they are not."""
    (year, month), (end_year, end_month) = sorted(((year, month), (end_year, end_month)))
    after = date(end_year + end_month // 12, end_month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1), precision


def _month_span(group: list[_Token]) -> _Span | None:
    """Months with a year: "May/June 2019", "18-20 July 2016", "Dec.-Jan. 2018-19"."""
    year = next(each for each in group if each.kind in "YR")
    months = [each.value for each in group if each.kind == "M"]
    numbers = _days_of(group)
    if len(months) == 1 and year.kind == "Y" and numbers:
        return _days(year.value, months[0], numbers[0], numbers[-1])
    if year.kind == "R":
        return _months(year.value, months[0], year.until, months[-1])
    return _months(year.value, min(months), year.value, max(months))


def _days_of(group: list[_Token]) -> list[int]:
    """The numbers before the month, else those behind it."""
    kinds = [each.kind for each in group]
    at = kinds.index("M")
    before = [each.value for each in group[:at] if each.kind == "N"]
    return before or [each.value for each in group[at:] if each.kind == "N"]


def _season_span(group: list[_Token]) -> _Span | None:
    """The months of a season. Winter begins in the December of the year that is named first."""
    year = next(each for each in group if each.kind in "YR")
    seasons = [each.value for each in group if each.kind == "S"]
    spans = [_season(year.value, each, year.until) for each in seasons]
    return min(each[0] for each in spans), max(each[1] for each in spans), Precision.SEASON


def _season(year: int, season: int, until: int = 0) -> _Span:
    month = season * 3
    end_year = max(until, year) if season < 4 else max(until, year + 1)
    return _months(year, month, end_year, (month + 1) % 12 + 1, Precision.SEASON)


def _quarter_span(group: list[_Token]) -> _Span | None:
    year = next(each for each in group if each.kind in "YR")
    quarters = [each.value for each in group if each.kind == "Q"]
    return _months(
        year.value, min(quarters) * 3 - 2, year.until or year.value, max(quarters) * 3, Precision.SEASON
    )


def _year_span(group: list[_Token]) -> _Span | None:
    last = group[0].until or group[0].value
    return date(group[0].value, 1, 1), date(last, 12, 31), Precision.YEAR


def _figures_span(group: list[_Token]) -> _Span | None:
    year, number = group[0].value, group[0].until
    return _months(year, number, year, number) if group[0].kind == "E" else _season(year, number)


_SPANS = {
    "figures": _figures_span,
    "month": _month_span,
    "season": _season_span,
    "quarter": _quarter_span,
    "year": _year_span,
}
