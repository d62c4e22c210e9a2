"""What became of a delivery, written down after every single one (decision 0013).

The words of SQL are put together once: Django takes longer for that than the database does to run them.

On PostgreSQL the answer does not wait for the disk (`synchronous_commit`), which takes longer than the mail did. What
was written is seen by everybody at once and outlives the process that wrote it, so that a killed worker sends nothing
twice. It does not outlive a crash of the database's own machine in the moment after: then the row is open still, and is
delivered once more under the same name when its lease is over, as after a kill between sending and writing. SQLite
keeps no more than that (`synchronous=NORMAL`).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from illservice.core.models import OutboxRow, OutboxState
from illservice.core.statements import column, quoted

_WAITS_FOR_NO_DISK = "SET LOCAL synchronous_commit TO off; "


def write(rows: Sequence[OutboxRow], **values: Any) -> None:
    """The same as `mine(rows).update(**values)`. Rows that somebody else has by now stay as they are."""
    facts = [_said(name, value) for name, value in values.items()]
    facts += [row.pk for row in rows]
    facts += [_said("lease", rows[0].lease), OutboxState.LEASED.value]
    words = _words(tuple(values), len(rows))
    # Sent with the statement, it is one transaction with it. In a transaction of somebody else's it would say
    # something of what is theirs.
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        words = _WAITS_FOR_NO_DISK + words
    with connection.cursor() as cursor:
        cursor.execute(words, facts)


def _said(name: str, value: Any) -> Any:
    """As the column says it to the database; words need no translation."""
    return value if isinstance(value, str) else column(OutboxRow, name).get_db_prep_save(value, connection)


@lru_cache(maxsize=256)
def _words(names: tuple[str, ...], count: int) -> str:
    """Nothing but names of our own columns stands in the words themselves."""
    what = ", ".join(f"{quoted(name)} = %s" for name in names)
    which = ", ".join(["%s"] * count)
    table = quoted(OutboxRow._meta.db_table)
    return f"UPDATE {table} SET {what} WHERE id IN ({which}) AND lease = %s AND state = %s"  # noqa: S608
