"""Names of months, seasons and quarters as printed on journals in the languages of most of them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS = (
    "january januar enero janvier gennaio janeiro januari janner",
    "february februar febrero fevrier febbraio fevereiro februari",
    "march marz maerz marzo mars marco maart",
    "april abril avril aprile",
    "may mai mayo maggio maio mei",
    "june juni junio juin giugno junho",
    "july juli julio juillet luglio julho",
    "august agosto aout augustus",
    "september septiembre setiembre septembre settembre setembro",
    "october oktober octubre octobre ottobre outubro",
    "november noviembre novembre novembro",
    "december dezember diciembre decembre dicembre dezembro",
)
_SEASONS = (
    "spring fruhjahr fruhling primavera printemps lente voorjaar",
    "summer sommer verano ete estate verao zomer",
    "autumn fall herbst otono automne autunno outono herfst",
    "winter invierno hiver inverno",
)
_OTHER_WORDS = frozenset({"set", "mag", "out", "gen"})
"""Beginnings of a month's name that are words of their own in English."""
_SHORTEST = 3


def _known(names: Iterable[str], *, abbreviated: bool) -> Mapping[str, int]:
    """Each name, and each beginning of at least three letters that only one month has, with its number from 1."""
    found: dict[str, set[int]] = {}
    for number, words in enumerate(names, start=1):
        for word in words.split():
            for end in range(_SHORTEST if abbreviated else len(word), len(word) + 1):
                found.setdefault(word[:end], set()).add(number)
    return MappingProxyType(
        {
            word: numbers.pop()
            for word, numbers in found.items()
            if len(numbers) == 1 and word not in _OTHER_WORDS
        }
    )


MONTHS = _known(_MONTHS, abbreviated=True)
"""Names and abbreviations, in small letters without accents, to 1 … 12."""
SEASONS = _known(_SEASONS, abbreviated=False)
"""To 1 (spring) … 4 (winter), as they are in the north."""

NUMBERED = _words(
    "v vol volume volumen no nr num numero number issue iss heft hft h band bd jg jahrgang tome t p pp page pages "
    "pag s seite seiten art article ed edition"
)
"""Words after which a number is no day and no month."""

JOINTS = _words("and und y e et a al to bis de del of der la el do di da en")
"""Words that may stand inside a date."""

AHEAD = (
    r"ahead of print|in press|forthcoming|to (?:be published|appear)|advance[d]? (?:online|access|article|publication)"
    r"|online first|first online|early (?:view|online|access)|im druck|im erscheinen|erscheint demnachst|en prensa"
    r"|sous presse|a paraitre|in corso di stampa|no prelo|in druk"
)
"""What says that something is not out yet (a regular expression over small letters without accents)."""
