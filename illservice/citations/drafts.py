"""What somebody has typed so far, kept on the server between pages. Each draft has its own address, so that two tabs
do not disturb each other, and belongs to one owner: a patron's key, or a word for a borrowing library's person."""

import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELDS, Material
from illservice.core.errors import NotFound

LIFE = 24 * 3600
VISIT_LIFE = 30 * 60
"""Seconds that the description of somebody who has not signed in yet is kept."""
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")

CITATION_NAMES = frozenset({*TEXT_FIELDS, *IdentifierKind.values})


def new_key() -> str:
    """144 random bits: an address that nobody guesses."""
    return secrets.token_urlsafe(18)


class DraftGone(NotFound):
    """The draft was used up long ago, or it is somebody else's: the two are not told apart."""

    code = "draft_gone"


@dataclass(slots=True)
class Draft:
    """Answers by the form's field names as they were typed; `carried` is citation without a field on the form.

    `revision` counts the answers' versions, `number` is the request that came of it.
    """

    owner: int | str
    material: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)
    source: str = "web"
    raw: dict[str, Any] = field(default_factory=dict)
    copied_from_id: int | None = None
    complete: bool = False
    revision: int = 0
    number: str = ""
    key: str = field(default_factory=new_key)

    def describe(self, material: str, values: dict[str, str]) -> None:
        """Take a description over: what the material's form asks becomes an answer, the rest is carried along."""
        if self.material and material != self.material:
            self._forget_usual_wishes()
        self.material = material
        known = {**self.carried, **{name: self.answers.pop(name, "") for name in CITATION_NAMES}}
        known |= values
        asked = {spec.name for spec in FIELDS[material]}
        self.carried = {}
        for name in CITATION_NAMES & known.keys():
            if known[name]:
                (self.answers if name in asked else self.carried)[name] = known[name]
        found_in = values.get("cited_in") or values.get("source", "")[:300]
        wishes = {
            "cited_in": found_in,
            "note": values.get("note", ""),
            "need_by": _day(values.get("needed_by", "")),
        }
        for name, text in wishes.items():
            if text:
                self.answers.setdefault(name, text)

    def _forget_usual_wishes(self) -> None:
        """An article is usually wanted as a copy and a book as a loan: what nobody chose follows the material."""
        if self.answers.get("wanted") == Material(self.material).default_kind:
            self.answers.pop("wanted")
            self.answers.pop("delivery", None)

    def save(self) -> None:
        """Keep it for a day from now."""
        cache.set(_place(self.key), asdict(self), LIFE)


def _day(text: str) -> str:
    """A date as the form's calendar takes it, or nothing."""
    found = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    return found[0] if found else ""


def find_draft(key: str, owner: int | str) -> Draft:
    """The owner's own draft; DraftGone for any other."""
    kept = cache.get(_place(key)) if _KEY.fullmatch(key) else None
    if kept is None or kept["owner"] != owner:
        raise DraftGone
    return Draft(**kept)


def _place(key: str) -> str:
    return f"ask-draft:{key}"


# -- Before sign-in -----------------------------------------------------------------------------------------

VISITS_A_MINUTE = 60
"""Descriptions of strangers kept in one minute from one address, so that nobody blocks the others."""
ALL_VISITS_A_MINUTE = 900
"""The same from everybody together: this bounds what strangers can fill up."""


def keep_visit(parsed: dict[str, Any], *, minute: int, address: str) -> str | None:
    """Keep what a link or form brought until the person has signed in. None when too many came in this minute."""
    if _count(f"ask-visits:{minute}:{address}") > VISITS_A_MINUTE:
        return None
    if _count(f"ask-visits:{minute}") > ALL_VISITS_A_MINUTE:
        return None
    key = new_key()
    cache.set(f"ask-visit:{key}", parsed, VISIT_LIFE)
    return key


def _count(counter: str) -> int:
    cache.add(counter, 0, 120)
    return int(cache.incr(counter))


def find_visit(key: str) -> dict[str, Any]:
    """What was kept under this key; DraftGone when it is not there any more."""
    kept: dict[str, Any] | None = cache.get(f"ask-visit:{key}") if _KEY.fullmatch(key) else None
    if kept is None:
        raise DraftGone
    return kept
