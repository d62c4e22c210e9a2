"""Who does what, as sets of roles and actor kinds for the rows."""

from illservice.accounts.roles import Role
from illservice.core.actors import ActorKind

DESK = frozenset({Role.BORROWING, Role.HEAD, Role.ADMINISTRATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
CIRCULATION = DESK | {Role.STUDENT, Role.BRANCH}
CLEARING = DESK | {Role.COPYRIGHT}
COPYRIGHT_DESK = frozenset({Role.COPYRIGHT, Role.HEAD, Role.ADMINISTRATOR})
PATRON = frozenset({ActorKind.PATRON.value})
CLOCK = frozenset({ActorKind.CLOCK.value})
PARTNER = frozenset({ActorKind.PARTNER.value})
IMPORTER = frozenset({ActorKind.IMPORT.value})
