"""Public holidays by country and region, from the `holidays` package. Only what `services` store counts as closed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput

_SMALL_WORDS = frozenset({"and", "da", "of", "the"})
LONGEST_NAME = 200


def _package() -> Any:
    """The package, loaded with the first question: it takes a moment, and most processes never ask."""
    return import_module("holidays")


@cache
def countries() -> Mapping[str, str]:
    """Countries whose holidays are known: code of ISO 3166-1 and English name, in the order of the names."""
    _package()
    known = import_module("holidays.registry").COUNTRIES
    named = {entry[1]: _words(name) for name, entry in known.items()}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def _words(name: str) -> str:
    words = name.split("_")
    return " ".join(word if word in _SMALL_WORDS else word.capitalize() for word in words)


@cache
def regions(country: str) -> Mapping[str, str]:
    """Regions of a country with holidays of their own, by the package's code, in the order of their names."""
    if country not in countries():
        return {}
    known = _package().country_holidays(country)
    names: dict[str, list[str]] = defaultdict(list)
    for name, code in getattr(known, "subdivisions_aliases", {}).items():
        names[code].append(name)
    named = {code: max(names[code], key=len, default=code) for code in known.subdivisions}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def region_name(country: str, region: str) -> str:
    """The name of a region, its code where it has none."""
    return regions(country).get(region, region)


def is_place(country: str, region: str) -> bool:
    """Whether holidays are known for this country and, unless it is empty, this region of it."""
    return country in countries() and (not region or region in regions(country))


def public_holidays(country: str, region: str, *, years: Iterable[int], language: str) -> dict[date, str]:
    """The public holidays of these years with their names, in `language` where the package speaks it.

    Else the names are in the country's own language. InvalidInput for a country or region that is not known.
    """
    if not is_place(country, region):
        raise InvalidInput({"country": _("No holidays are known for this place.")})
    wanted = frozenset(years)
    package = _package()
    spoken = _language(package.country_holidays(country), language)
    found = package.country_holidays(country, subdiv=region or None, years=wanted, language=spoken)
    return {day: str(name)[:LONGEST_NAME] for day, name in sorted(found.items()) if day.year in wanted}


def _language(known: Any, language: str) -> str | None:
    """The package's word for a language of ours, such as en_US for en; else the country's own.

    Never none at all, except where a country has none: the package would ask the environment.
    """
    base = language.split("-")[0]
    own: str | None = known.default_language
    spoken: list[str] = [
        each for each in known.supported_languages if each == base or each.startswith(f"{base}_")
    ]
    return own if own in spoken else next(iter(spoken), own)
