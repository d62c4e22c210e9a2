"""Texts that people write, rendered without trusting them.

A text may name merge fields, format them with `date` and `default`, and choose with `if`. It cannot load, include,
loop, look into a value or call anything: every name is checked against the merge fields before the first rendering,
and values are plain strings, dates and booleans. Size, number of tags and length of the result are bounded, so the
time is too. Titles come from anywhere: they are data, never read as a template, and escaped in HTML.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from typing import Any, ClassVar

from django.template import Engine, TemplateSyntaxError
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.template.defaulttags import IfNode, TemplateLiteral
from django.utils.translation import gettext as _

from illservice.notices.kinds.filling import Text
from illservice.notices.kinds.registry import Texts, Value

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
LONGEST_VALUE = 10_000
LONGEST_RESULT = 200_000
LONGEST_TAG = 200
MOST_TAGS = 300
MOST_BLOCKS = 120

_OPENING = re.compile(r"\{[{%#]")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")


class TextProblem(Exception):
    """A text that cannot be used. The message says to its author what is wrong."""


class SandboxEngine(Engine):
    """Django's engine without loaders and without its own tags and filters."""

    default_builtins: ClassVar[list[str]] = ["illservice.notices.kinds.tags"]


@lru_cache(maxsize=1)
def _engine() -> SandboxEngine:
    return SandboxEngine(loaders=[], autoescape=False)


@lru_cache(maxsize=1024)
def compile_text(source: str, names: frozenset[str], longest: int = LONGEST_BODY) -> Text:
    """The text, ready to render, or TextProblem when it is too long, broken, or names what it may not."""
    _check_size(source, longest)
    try:
        template = _engine().from_string(source)
    except (TemplateSyntaxError, RecursionError) as error:
        words = str(error) if isinstance(error, TemplateSyntaxError) else _("too deeply nested")
        raise TextProblem(_("This text cannot be read: %(what)s") % {"what": words}) from error
    used = set()
    for name in _names_in(template.nodelist):
        if name not in names:
            raise TextProblem(_unknown(name, names))
        used.add(name)
    return Text(template, used)


def _check_size(source: str, longest: int) -> None:
    if len(source) > longest:
        raise TextProblem(_("This text is longer than %(most)s characters.") % {"most": longest})
    if len(_OPENING.findall(source)) > MOST_TAGS or source.count("{%") > MOST_BLOCKS:
        raise TextProblem(_("This text has too many fields or conditions."))
    if any(len(tag) > LONGEST_TAG for tag in _TAG.findall(source)):
        raise TextProblem(
            _("One field or condition is longer than %(most)s characters.") % {"most": LONGEST_TAG}
        )


def _unknown(name: str, names: frozenset[str]) -> str:
    near = get_close_matches(name, names, 1)
    if near:
        return _("There is no field “%(name)s” here. Did you mean “%(near)s”?") % {
            "name": name,
            "near": near[0],
        }
    return _("There is no field “%(name)s” here.") % {"name": name}


def _names_in(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, TextNode):
            continue
        if isinstance(node, VariableNode):
            yield from _names_of(node.filter_expression)
        elif isinstance(node, IfNode):
            for condition, inner in node.conditions_nodelists:
                yield from _names_in_condition(condition)
                yield from _names_in(inner)
        else:
            raise TextProblem(_("This text cannot be read: %(what)s") % {"what": type(node).__name__})


def _names_in_condition(condition: Any) -> Iterator[str]:
    if isinstance(condition, TemplateLiteral):
        yield from _names_of(condition.value)
    elif condition is not None:
        for side in (condition.first, condition.second):
            if side is not None:
                yield from _names_in_condition(side)


def _names_of(expression: Any) -> Iterator[str]:
    if not isinstance(expression, FilterExpression):
        raise TextProblem(_("This text cannot be read: %(what)s") % {"what": type(expression).__name__})
    if isinstance(expression.var, Variable):
        yield from _name(expression.var)
    for _function, arguments in expression.filters:
        for is_variable, argument in arguments:
            if is_variable:
                yield from _name(argument)


def _name(variable: Variable) -> Iterator[str]:
    """The whole dotted name, so that `title.upper` is a field that does not exist."""
    if variable.literal is None:
        yield ".".join(variable.lookups or ())


def render_line(source: str, names: frozenset[str], context: Mapping[str, Value]) -> str:
    """A subject: one line whatever the values hold, so that no header can follow it."""
    plain = _render(source, names, context, _clean, LONGEST_SUBJECT)
    return " ".join(_CONTROL.sub(" ", plain).split())[:LONGEST_SUBJECT]


def render_text(source: str, names: frozenset[str], context: Mapping[str, Value]) -> str:
    """A plain text with single blank lines."""
    plain = _render(source, names, context, _clean)
    lines = "\n".join([line.rstrip() for line in plain.replace("\r\n", "\n").split("\n")])
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def render_html(source: str, names: frozenset[str], context: Mapping[str, Value]) -> str:
    """A piece of HTML: every value escaped, line ends of values kept."""
    return _render(source, names, context, _for_html)


def _render(
    source: str,
    names: frozenset[str],
    context: Mapping[str, Value],
    prepare: Callable[[Value], Value],
    longest: int = LONGEST_BODY,
) -> str:
    text = compile_text(source, names, longest)
    try:
        result = text.fill({name: prepare(context[name]) for name in text.names if name in context})
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        raise TextProblem(_("This text cannot be filled in: check the formats of dates.")) from error
    if len(result) > LONGEST_RESULT:
        raise TextProblem(_("This text becomes too long when it is filled in."))
    return result


def _clean(value: Value) -> Value:
    """Values as plain data: no subclass of str, no control characters but line ends, no more than is bearable."""
    if not isinstance(value, str):
        return value
    if value.isprintable():
        return value[:LONGEST_VALUE]
    return _CONTROL.sub(" ", str(value).replace("\r\n", "\n")[:LONGEST_VALUE])


def _for_html(value: Value) -> Value:
    cleaned = _clean(value)
    return escape(cleaned).replace("\n", "<br>") if isinstance(cleaned, str) else cleaned


def fields_of(texts: Texts, names: frozenset[str]) -> frozenset[str]:
    """The fields that both the text and the HTML name; TextProblem when one of them cannot be used."""
    return compile_text(texts.body_text, names).names & compile_text(texts.body_html, names).names


def check_texts(
    texts: Texts, *, subject_names: frozenset[str], names: frozenset[str], examples: Mapping[str, Value]
) -> dict[str, str]:
    """What is wrong with each part, by name; empty when all can be used. Each is tried out on example values."""
    problems: dict[str, str] = {}
    parts = (
        ("subject", render_line, subject_names),
        ("body_text", render_text, names),
        ("body_html", render_html, names),
    )
    for part, render, allowed in parts:
        try:
            rendered = render(getattr(texts, part), allowed, examples)
        except TextProblem as problem:
            problems[part] = str(problem)
        else:
            if not rendered.strip():
                problems[part] = _("Write something.")
    return problems
