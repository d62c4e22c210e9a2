"""A text that is filled in piece by piece reads as Django renders it."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from illservice.notices.kinds.filling import Text
from illservice.notices.kinds.registry import Value
from illservice.notices.kinds.sandbox import _engine, compile_text

NAMES = frozenset({"title", "due", "asked", "is_copy", "gone"})
WORDS = st.sampled_from(["Bees ", "\n", "„", "<p>", "{ ", " % "])
FIELDS = st.sampled_from(
    [
        "{{ title }}",
        "{{ due }}",
        "{{ asked }}",
        "{{ is_copy }}",
        "{{ gone }}",
        "{{ due|date:'Y-m-d' }}",
        "{{ title|default:'it' }}",
        "{{ gone|default:title }}",
        "{{ 'words' }}",
        "{{ 7 }}",
    ]
)
CONDITIONS = st.sampled_from(
    [
        "title",
        "is_copy",
        "gone",
        "not title",
        "title == 'Bees'",
        "due and not is_copy",
        "title or gone",
        "'x'",
        "title|default:gone",
    ]
)


def choices(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=3).map("".join)
    return st.builds(
        "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
        CONDITIONS,
        several,
        CONDITIONS,
        several,
        several,
    )


SOURCES = st.lists(st.recursive(WORDS | FIELDS, choices, max_leaves=12), max_size=6).map("".join)
VALUES = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["", "Bees", "{{ due }}", "<b>"]),
        "due": st.sampled_from([date(2026, 3, 16), ""]),
        "asked": st.just(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
        "is_copy": st.booleans(),
    }
)


@given(source=SOURCES, values=VALUES, language=st.sampled_from(["en", "de", "es"]))
def test_it_reads_as_django_renders_it(source: str, values: dict[str, Value], language: str) -> None:
    template = _engine().from_string(source)
    with translation.override(language), timezone.override("Europe/Berlin"):
        djangos = str(template.render(Context(dict(values), autoescape=False)))
        assert Text(template, NAMES).fill(values) == djangos


def test_a_day_stands_in_the_language_of_its_reader_however_often_it_was_written() -> None:
    text = compile_text("{{ due }}", NAMES)
    for language, words in (("de", "16. März 2026"), ("en", "March 16, 2026"), ("de", "16. März 2026")):
        with translation.override(language):
            assert text.fill({"due": date(2026, 3, 16)}) == words


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("no field", set()),
        ("{{ title }}", {"title"}),
        ("{% if due %}{{ title|default:gone }}{% endif %}", {"due", "title", "gone"}),
    ],
)
def test_a_text_knows_which_values_it_looks_at(source: str, names: set[str]) -> None:
    assert compile_text(source, NAMES).names == names
