"""What the clocks could not do for lending requests."""

from illservice.core.timers import Stuck
from illservice.core.workflow.timing import stuck_of
from lending.models import LendingTimer


def stuck_timers(library_id: int) -> list[Stuck]:
    """The timers of a library whose work failed, those that failed most first. One statement."""
    return stuck_of(LendingTimer, library_id)
