"""The same form or call sent twice leads to one thing (targets R1).

The record is written in the transaction of the effect: either both stand or neither does. Two at once meet at
the unique key; the later one waits, then finds the first one's result.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from illservice.core.models import IdempotencyRecord

LONGEST_KEY = 80


def once(*, scope: str, key: str, at: datetime, work: Callable[[], str]) -> tuple[str, bool]:
    """Do `work` unless `key` was used in `scope`. Returns its result and whether it was done now.

    An empty key means that the sender cannot repeat itself: the work is simply done.
    """
    if not key:
        return work(), True
    key = _short(key)
    found = _result(scope, key)
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(scope=scope, key=key, result="", at=at)
            result = work()
            record.result = result
            record.save(update_fields=["result"])
            return result, True
    except IntegrityError:
        found = _result(scope, key)
        if found is None:
            raise
        return found, False


def _short(key: str) -> str:
    """The key as its column can keep it: senders choose keys of any length and any characters."""
    if len(key) <= LONGEST_KEY and key.isprintable():
        return key
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _result(scope: str, key: str) -> str | None:
    return IdempotencyRecord.objects.filter(scope=scope, key=key).values_list("result", flat=True).first()


def forget(scopes: Iterable[str], result: str = "") -> None:
    """Erase what some scopes remember: only what led to `result`, if one is given."""
    known = IdempotencyRecord.objects.filter(scope__in=list(scopes))
    (known.filter(result=result) if result else known).delete()
