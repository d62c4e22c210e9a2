"""Passwords between systems: ours are encrypted, because they must be said; theirs are digests, because they need not.

A partner's password is made here (at least 128 bits, shown once), so that a plain SHA-256 keeps it; a slow hash would
cost more than the message it guards.
"""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.outbox import PermanentFailure
from illservice.core.sealing import InvalidToken, seal, unseal
from illservice.exchange.models import Connection


def hide(password: str) -> str:
    """As it is kept."""
    return seal("exchange", password)


def reveal(kept: str) -> str:
    """As it is said. PermanentFailure when the deployment's secret key is another one now."""
    try:
        return unseal("exchange", kept)
    except InvalidToken:
        raise PermanentFailure(
            "our password for this partner cannot be read any more: enter it again"
        ) from None


def digest_of(password: str) -> str:
    """As a partner's password is kept."""
    return hashlib.sha256(password.encode()).hexdigest()


def admits(connection: Connection, username: str, password: str) -> bool:
    """Whether these are the partner's credentials; anybody is admitted where none are asked for."""
    if not connection.partner_digest:
        return True
    same_name = constant_time_compare(username, connection.partner_username)
    return constant_time_compare(digest_of(password), connection.partner_digest) and same_name


def give_credentials(*, connection_id: int, username: str, actor: Actor, at: datetime) -> str:
    """Make a new password for a partner and return it; it is shown once and kept as a digest."""
    password = secrets.token_urlsafe(24)
    with transaction.atomic():
        connection = Connection.objects.select_for_update(of=("self",)).get(pk=connection_id)
        connection.partner_username, connection.partner_digest = username, digest_of(password)
        connection.save(update_fields=["partner_username", "partner_digest"])
        audit(
            connection,
            action="change",
            actor=actor,
            at=at,
            changed=["partner_digest", "partner_username"],
            library_id=connection.partnership.library_id,
        )
    return password
