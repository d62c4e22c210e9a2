"""What somebody has typed so far, kept on the server between pages. Each draft has its own address, so that two tabs
do not disturb each other, and belongs to one owner: a patron's key, or a word for a borrowing library's person."""

import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELDS, Material
from illservice.core import clock
from illservice.core.errors import NotFound
from illservice.core.timers import Tally

HOUR = 3600
LIFE = 24 * HOUR
NOTED = 3 * LIFE
"""Seconds for which the clock can know of a draft: longer than it lives, so that a gap leaves nothing behind."""
MOST_HOURS = 100
NO_STORE = "no_store"
WHY = {NO_STORE: _("the store of drafts did not answer; it lets them go by itself")}
MOST_KNOWN = 100
"""Drafts of one owner that can be deleted before their day is over."""
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
    saved_at: float = 0

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
        now = clock.now()
        self.saved_at = now.timestamp()
        cache.set(_place(self.key), asdict(self), LIFE)
        known: list[str] = cache.get(_shelf(self.owner)) or []
        if self.key not in known:
            cache.set(_shelf(self.owner), [*known, self.key][-MOST_KNOWN:], LIFE)
        _note(self.key, int(self.saved_at) // HOUR)


def _note(key: str, hour: int) -> None:
    """Under the hour in which a draft was saved its key stands for the clock. Should two at once forget a key, the
    store lets that draft go at the end of its day all the same."""
    hours: list[int] = cache.get(_HOURS) or []
    if hour not in hours:
        cache.set(_HOURS, [*hours, hour][-MOST_HOURS:], NOTED)
    keys: list[str] = cache.get(_of(hour)) or []
    if key not in keys:
        cache.set(_of(hour), [*keys, key], NOTED)


def delete_stale(at: datetime) -> Tally:
    """The clock: what was typed a day before `at` and not sent goes, as far as the store has not let it go itself."""
    tally = Tally()
    try:
        for hour in cache.get(_HOURS) or []:
            if (hour + 1) * HOUR + LIFE <= at.timestamp():
                _sweep(hour, at, tally)
    except RedisError:
        tally.skip(NO_STORE)
    return tally


def _sweep(hour: int, at: datetime, tally: Tally) -> None:
    keys: list[str] = cache.get(_of(hour)) or []
    for key in keys:
        kept = cache.get(_place(key))
        tally.looked_at += kept is not None
        if kept is not None and kept["saved_at"] + LIFE <= at.timestamp():
            tally.due += 1
            tally.done += bool(cache.delete(_place(key)))
    cache.delete(_of(hour))
    left = [each for each in cache.get(_HOURS) or [] if each != hour]
    cache.set(_HOURS, left, NOTED)


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


def forget_drafts(owner: int | str) -> None:
    """Delete what somebody has typed and not sent."""
    keys: list[str] = cache.get(_shelf(owner)) or []
    cache.delete_many([*(_place(key) for key in keys), _shelf(owner)])


def _place(key: str) -> str:
    return f"ask-draft:{key}"


_HOURS = "ask-draft-hours"


def _of(hour: int) -> str:
    return f"ask-drafts-since:{hour}"


def _shelf(owner: int | str) -> str:
    """Where the keys of an owner's drafts stand."""
    return f"ask-drafts-of:{owner}"


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
