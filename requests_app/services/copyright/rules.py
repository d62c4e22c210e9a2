"""What a library settles about copyright for itself. What was decided stays as it was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.citations.copyright import Statement
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.fitting import refuse_unfit
from requests_app.copyright import WindowMode
from requests_app.copyright.facts import YearBasis
from requests_app.models import CopyrightRules

MAY_SET_COPYRIGHT = frozenset({Role.HEAD, Role.ADMINISTRATOR})
HIGHEST_LIMIT = 99
NAMES = (
    "contu_enabled",
    "contu_limit",
    "contu_window_mode",
    "contu_count_year_basis",
    "contu_reserve_pending",
    "contu_count_royalty_paid",
    "chapter_rule_enabled",
    "chapter_statement",
    "newspaper_is_periodical",
    "aggregator_embargo_counts_as_subscription",
    "clear_by_law",
)
CHAPTER_STATEMENTS = (Statement.CCL, Statement.CCG)


def set_copyright_rules(
    *, library_id: int, values: Mapping[str, Any], actor: Actor, at: datetime
) -> CopyrightRules:
    """Set the rules named in `values` (NAMES). They hold for what is decided from now on."""
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_COPYRIGHT:
        raise NotPermitted(action="set_copyright_rules")
    _check(values)
    with transaction.atomic():
        known = CopyrightRules.objects.select_for_update(of=("self",)).filter(library_id=library_id).first()
        rules = known or CopyrightRules(library_id=library_id)
        changed = [name for name in NAMES if name in values and getattr(rules, name) != values[name]]
        for name in changed:
            setattr(rules, name, values[name])
        refuse_unfit(rules, changed)
        if changed or known is None:
            rules.save()
            audit(rules, action="change" if known else "create", actor=actor, at=at, changed=changed)
        return rules


def _check(values: Mapping[str, Any]) -> None:
    wrong = {name: _("This is no rule of copyright.") for name in set(values) - set(NAMES)}
    limit = values.get("contu_limit", 1)
    if not isinstance(limit, int) or not 1 <= limit <= HIGHEST_LIMIT:
        wrong["contu_limit"] = _("Give a number of copies between 1 and 99.")
    for name, known in (
        ("contu_window_mode", WindowMode.values),
        ("contu_count_year_basis", YearBasis.values),
        ("chapter_statement", [each.value for each in CHAPTER_STATEMENTS]),
    ):
        if name in values and values[name] not in known:
            wrong[name] = _("Choose one of these.")
    if wrong:
        raise InvalidInput(wrong)
