"""Statements that PostgreSQL reads and plans once for a connection instead of each time (decision 0012).

Reading and planning a statement costs PostgreSQL more than carrying it out, where it touches few rows. What a
connection asks for again and again is therefore prepared there under a name (SQL's own PREPARE and EXECUTE). What is
prepared lives and dies with the connection, and is known by it.

Behind a pooler that hands out another server for each transaction there is nothing to come back to. Such a pooler
greets with a process number of its own making: where the number of the greeting is not that of the server, nothing is
prepared; `?prepare=no` at the end of ILL_DATABASE_URL says the same of others. SQLite's driver keeps by itself what it
prepared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Field
from psycopg2.extensions import AsIs

AFTER = 2
"""How often a connection carries a statement out before it is prepared: what happens once is not worth it."""
MOST = 500
"""Statements prepared for one connection (each takes some ten kilobytes of its server)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement gets a value; `field` says of which type, None leaves that to the database."""

    field: "Field[Any, Any] | None" = None

    def type_in(self, link: BaseDatabaseWrapper) -> str:
        """The type of the value, as PREPARE names it."""
        return (self.field.db_type(link) if self.field else None) or "unknown"


class Statement:
    """A text with `%s` for each of `params`: places, and values that are always the same. Known by itself."""

    def __init__(self, sql: str, params: Sequence[Any]) -> None:
        self.sql = sql
        self.params = tuple(params)

    def run(self, link: BaseDatabaseWrapper, cursor: CursorWrapper, values: Sequence[Any]) -> None:
        """Carry it out with a value for each place, as the driver takes it."""
        name = _name_of(self, link)
        if name is None:
            given = iter(values)
            cursor.execute(
                self.sql, [next(given) if isinstance(each, Place) else each for each in self.params]
            )
        else:
            cursor.execute(f"EXECUTE {name}{self._given}", values)

    @cached_property
    def _given(self) -> str:
        places = ", ".join("%s" for each in self.params if isinstance(each, Place))
        return f" ({places})" if places else ""

    def prepared_as(self, name: str, link: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """PREPARE under this name. What is always the same is written into the text, so that it counts in the plan."""
        places = [each for each in self.params if isinstance(each, Place)]
        numbers = iter(range(1, len(places) + 1))
        params = [AsIs(f"${next(numbers)}") if isinstance(each, Place) else each for each in self.params]
        types = ", ".join(each.type_in(link) for each in places)
        return f"PREPARE {name}{f' ({types})' if types else ''} AS {self.sql}", params


class _Kept:
    """What one connection has seen and has prepared."""

    def __init__(self) -> None:
        self.seen: dict[Statement, int] = {}
        self.names: dict[Statement, str] = {}
        self.may: bool | None = None


_kept: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()
"""By the driver's connection: a new one knows nothing."""


def _name_of(statement: Statement, link: BaseDatabaseWrapper) -> str | None:
    """The name under which the statement is prepared, now if it is time; None when it is carried out as it is."""
    if link.vendor != "postgresql" or not link.settings_dict.get("PREPARE", True):
        return None
    link.ensure_connection()
    driver: Any = link.connection
    kept = _kept.get(driver)
    if kept is None:
        kept = _kept[driver] = _Kept()
    name = kept.names.get(statement)
    if name is not None or kept.may is False:
        return name
    seen = kept.seen[statement] = kept.seen.get(statement, 0) + 1
    if seen <= AFTER or len(kept.names) >= MOST:
        return None
    return _prepare(statement, link, kept)


def _prepare(statement: Statement, link: BaseDatabaseWrapper, kept: _Kept) -> str | None:
    driver: Any = link.connection
    name = f"ill_{len(kept.names) + 1}"
    with link.wrap_database_errors, driver.cursor() as cursor:
        if kept.may is None:
            cursor.execute("SELECT pg_backend_pid()")
            kept.may = cursor.fetchone()[0] == _greeted_by(driver)
        if not kept.may:
            return None
        cursor.execute(*statement.prepared_as(name, link))
    kept.names[statement] = name
    return name


def _greeted_by(driver: Any) -> int:
    """The process number that stood in the greeting of the server, or of the pooler before it."""
    return int(driver.info.backend_pid)
