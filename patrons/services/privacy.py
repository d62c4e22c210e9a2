"""How a library forgets people: its rules, and a patron's own choice. Every change is written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.fitting import refuse_unfit
from illservice.core.retention import RETIME
from patrons.models import (
    LEAST_YEARS,
    LONGEST_DAYS,
    MOST_YEARS,
    SHORTEST_DAYS,
    History,
    Patron,
    PatronCategory,
    PrivacyRules,
)
from patrons.selectors import rules_of

MAY_SET_RULES = frozenset({Role.HEAD, Role.ADMINISTRATOR})
DAYS = ("anonymise_days", "anonymise_days_charged")
NAMES = (*DAYS, "patrons_choose", "kept_categories", "imports_too", "citation_years")


def set_privacy_rules(
    *, library_id: int, values: Mapping[str, Any], actor: Actor, at: datetime
) -> PrivacyRules:
    """Set the rules named in `values` (NAMES). What waits to be unlinked or erased follows them within minutes."""
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_RULES:
        raise NotPermitted(action="set_privacy_rules")
    _check(values, library_id)
    with transaction.atomic():
        known = PrivacyRules.objects.select_for_update(of=("self",)).filter(library_id=library_id).first()
        rules = known or PrivacyRules(library_id=library_id)
        changed = [name for name in NAMES if name in values and getattr(rules, name) != values[name]]
        for name in changed:
            setattr(rules, name, values[name])
        refuse_unfit(rules, changed)
        if changed or known is None:
            rules.save()
            audit(rules, action="change" if known else "create", actor=actor, at=at, changed=changed)
        if changed:
            _retime(f"library:{library_id}", {"library": library_id}, library_id, at)
        return rules


def choose_history(*, patron_id: int, history: str, actor: Actor, at: datetime) -> None:
    """What a patron wishes for past requests. Refused where the library does not let patrons choose."""
    if history not in History.values:
        raise InvalidInput({"history": _("Choose one of these.")})
    with transaction.atomic():
        patron = Patron.objects.select_for_update(of=("self",)).select_related("library__privacy_rules")
        found = patron.filter(pk=patron_id, erased_at__isnull=True).first()
        if found is None or actor.kind is not ActorKind.PATRON or found.user_id != actor.id:
            raise NotFound(patron=patron_id)
        if not rules_of(found.library).patrons_choose:
            raise NotPermitted(_("Your library decides this for everybody."))
        if found.history == history:
            return
        found.history = history
        found.save(update_fields=["history"])
        _retime(f"patron:{patron_id}", {"record": patron_id}, found.library_id, at)


def _retime(whose: str, payload: dict[str, int], library_id: int, at: datetime) -> None:
    """Many requests may be concerned, so a worker does it. One row of each wish is enough."""
    stamp = at.strftime("%Y%m%d%H%M%S%f")
    outbox.enqueue(
        outbox.Parcel(
            kind=RETIME,
            key=f"{RETIME}:{whose}:{stamp}",
            stream=f"{RETIME}:{whose}",
            payload=payload,
            library=library_id,
        ),
        at=at,
    )


def _check(values: Mapping[str, Any], library_id: int) -> None:
    wrong = {name: _("This is no rule of privacy.") for name in set(values) - set(NAMES)}
    for name in DAYS:
        days = values.get(name)
        if days is not None and not SHORTEST_DAYS <= days <= LONGEST_DAYS:
            wrong[name] = _("Give a number of days between 1 and 365, or nothing for never.")
    years = values.get("citation_years", LEAST_YEARS)
    if not isinstance(years, int) or not LEAST_YEARS <= years <= MOST_YEARS:
        wrong["citation_years"] = _("Give a number of years between 3 and 30.")
    codes = set(values.get("kept_categories", ()))
    if codes:
        known = PatronCategory.objects.filter(library_id=library_id).values_list("code", flat=True)
        if not codes <= set(known):
            wrong["kept_categories"] = _("Choose categories of your library.")
    if wrong:
        raise InvalidInput(wrong)
