"""A checked text, ready to be filled in many times.

Most of a text is words and names that stand for plain strings. They are put together here, which takes a fraction of
the time of Django's general way; what is left (filters, comparisons) is still Django's, with the same result.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.template import Context, Template
from django.template.base import Node, TextNode, Variable, VariableDoesNotExist, VariableNode
from django.template.base import render_value_in_context as shown
from django.template.defaulttags import IfNode, TemplateLiteral
from django.utils import formats
from django.utils.translation import get_language

from illservice.notices.kinds.registry import Value


@dataclass(frozen=True, slots=True)
class _Field:
    """The place of a value as it is."""

    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """`if`: the pieces after the first condition that holds; None always does."""

    branches: "tuple[tuple[Any, tuple[_Piece, ...]], ...]"


_Piece = str | _Field | _Choice | Node


class Text:
    """What a template says. `names` are the values that it looks at."""

    def __init__(self, template: Template, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._template = template
        self._pieces = tuple(_pieces(template.nodelist))

    def fill(self, values: Mapping[str, Value]) -> str:
        """The same as Django's `render` without escaping; the values are escaped already where that is needed."""
        context = Context(dict(values), autoescape=False)
        context.template = self._template
        found: list[str] = []
        _fill(self._pieces, values, context, found)
        return "".join(found)


def _pieces(nodes: Iterable[Node]) -> Iterator[_Piece]:
    for node in nodes:
        if isinstance(node, TextNode):
            yield str(node.s)
        elif isinstance(node, VariableNode):
            name = _bare_name(node.filter_expression)
            yield node if name is None else _Field(name)
        elif isinstance(node, IfNode):
            yield _Choice(
                tuple(
                    (_condition(condition), tuple(_pieces(inner)))
                    for condition, inner in node.conditions_nodelists
                )
            )
        else:
            yield node


def _bare_name(expression: Any) -> str | None:
    """The name of a field without filters; None for anything else."""
    var = expression.var
    if expression.filters or not isinstance(var, Variable) or var.literal is not None or var.translate:
        return None
    return var.lookups[0] if var.lookups is not None and len(var.lookups) == 1 else None


def _condition(condition: Any) -> Any:
    name = _bare_name(condition.value) if isinstance(condition, TemplateLiteral) else None
    return condition if name is None else _Field(name)


def _fill(pieces: Iterable[_Piece], values: Mapping[str, Value], context: Context, found: list[str]) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            found.append(piece)
        elif isinstance(piece, _Field):
            value = values.get(piece.name, "")
            found.append(value if isinstance(value, str) else _words(value, context))
        elif isinstance(piece, _Choice):
            for condition, inner in piece.branches:
                if _holds(condition, values, context):
                    _fill(inner, values, context, found)
                    break
        else:
            found.append(piece.render(context))


def _holds(condition: Any, values: Mapping[str, Value], context: Context) -> bool:
    if condition is None:
        return True
    if isinstance(condition, _Field):
        return bool(values.get(condition.name))
    try:
        return bool(condition.eval(context))
    except VariableDoesNotExist:
        return False


def _words(value: Value, context: Context) -> str:
    if type(value) is date:
        return _day(value, get_language())
    return str(shown(value, context))


@lru_cache(maxsize=1024)
def _day(day: date, _language: str | None) -> str:
    return formats.date_format(day)
