"""Who does what, as sets of roles and actor kinds for the rows."""

from illservice.accounts.roles import Role
from illservice.core.actors import ActorKind

DESK = frozenset({Role.LENDING, Role.HEAD, Role.ADMINISTRATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
STACKS = DESK | {Role.STUDENT, Role.BRANCH}
PARTNER = frozenset({ActorKind.PARTNER.value})
CLOCK = frozenset({ActorKind.CLOCK.value})
IMPORTER = frozenset({ActorKind.IMPORT.value})
