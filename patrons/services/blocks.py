"""Blocks that come and go by themselves: while something that a patron has is long overdue."""

from datetime import datetime

from illservice.core.actors import Actor
from illservice.core.audit import audit
from patrons.models import PatronBlock


def block_until_back(*, patron_id: int, number: str, actor: Actor, at: datetime) -> PatronBlock | None:
    """Let new requests of a patron wait while the item of a request (its number) is out. None: it is so already."""
    block, created = PatronBlock.objects.get_or_create(
        number=number, defaults={"patron_id": patron_id, "since": at}
    )
    if not created:
        return None
    audit(block, action="block", actor=actor, at=at, library_id=block.patron.library_id)
    return block
