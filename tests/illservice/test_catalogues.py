"""The German and Spanish catalogues: complete, true to the English, compiled, and seen on the pages."""

import gettext
import html
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from requests_app.models import BorrowingRequest
from tests.world import World, ask_for, book, make_world, new_loan

FOLDER = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]")
TAG = re.compile(r"</?[a-z][^>]*>")
QUOTED = re.compile(r'^(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?"(.*)"$')
ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
ENGLISH = re.compile(r"\b(?:the|and|you|your|with|please|of|from|have|has|when|what)\b", re.IGNORECASE)
"""Words that no German or Spanish sentence has."""

HEADINGS = {
    "de": {"/ask/": "Was brauchen Sie?", "/my/": "Meine Bestellungen", "/login": "Anmelden"},
    "es": {"/ask/": "¿Qué necesita?", "/my/": "Mis solicitudes", "/login": "Iniciar sesión"},
}


@dataclass
class Entry:
    """One text of a catalogue, with its translations."""

    context: str | None = None
    text: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False


def read(block: str) -> Entry:
    """One block of a .po file."""
    values: dict[tuple[str, str], str] = {}
    key = ("", "")
    for line in block.splitlines():
        found = QUOTED.match(line)
        if found is None:
            continue
        if found[1]:
            key = (found[1], found[2] or "0")
        values[key] = values.get(key, "") + re.sub(r"\\.", lambda each: ESCAPES[each[0]], found[3])
    return Entry(
        context=values.get(("msgctxt", "0")),
        text=values[("msgid", "0")],
        plural=values.get(("msgid_plural", "0")),
        translations={int(n): words for (name, n), words in values.items() if name == "msgstr"},
        fuzzy=any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines()),
    )


def catalogue(language: str) -> list[Entry]:
    """Every text of the language's .po file; its header, which has no text, comes first."""
    written = (FOLDER / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    return [read(block) for block in written.split("\n\n") if "\nmsgid " in f"\n{block}"]


def nodes(page: str) -> Iterator[str]:
    """The texts that somebody sees on a page, one for each piece between tags."""
    seen = re.sub(r"(?s)<(script|style|code)\b.*?</\1>|<!--.*?-->", "", page)
    for piece in re.split(r"<[^>]+>", seen):
        if words := " ".join(html.unescape(piece).split()):
            yield words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_its_translation(language: str) -> None:
    header, *entries = catalogue(language)
    assert len(entries) > 1000
    assert [entry.text for entry in entries if entry.fuzzy] == []
    assert [entry.text for entry in entries if not all(entry.translations.values())] == []
    assert [entry.text for entry in entries if entry.plural and set(entry.translations) != {0, 1}] == []
    assert f"Language: {language}\n" in header.translations[0]
    assert "@" not in header.translations[0]


def test_the_languages_hold_the_same_texts() -> None:
    held = [{(entry.context, entry.text, entry.plural) for entry in catalogue(each)} for each in LANGUAGES]
    assert all(each == held[0] for each in held)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_marked_up_is_kept(language: str) -> None:
    for entry in catalogue(language)[1:]:
        wanted = entry.plural or entry.text
        for words in entry.translations.values():
            for kind in (PLACEHOLDER, TAG):
                assert sorted(kind.findall(words)) == sorted(kind.findall(wanted)), entry.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_one_that_can_be_read(language: str) -> None:
    compiled = FOLDER / language / "LC_MESSAGES" / "django.mo"
    entries = catalogue(language)
    assert struct.unpack("<I", compiled.read_bytes()[8:12])[0] == len(entries)
    with compiled.open("rb") as file:
        known = gettext.GNUTranslations(file)
    for entry in entries[1:]:
        for n, words in entry.translations.items():
            if entry.plural:
                assert known.ngettext(entry.text, entry.plural, 1 if n == 0 else 2) == words
            elif entry.context:
                assert known.pgettext(entry.context, entry.text) == words
            else:
                assert known.gettext(entry.text) == words


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def request_of_ada(world: World) -> BorrowingRequest:
    return ask_for(world.north, new_loan(citation=book("Bienenkunde", author="Hale, Miriam")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_patrons_read_their_own_language_alone(
    language: str, world: World, request_of_ada: BorrowingRequest
) -> None:
    account = world.north.patrons["ada"].user
    assert account is not None
    patron = Client(headers={"accept-language": language})
    patron.force_login(account)
    visitor = Client(headers={"accept-language": language})
    own = f"/my/requests/{request_of_ada.number}/"
    paths = ["/ask/", "/ask/book/", "/ask/article/", "/my/", own, f"{own}cancel/", "/login", "/no-such-page"]
    for path in paths:
        client = visitor if path == "/login" else patron
        response = client.get(path, follow=True)
        shown = list(nodes(response.content.decode()))
        assert HEADINGS[language].get(path, shown[0]) in shown, path
        assert [words for words in shown if ENGLISH.search(words)] == [], path
