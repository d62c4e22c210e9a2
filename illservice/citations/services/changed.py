"""Who wants to know that a library's subscriptions, orders or journals changed.

    register_holdings_changed("copyright", listener)        # in an apps.py, once

Undecided requests are looked at again by those above us; this package knows no request.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from illservice.core.actors import Actor


class HoldingsChanged(Protocol):
    """Called once the change is there for everybody.

    `library_id` None: the journals themselves changed (ISSNs, a title change), so all libraries are concerned. A
    journal may be gone by then.
    """

    def __call__(
        self, *, library_id: int | None, journal_ids: Collection[int], actor: Actor, at: datetime
    ) -> Any: ...


_listeners: dict[str, HoldingsChanged] = {}


def register_holdings_changed(code: str, listener: HoldingsChanged) -> None:
    """Name who is told; the same code takes the place of the one before."""
    _listeners[code] = listener


def holdings_changed(
    *, library_id: int | None, journal_ids: Collection[int], actor: Actor, at: datetime
) -> None:
    """Tell all who registered, in the order of their codes, after the commit; nothing without a journal."""
    if not journal_ids:
        return

    def tell() -> None:
        for _code, listener in sorted(_listeners.items()):
            listener(library_id=library_id, journal_ids=frozenset(journal_ids), actor=actor, at=at)

    transaction.on_commit(tell)
