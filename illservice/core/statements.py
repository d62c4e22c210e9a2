"""Statements whose text is worked out once per process, for what every message and every act needs (decision 0012).

The ORM builds the text of a statement anew each time, and for a wide table that costs more than the statement itself.
`Prepared` keeps the text of a query that the ORM built once; `insert`, `insert_new`, `update` and `delete` write one
row without what `save()` does beside it. Values are always bound by the driver, never written into the text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    models,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, QuerySet
from django.db.models.base import ModelState
from django.db.models.lookups import In
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from illservice.core.planned import Place, Statement

ModelT = TypeVar("ModelT", bound=models.Model)
RowT = TypeVar("RowT")


class Slot(models.Expression):
    """The place of a value in a prepared query, by its name; `field` says how it is passed to the database."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """A placeholder whose parameter is the slot itself, until the query is run."""
        return "%s", [self]

    def __str__(self) -> str:
        """Lookups that make a pattern of their value (`iexact`, `contains`) would keep the slot's name for it."""
        raise TypeError(f"the lookup of {self.name!r} changes its value and cannot be prepared")


def number(name: str) -> Slot:
    """The place of a key or another whole number."""
    return Slot(name, models.BigIntegerField())


def among(column: str, name: str, most: int) -> In:
    """The condition that a column holds one of up to so many keys; `spread` gives them."""
    return In(models.F(column), [number(f"{name}{place}") for place in range(most)])


def spread(name: str, keys: Sequence[int], most: int) -> dict[str, int]:
    """The values of all places of `among`; the last key, again and again, stands where there are too few."""
    return {f"{name}{place}": keys[min(place, len(keys) - 1)] for place in range(most)}


def text(name: str) -> Slot:
    """The place of a text."""
    return Slot(name, models.TextField())


def day(name: str) -> Slot:
    """The place of a date."""
    return Slot(name, models.DateField())


def moment(name: str) -> Slot:
    """The place of a moment."""
    return Slot(name, models.DateTimeField())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the ORM worked out: the text, its slots in their order, and how a row becomes an object."""

    statement: Statement
    slots: tuple[Slot, ...]
    locks: bool
    convert: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]
    make: Callable[[Sequence[Any]], Any]


class Prepared(Generic[RowT]):
    """A query of the ORM with slots, kept as text after its first use.

    `build` makes it, of models (with `select_related` and `defer`, without prefetches) or of `values_list` with two or
    more columns, which gives tuples. Nothing in it may depend on anything but the slots.
    """

    def __init__(self, build: "Callable[[], QuerySet[Any, RowT]]") -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def rows(self, **values: Any) -> list[RowT]:
        """Run it. Each slot needs its value."""
        link = connections[DEFAULT_DB_ALIAS]
        plan = self._plans.get(link.vendor)
        if plan is None:
            plan = self._plans[link.vendor] = _plan(self._build(), link)
        if plan.locks and not link.in_atomic_block:
            raise TransactionManagementError("a lock needs a transaction")
        with link.cursor() as cursor:
            plan.statement.run(link, cursor, [_bound(each, values, link) for each in plan.slots])
            found = cursor.fetchall()
        return [plan.make(row) for row in plan.convert(found)]

    def first(self, **values: Any) -> RowT | None:
        """The first row, or None. The query should have a limit or find one row at most."""
        return next(iter(self.rows(**values)), None)


def _bound(slot: Slot, values: dict[str, Any], link: BaseDatabaseWrapper) -> Any:
    return slot.output_field.get_db_prep_value(values[slot.name], link)


def _plan(query: "QuerySet[Any, Any]", link: BaseDatabaseWrapper) -> _Plan:
    compiler = query.query.get_compiler(connection=link)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])

    def convert(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        return compiler.apply_converters(rows, converters) if converters else rows

    make = _maker(compiler) if issubclass(query._iterable_class, ModelIterable) else tuple
    slots = tuple(each for each in params if isinstance(each, Slot))
    statement = Statement(
        sql, [Place(each.output_field) if isinstance(each, Slot) else each for each in params]
    )
    return _Plan(statement, slots, bool(query.query.select_for_update), convert, make)


def _maker(compiler: SQLCompiler) -> Callable[[Sequence[Any]], models.Model]:
    """Rows become objects as `ModelIterable` makes them, with what was joined."""
    info, select = compiler.klass_info, compiler.select
    if info is None:
        raise TypeError("not a query of models")
    model, fields = info["model"], info["select_fields"]
    first, last = fields[0], fields[-1] + 1
    names = [column.target.attname for column, _sql, _alias in select[first:last]]
    joined = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # as in Django 5.2
    extra = list((compiler.annotation_col_map or {}).items())

    def make(row: Sequence[Any]) -> models.Model:
        made: models.Model = revived(model, names, row[first:last])
        for each in joined:
            each.populate(row, made)
        for name, place in extra:
            setattr(made, name, row[place])
        return made

    return make


def revived(model: type[ModelT], names: Sequence[str], values: Sequence[Any]) -> ModelT:
    """An object from all columns of its row. As `from_db`, which looks at each column as if somebody had set it."""
    if model.__init__ is not models.Model.__init__:
        return model.from_db(DEFAULT_DB_ALIAS, names, values)
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    vars(made).update(zip(names, values, strict=True))
    return made


def first_of_all(read: Callable[[], RowT]) -> RowT:
    """Read outside of any transaction, as the first thing that is done for somebody.

    A connection that was kept too long shows here, without a question before (CONN_HEALTH_CHECKS): then with a new one.
    """
    link: Any = connections[DEFAULT_DB_ALIAS]
    link.health_check_done = True
    try:
        return read()
    except (InterfaceError, OperationalError):
        if link.in_atomic_block or link.is_usable():
            raise
        link.close()
        return read()


@cache
def _columns(model: type[models.Model]) -> "tuple[Field[Any, Any], ...]":
    """What an INSERT names: every column but a key that the database gives."""
    return tuple(each for each in model._meta.local_concrete_fields if not isinstance(each, models.AutoField))


@cache
def column(model: type[models.Model], name: str) -> "Field[Any, Any]":
    """The field with this name, or with this name of its column (`library_id`)."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column of {model.__name__}")
    return field


