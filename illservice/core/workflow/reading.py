"""What stands beside a subject, read in one statement and kept with it as a prefetch keeps it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Field

from illservice.core.planned import Place, Statement
from illservice.core.statements import quoted, revived


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the tables: where its columns stand in the common row, and how its rows become objects in their order."""

    name: str
    model: type[models.Model]
    back: str
    names: tuple[str, ...]
    places: Callable[[Sequence[Any]], tuple[Any, ...]]
    convert: Callable[[list[tuple[Any, ...]]], Iterable[Sequence[Any]]]
    order: Callable[[Any], Any] | None


def read_beside(subject: models.Model, names: Sequence[str]) -> Mapping[str, Iterable[Any]]:
    """Fetch the rows of these relations that are not there yet; the subject's own lock keeps them as they are.

    Returns all that is known by name: the same as `subject.items.all()`, which makes a manager each time.
    """
    cache: dict[str, Any] = vars(subject).setdefault("_prefetched_objects_cache", {})
    missing = tuple(name for name in names if name not in cache)
    if not missing:
        return cache
    link = connections[DEFAULT_DB_ALIAS]
    statement, parts = _statement(type(subject), missing, link.vendor)
    found: list[list[tuple[Any, ...]]] = [[] for _part in parts]
    with link.cursor() as cursor:
        statement.run(link, cursor, [subject.pk] * len(parts))
        for row in cursor.fetchall():
            found[row[0]].append(parts[row[0]].places(row))
    for part, rows in zip(parts, found, strict=True):
        keep_beside(subject, part.name, _objects(part, rows, subject) if rows else [])
    return cache


def keep_beside(subject: models.Model, name: str, rows: list[Any]) -> None:
    """These are all the rows of a relation, as whoever wrote or read them knows."""
    relation = _relation(type(subject), name)
    known: Any = models.QuerySet(relation.model)
    # As a related manager does: whoever filters these rows further asks the database for this subject's only.
    known._deferred_filter = (False, (), {relation.back.name: subject})
    known._result_cache, known._prefetch_done = rows, True
    vars(subject).setdefault("_prefetched_objects_cache", {})[name] = known


@dataclass(frozen=True, slots=True)
class _Relation:
    """The rows of `model` whose field `back` is the subject."""

    model: type[models.Model]
    back: "Field[Any, Any]"


@cache
def _relation(model: type[models.Model], name: str) -> _Relation:
    relation = model._meta.get_field(name)
    if not isinstance(relation, models.ManyToOneRel) or not isinstance(relation.field, Field):
        raise TypeError(f"{name} is no relation of {model.__name__}")
    return _Relation(relation.field.model, relation.field)


def _objects(part: _Part, rows: list[tuple[Any, ...]], subject: models.Model) -> list[Any]:
    made = [revived(part.model, part.names, row) for row in part.convert(rows)]
    for each in made:
        each._state.fields_cache[part.back] = subject
    return sorted(made, key=part.order) if part.order else made


@cache
def _statement(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> tuple[Statement, tuple[_Part, ...]]:
    """The text of the statement: the tables one after another, columns of the same type in the same places."""
    layout: list[str] = []
    relations = [_relation(model, name) for name in names]
    columns = [_lay(each.model._meta.concrete_fields, layout) for each in relations]
    texts, parts = [], []
    for number, (name, relation, places) in enumerate(zip(names, relations, columns, strict=True)):
        at = {place: field for field, place in places.items()}
        cells = ", ".join(
            quoted(at[place].column) if place in at else f"CAST(NULL AS {kind})"
            for place, kind in enumerate(layout)
        )
        table = quoted(relation.model._meta.db_table)
        texts.append(f"SELECT {number}, {cells} FROM {table} WHERE {quoted(relation.back.column)} = %s")  # noqa: S608 - our own names
        parts.append(_part(name, relation, places))
    return Statement(" UNION ALL ".join(texts), [Place()] * len(texts)), tuple(parts)


def _lay(fields: "Sequence[Field[Any, Any]]", layout: list[str]) -> "dict[Field[Any, Any], int]":
    """A place for each column: the first free one of its type."""
    taken: dict[Field[Any, Any], int] = {}
    for field in fields:
        kind = _kind(field)
        free = (place for place, known in enumerate(layout) if known == kind and place not in taken.values())
        place = next(free, len(layout))
        if place == len(layout):
            layout.append(kind)
        taken[field] = place
    return taken


def _kind(field: "Field[Any, Any]") -> str:
    """The type of a column; texts of any length are one type. SQLite casts days and moments to text alike, but its
    driver reads each by the type of the column that stands first, so these two never share a place."""
    if field.get_internal_type() in {"DateField", "DateTimeField"}:
        return field.db_type(connection) or "text"
    kind = field.cast_db_type(connection) or "text"
    return "text" if kind.startswith("varchar") else kind


def _part(name: str, relation: _Relation, places: "dict[Field[Any, Any], int]") -> _Part:
    model = relation.model
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in places])
    order = [str(each) for each in model._meta.ordering or ()]
    return _Part(
        name=name,
        model=model,
        back=relation.back.name,
        names=tuple(field.attname for field in places),
        places=itemgetter(*(place + 1 for place in places.values())),
        convert=lambda rows: compiler.apply_converters(rows, converters) if converters else rows,
        order=attrgetter(*order) if order else None,
    )
