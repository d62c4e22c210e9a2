"""What waits for the lending desk, for the daily mail to staff."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.digest import Line
from illservice.core.lists import digest_lines
from illservice.directory.models import Library
from lending.selectors.sight import visible_to_staff
from lending.workflow import TABLE
from lending.workflow.states import HoldKind, NextActor, QuestionKind

_OURS = (NextActor.DESK, NextActor.STACKS)
_LABELS = dict([*TABLE.labels(), *HoldKind.choices, *QuestionKind.choices])


def digest(library: Library, branch_id: int | None, at: datetime) -> list[Line]:
    """By queue what waits for our own staff, then what needs attention. Two statements."""
    limit = frozenset() if branch_id is None else frozenset({branch_id})
    somebody = Actor(ActorKind.STAFF, library_id=library.pk, roles=frozenset({Role.BRANCH}), branches=limit)
    found = visible_to_staff(library, somebody)
    return digest_lines(found, _OURS, _LABELS, _("need attention"), at=at)
