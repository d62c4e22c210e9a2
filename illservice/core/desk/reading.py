"""One request with what stands beside it, as the pages of both desks read it. Models are passed in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import (
    Aggregate,
    BigIntegerField,
    BooleanField,
    DateField,
    DecimalField,
    F,
    JSONField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject, NullIf

from illservice.core.errors import NotFound
from illservice.core.numbers import read_number

RequestT = TypeVar("RequestT", bound=Model)


@dataclass(frozen=True, slots=True)
class Written:
    """Something that somebody wrote: a note among staff, or a turn of the conversation with the other side."""

    at: datetime
    author: str
    text: str
    is_note: bool
    from_them: bool
    about: int = 0
    """The key of what it belongs to, of words that belong to a part of the request."""


@dataclass(frozen=True, slots=True)
class PageFacts(Generic[RequestT]):
    """A request and what was written about it, oldest first."""

    request: RequestT
    written: Sequence[Written]

    @property
    def notes(self) -> list[Written]:
        """The notes among staff."""
        return [each for each in self.written if each.is_note]

    @property
    def conversation(self) -> list[Written]:
        """The conversation with the patron or the borrower."""
        return [each for each in self.written if not each.is_note and not each.about]

    def about(self, key: int) -> list[Written]:
        """The words that belong to one part of the request, such as a lender."""
        return [each for each in self.written if each.about == key]


def one_of(found: QuerySet[RequestT], number: str) -> RequestT:
    """The request with this number, however it is written, among those found; otherwise NotFound."""
    canonical = read_number(number)
    request = found.filter(number=canonical).first() if canonical else None
    if request is None:
        raise NotFound(number=number)
    return request


def kept_undo(found: QuerySet[Any], number: str) -> dict[str, Any] | None:
    """What a request keeps of its last act, if that can be taken back."""
    kept: dict[str, Any] | None = (
        found.filter(number=read_number(number) or "").values_list("undo", flat=True).first()
    )
    return kept


def events_with_names(model: Any) -> QuerySet[Any]:
    """Events in order, each with the `actor_name` of the person who acted."""
    people = get_user_model()._default_manager.filter(pk=OuterRef("actor_id")).annotate(name=_name())
    found: QuerySet[Any] = model.objects.annotate(actor_name=Subquery(people.values("name")[:1]))
    return found.order_by("id")


def events_since(model: Any, request_id: int, version: int) -> list[Any]:
    """What made a page of this version stale, oldest first, each with its `actor_name`."""
    return list(events_with_names(model).filter(request_id=request_id, version__gt=version))


def is_undone(model: Any, request_id: int, act: str) -> bool:
    """Whether this act was taken back already (a second click)."""
    events = model.objects.filter(request_id=request_id, reverses__isnull=False)
    return act in {str(each) for each in events.values_list("reverses", flat=True)}


@dataclass(frozen=True, slots=True)
class PartMessages:
    """Messages that belong to parts of a request: whose column says so, and which says that they are theirs."""

    rows: QuerySet[Any]
    from_them: str
    about: str


def written(
    notes: QuerySet[Any], messages: QuerySet[Any], *, from_them: str, parts: PartMessages | None = None
) -> tuple[Written, ...]:
    """Notes and messages together, oldest first, in one statement. `from_them` names the messages' own column."""
    no, yes, none = Value(False, BooleanField()), Value(True, BooleanField()), Value(0, BigIntegerField())
    first = _columns(notes, is_note=yes, theirs=no, part=none)
    others = [_columns(messages, is_note=no, theirs=F(from_them), part=none)]
    if parts is not None:
        others.append(_columns(parts.rows, is_note=no, theirs=F(parts.from_them), part=F(parts.about)))
    return tuple(Written(*row) for row in first.union(*others, all=True).order_by("at"))


def _columns(found: QuerySet[Any], **values: Any) -> Any:
    """The columns of `Written`, in its order."""
    named = found.annotate(author_name=_name("author__"), **values).order_by()
    return named.values_list("at", "author_name", "text", "is_note", "theirs", "part")


class _Rows(Aggregate):
    """Rows as one JSON array; NULL for none."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL's name for it."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def rows_beside(found: QuerySet[Any], *names: str) -> Subquery:
    """A few plain columns of rows beside a request, read in the request's own statement: an annotation."""
    packed = found.filter(request=OuterRef("pk")).order_by().values("request")
    fields = JSONObject(**{name: F(name) for name in ("id", *names)})
    return Subquery(packed.annotate(packed_rows=_Rows(fields)).values("packed_rows"))


def unpack(request: Model, relation: str, packed: Sequence[dict[str, Any]] | None) -> None:
    """The rows of `rows_beside` as if the relation had been fetched beforehand, in the order in which they came."""
    rows = getattr(request, relation).all()
    ordered = sorted(packed or (), key=lambda row: row["id"])
    rows._result_cache = [rows.model(request=request, **_columns_of(rows.model, row)) for row in ordered]
    vars(request).setdefault("_prefetched_objects_cache", {})[relation] = rows


def _columns_of(model: type[Model], row: dict[str, Any]) -> dict[str, Any]:
    """What JSON carried, as the columns have it: days and money come as text and numbers."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _as_column(fields[name], value) for name, value in row.items()}


def _as_column(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, JSONField) and isinstance(value, str):
        return json.loads(value)  # SQLite carries an object within an object as its text
    return field.to_python(value) if isinstance(field, DateField) else value


def _name(path: str = "") -> Coalesce:
    """A person's name, else how they sign in."""
    return Coalesce(NullIf(F(f"{path}display_name"), Value("")), F(f"{path}username"), Value(""))
