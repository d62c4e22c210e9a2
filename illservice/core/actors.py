"""Who acts. Every service takes an Actor, every event names one."""

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """A patron, a staff member, a program with a token, a partner library, our own clock, or an import."""

    PATRON = "patron"
    STAFF = "staff"
    TOKEN = "token"
    PARTNER = "partner"
    CLOCK = "clock"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as a value.

    `id` is the account's key for people and the partner's for partners; `roles` are the roles held in
    `library_id`, and `branches` limits them to some branches (empty: all of the library). `cause` names what made it
    act (`message:4711`), for the history.
    """

    kind: ActorKind
    id: int | None = None
    library_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    branches: frozenset[int] = field(default_factory=frozenset)
    cause: str = ""

    @property
    def is_person(self) -> bool:
        """People act on a page they saw, so they send its version; clocks and partners do not."""
        return self.kind in {ActorKind.PATRON, ActorKind.STAFF}

    @property
    def waits_for_undo(self) -> bool:
        """What staff cause is held for the undo window; everything else leaves at once (design §2)."""
        return self.kind in {ActorKind.STAFF, ActorKind.TOKEN}


CLOCK = Actor(ActorKind.CLOCK)
IMPORT = Actor(ActorKind.IMPORT)
