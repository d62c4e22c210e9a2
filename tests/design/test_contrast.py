"""The colours of static/css/tokens.css measured against WCAG 2.2: 1.4.3 (text) and 1.4.11 (edges, focus)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("@media", 1)
TEXT, EDGE = 4.5, 3.0

GROUNDS = ("paper", "surface", "sunk", "accent-soft")
TONES = ("neutral", "info", "ok", "warn", "bad")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "link") for ground in GROUNDS],
    *[(tone, f"{tone}-soft", TEXT) for tone in TONES],
    *[("ink", f"{tone}-soft", TEXT) for tone in TONES],
    *[("link", f"{tone}-soft", TEXT) for tone in ("warn", "info")],
    ("accent-strong", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("bad", "paper", TEXT),
    ("danger", "paper", TEXT),
    ("on-danger", "danger", TEXT),
    *[(ink, ground, TEXT) for ink in ("on-bar", "on-bar-soft") for ground in ("bar", "bar-raised")],
    *[("edge", ground, EDGE) for ground in ("paper", "surface", "accent-soft")],
    *[("focus", ground, EDGE) for ground in GROUNDS],
    *[("bar-focus", ground, EDGE) for ground in ("bar", "bar-raised")],
]


def colours(scheme: str) -> dict[str, str]:
    """Token names with their six hexadecimal digits; what the dark scheme does not name it takes from the light one."""
    found = dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", LIGHT))
    return found | dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", DARK)) if scheme == "dark" else found


def luminance(digits: str) -> float:
    """Relative luminance (WCAG 2.2, definition of the same name)."""
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_black_on_white_and_grey_on_white() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    named = colours(scheme)
    weak = [
        f"{front} on {ground}: {contrast(named[front], named[ground]):.2f} < {least}"
        for front, ground, least in PAIRS
        if contrast(named[front], named[ground]) < least
    ]
    assert weak == []


def test_only_the_tokens_name_colours() -> None:
    folder = Path(__file__).parents[2] / "static" / "css"
    others = [path for path in folder.glob("*.css") if path.name not in {"tokens.css", "print.css"}]
    assert others
    assert [
        path.name for path in others if re.search(r"#[0-9a-f]{3,8}\b(?!-)", path.read_text(encoding="utf-8"))
    ] == []
