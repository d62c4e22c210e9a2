"""Pages by key: as fast on the last page as on the first, and nothing is skipped when rows come and go.

    page = keyset_page(queryset, order=(("rush", DESC), ("act_by", ASC), ("id", ASC)), cursor=text, size=50)
    page.rows, page.next_cursor, page.previous_cursor      # cursors go into links, None at an end

Every column of the order must be NOT NULL and the last one unique. A cursor is signed and knows its order: a broken
one, or one of another order, gives the first page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

ModelT = TypeVar("ModelT", bound=Model)

ASC = "asc"
DESC = "desc"
MOST_ROWS = 200

Order = Sequence[tuple[str, str]]
_SALT = "illservice.core.paging"


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """Rows in order, and where the neighbours begin."""

    rows: list[ModelT]
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A place between rows: the values of a row's sort columns, and on which side of it the page lies."""

    values: tuple[Any, ...]
    backwards: bool


def keyset_page(
    queryset: QuerySet[ModelT], *, order: Order, cursor: str | None = None, size: int = 50
) -> Page[ModelT]:
    """One page of `queryset`, at most `size` (and MOST_ROWS) rows, in one SQL statement (two when rows vanished)."""
    size = max(1, min(size, MOST_ROWS))
    fields = [_field(queryset, name) for name, _direction in order]
    place = _read(cursor, order, fields)
    rows = _fetch(queryset, order, place, size)
    if place is not None and (not rows or (place.backwards and len(rows) < size)):
        # Nothing left there, or a short page at the beginning: begin anew.
        place = None
        rows = _fetch(queryset, order, None, size)
    more = len(rows) > size
    rows = rows[:size]
    if place is not None and place.backwards:
        rows.reverse()
    has_next = more if place is None or not place.backwards else True
    has_previous = False if place is None else more if place.backwards else True
    return Page(
        rows,
        next_cursor=_cursor(rows[-1], order, backwards=False) if rows and has_next else None,
        previous_cursor=_cursor(rows[0], order, backwards=True) if rows and has_previous else None,
    )


def _fetch(queryset: QuerySet[ModelT], order: Order, place: _Place | None, size: int) -> list[ModelT]:
    """Up to one row more than a page, away from the place: in reverse order when the page lies before it."""
    backwards = place is not None and place.backwards
    signs = {ASC: "-", DESC: ""} if backwards else {ASC: "", DESC: "-"}
    found = queryset.order_by(*(signs[direction] + name for name, direction in order))
    if place is not None:
        found = found.filter(_beyond(order, place))
    return list(found[: size + 1])


def _beyond(order: Order, place: _Place) -> Q:
    """Rows after (or before) the place: the first column differs, or it is equal and the second one differs, ..."""
    anywhere, equal = Q(), Q()
    for (name, direction), value in zip(order, place.values, strict=True):
        grows = (direction == ASC) != place.backwards
        anywhere |= equal & Q(**{f"{name}__{'gt' if grows else 'lt'}": value})
        equal &= Q(**{name: value})
    # The database uses an index for the plain comparison of the first column, not for the alternatives.
    first, direction = order[0]
    grows = (direction == ASC) != place.backwards
    return Q(**{f"{first}__{'gte' if grows else 'lte'}": place.values[0]}) & anywhere


def _field(queryset: QuerySet[Any], name: str) -> "Field[Any, Any]":
    """The column or annotation behind a name like `act_by` or `patron__name`."""
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    model: Any = queryset.model
    parts = name.split("__")
    for part in parts[:-1]:
        model = model._meta.get_field(part).related_model
    field = model._meta.pk if parts[-1] == "pk" else model._meta.get_field(parts[-1])
    if not isinstance(field, Field):
        raise FieldDoesNotExist(name)
    return field


def _cursor(row: Model, order: Order, *, backwards: bool) -> str:
    values = [_text(_value(row, name)) for name, _direction in order]
    return _signer().sign_object([_name(order), int(backwards), values], compress=True)


def _signer() -> signing.Signer:
    """Without a time stamp: the same place has the same address."""
    return signing.Signer(salt=_SALT)


def _value(row: Any, name: str) -> Any:
    if hasattr(row, name):  # a column or an annotation
        return getattr(row, name)
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _text(value: Any) -> Any:
    """A value as JSON carries it without losing anything (Django's own encoder cuts microseconds)."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int | str) else str(value)


def _name(order: Order) -> str:
    return ",".join(("-" if direction == DESC else "") + name for name, direction in order)


def _read(cursor: str | None, order: Order, fields: "list[Field[Any, Any]]") -> _Place | None:
    """The place a cursor stands for; None for none, a broken one, or one of another order."""
    if not cursor or len(cursor) > 4000:
        return None
    try:
        name, backwards, texts = _signer().unsign_object(cursor)
        if name != _name(order):
            return None
        values = tuple(field.to_python(text) for field, text in zip(fields, texts, strict=True))
    except (signing.BadSignature, ValidationError, ValueError, TypeError):
        return None
    return None if None in values else _Place(values, bool(backwards))
