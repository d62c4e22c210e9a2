"""The rules by which a library lends. Every change is written down with who and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.citations.kinds import Material
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.fitting import refuse_unfit
from lending.models import LendingDesk

MAY_SET_RULES = frozenset({Role.HEAD, Role.ADMINISTRATOR})
NAMES = (
    "lends_loans", "lends_copies", "refused_materials", "statement_rule",
)  # fmt: skip


def set_rules(*, library_id: int, values: Mapping[str, Any], actor: Actor, at: datetime) -> LendingDesk:
    """Set the rules named in `values` (NAMES); requests that are here keep the dates they have."""
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_RULES:
        raise NotPermitted(action="set_rules")
    _check(values)
    with transaction.atomic():
        known = LendingDesk.objects.select_for_update(of=("self",)).filter(library_id=library_id).first()
        desk = known or LendingDesk(library_id=library_id)
        desk.statement_rule = desk.rule_without_statement
        changed = [name for name in NAMES if name in values and getattr(desk, name) != values[name]]
        for name in changed:
            setattr(desk, name, values[name])
        refuse_unfit(desk, changed)
        if changed or known is None:
            desk.save()
            audit(desk, action="change" if known else "create", actor=actor, at=at, changed=changed)
        return desk


def _check(values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(NAMES)
    if unknown:
        raise InvalidInput({name: _("This is no rule of the lending desk.") for name in unknown})
    if not set(values.get("refused_materials", ())) <= set(Material.values):
        raise InvalidInput({"refused_materials": _("Choose kinds from the list.")})