def quoted(name: str | None) -> str:
    """The name of a table or column as it stands in a statement."""
    return connection.ops.quote_name(name or "")


def _key_of(model: type[models.Model]) -> "Field[Any, Any]":
    key = model._meta.pk
    if not isinstance(key, models.AutoField):
        raise TypeError(f"{model.__name__} has no key of the database's")
    return key


def _with_places(sql: str) -> Statement:
    """A statement whose values are all given each time; the columns say of which types."""
    return Statement(sql, [Place()] * sql.count("%s"))


@cache
def _insert(model: type[models.Model], *, or_nothing: bool) -> Statement:
    names = ", ".join(quoted(each.column) for each in _columns(model))
    places = ", ".join("%s" for _each in _columns(model))
    conflict = " ON CONFLICT DO NOTHING" if or_nothing else ""
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - our own names
    return _with_places(f"{into}{conflict} RETURNING {quoted(_key_of(model).column)}")


def insert(obj: models.Model) -> None:
    """Write a new row and take its key over. IntegrityError as with `save(force_insert=True)`."""
    if not _write(obj, or_nothing=False):
        raise DatabaseError(f"{type(obj).__name__} was not written")


def insert_new(obj: models.Model) -> bool:
    """Write a new row; False when a unique constraint knows it already. No savepoint is needed around it."""
    return _write(obj, or_nothing=True)


def _write(obj: models.Model, *, or_nothing: bool) -> bool:
    model, link = type(obj), connections[DEFAULT_DB_ALIAS]
    values = [each.get_db_prep_save(each.pre_save(obj, True), link) for each in _columns(model)]
    with link.cursor() as cursor:
        _insert(model, or_nothing=or_nothing).run(link, cursor, values)
        row = cursor.fetchone()
    if row is None:
        return False
    obj.pk = row[0]
    obj._state.adding, obj._state.db = False, DEFAULT_DB_ALIAS
    return True


@lru_cache(maxsize=1000)
def _update(model: type[models.Model], columns: tuple[str, ...], where: tuple[str, ...]) -> Statement:
    sets = ", ".join(f"{quoted(each)} = %s" for each in columns)
    conditions = " AND ".join(f"{quoted(each)} = %s" for each in where)
    return _with_places(f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {conditions}")  # noqa: S608 - our own names


def update(obj: models.Model, names: Iterable[str], **where: Any) -> bool:
    """Write these columns of the object to its row; False when it is not there, or not as `where` says."""
    model, link = type(obj), connections[DEFAULT_DB_ALIAS]
    fields = [column(model, name) for name in sorted(set(names))]
    keys = [_key_of(model), *(column(model, name) for name in where)]
    values = [each.get_db_prep_save(getattr(obj, each.attname), link) for each in fields]
    known = [
        key.get_db_prep_value(value, link) for key, value in zip(keys, (obj.pk, *where.values()), strict=True)
    ]
    columns = tuple(str(each.column) for each in fields)
    with link.cursor() as cursor:
        _update(model, columns, tuple(str(key.column) for key in keys)).run(link, cursor, values + known)
        return bool(cursor.rowcount == 1)


@cache
def _delete(model: type[models.Model]) -> Statement:
    table, key = quoted(model._meta.db_table), quoted(_key_of(model).column)
    return _with_places(f"DELETE FROM {table} WHERE {key} = %s")  # noqa: S608 - our own names


@cache
def _stands_alone(model: type[models.Model]) -> bool:
    """Whether no other row can point at rows of this table."""
    return not any(
        each.auto_created and not each.concrete for each in model._meta.get_fields(include_hidden=True)
    )


def delete(obj: models.Model) -> None:
    """Delete the row; what hangs on it goes with it as Django knows it. Afterwards the object has no key."""
    if not _stands_alone(type(obj)):
        obj.delete()
        return
    link = connections[DEFAULT_DB_ALIAS]
    with link.cursor() as cursor:
        _delete(type(obj)).run(link, cursor, [obj.pk])
    obj.pk = None
