"""Texts that people write can name fields, format dates and choose; nothing else (targets R16, R21)."""

import contextlib
import time
from datetime import date

import pytest
from django.core.mail import EmailMessage
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from illservice.notices.kinds import Texts
from illservice.notices.kinds.registry import Value
from illservice.notices.kinds.sandbox import (
    LONGEST_SUBJECT,
    TextProblem,
    check_texts,
    render_html,
    render_line,
    render_text,
)

NAMES = frozenset({"title", "due", "is_copy"})
VALUES: dict[str, Value] = {"title": "Bees & <b>Wasps</b>", "due": date(2026, 3, 16), "is_copy": False}

ESCAPES = [
    "{% load static %}",
    "{% load log %}{% get_admin_log 10 as x %}",
    "{% include 'base.html' %}",
    "{% extends 'base.html' %}",
    "{% debug %}",
    "{% csrf_token %}",
    "{% url 'home' %}",
    "{% for c in title %}{{ c }}{% endfor %}",
    "{% with a=title %}{{ a }}{% endwith %}",
    "{% autoescape off %}{{ title }}{% endautoescape %}",
    "{% filter upper %}x{% endfilter %}",
    "{% verbatim %}{{ title }}{% endverbatim %}",
    "{% now 'Y' %}",
    "{% lorem 1000000 w %}",
    "{% widthratio 1 1 999999999 %}",
    "{% cycle 'a' 'b' %}",
    "{% firstof title %}",
    "{% regroup title by x as y %}",
    "{% spaceless %} {% endspaceless %}",
    "{% templatetag openblock %}",
    "{% ifchanged %}x{% endifchanged %}",
    "{% block x %}{% endblock %}",
    "{% translate 'x' %}",
    "{{ title.upper }}",
    "{{ title.__class__ }}",
    "{{ title.__class__.__mro__.1.__subclasses__ }}",
    "{{ title.0 }}",
    "{{ due.year }}",
    "{{ due.replace }}",
    "{{ settings.SECRET_KEY }}",
    "{{ request.user }}",
    "{{ messages.storages.0.signer.key }}",
    "{{ block.super }}",
    "{{ forloop.counter }}",
    "{{ title|safe }}",
    "{{ title|upper }}",
    "{{ title|ljust:'999999999' }}",
    "{{ title|center:'999999999' }}",
    "{{ title|stringformat:'999999999s' }}",
    "{{ title|add:title }}",
    "{{ title|pprint }}",
    "{{ title|default:request.user }}",
    "{{ due|date:title.upper }}",
    "{% if title.upper %}x{% endif %}",
    "{% if not request.user %}x{% endif %}",
    "{% if is_copy == settings.DEBUG %}x{% endif %}",
    "{% if title|length > 1 %}x{% endif %}",
    "{% if is_copy %}x",
    "{% if %}x{% endif %}",
    "{% endif %}",
    "{{ }}",
    "{{ title",
    "{{ 7*7 }}",
    "{{ ''.__class__ }}",
    "${7*7}{{title}}{{tittle}}",
    "{{ tittle }}",
    # attributes, items and calls in every spelling
    "{{ title.format.__globals__ }}",
    "{{ title._meta.app_config.module }}",
    "{{ due.__reduce_ex__.__self__ }}",
    "{{ is_copy.real }}",
    "{{ title['upper'] }}",
    "{{ title[0] }}",
    "{{ title() }}",
    "{{ title.upper() }}",
    "{{ _title }}",
    "{{ __builtins__ }}",
    "{{ self }}",
    "{{ True.real }}",
    "{{ None.__class__ }}",
    "{{ title|attr:'__class__' }}",
    "{{ title|getattribute:'x' }}",
    "{{ title|join:settings }}",
    "{{ title|default:title.upper }}",
    "{{ due|date:settings.DATE_FORMAT }}",
    "{{ title|date }}{{ due|time }}",
    "{{ title|default_if_none:'x' }}",
    "{{ title|unordered_list }}",
    "{{ title|escapeseq }}",
    "{{ title|json_script:'x' }}",
    "{{ title|slice:'1' }}",
    "{{ title|make_list }}",
    "{% if title in settings.INSTALLED_APPS %}x{% endif %}",
    "{% if title.__class__ == due.__class__ %}x{% endif %}",
    "{% if title|upper %}x{% endif %}",
    "{% if due.year > 1 %}x{% endif %}",
    "{% ifequal title due %}x{% endifequal %}",
    "{% elif title %}",
    "{% else %}",
    "{% comment %}{{ title }}{% endcomment %}",
    "{% partialdef x %}{% endpartialdef %}",
    "{% querystring %}",
    "{% resetcycle %}",
    "{% static 'x' %}",
    "{% language 'de' %}x{% endlanguage %}",
    "{% cache 500 x %}{% endcache %}",
    "{% get_current_language as x %}",
    "{% ssi '/etc/passwd' %}",
    "{% import os %}",
    "{%- set x = 1 -%}",
]
HARMLESS = {"{{ title", "{{ _('x') }}"}


@pytest.mark.parametrize("source", ESCAPES)
def test_nothing_but_fields_dates_and_conditions_gets_through(source: str) -> None:
    if source in HARMLESS:
        assert render_text(source, NAMES, VALUES).strip() == source
        return
    with pytest.raises(TextProblem):
        render_text(source, NAMES, VALUES)
    with pytest.raises(TextProblem):
        render_html(source, NAMES, VALUES)
    with pytest.raises(TextProblem):
        render_line(source, NAMES, VALUES)


@pytest.mark.parametrize(
    "source",
    [
        "x" * 20_001,
        "{{ title }}" * 301,
        "{% if is_copy %}" * 61 + "{% endif %}" * 61,
        "{{%" * 6000,
        "{% if " + "not " * 400 + "is_copy %}x{% endif %}",
        "{{ title|default:'" + "x" * 400 + "' }}",
        "{% if is_copy %}" * 119,
    ],
)
def test_padding_and_nesting_are_refused_at_once(source: str) -> None:
    start = time.perf_counter()
    with pytest.raises(TextProblem):
        render_text(source, NAMES, VALUES)
    assert time.perf_counter() - start < 0.5


def test_a_text_that_grows_without_measure_is_refused_and_a_long_value_is_cut() -> None:
    with pytest.raises(TextProblem):
        render_text("{{ title }}" * 100, NAMES, VALUES | {"title": "x" * 100_000})
    assert len(render_text("{{ title }}", NAMES, VALUES | {"title": "x" * 1_000_000})) == 10_001


def test_values_are_data_and_never_read_as_a_template() -> None:
    hostile = "{{ due }}{% load static %}<script>alert(1)</script>"
    assert render_text("{{ title }}", NAMES, VALUES | {"title": hostile}) == hostile + "\n"
    html = render_html("{{ title }}", NAMES, VALUES | {"title": hostile})
    assert "<script>" not in html
    assert "{{ due }}" in html


def test_html_is_escaped_and_keeps_line_ends_of_values() -> None:
    assert render_html("<p>{{ title }}</p>", NAMES, VALUES) == "<p>Bees &amp; &lt;b&gt;Wasps&lt;/b&gt;</p>"
    html = render_html("{{ title }}", NAMES, VALUES | {"title": "one\n<two>"})
    assert html == "one<br>&lt;two&gt;"


def test_dates_stand_in_the_language_of_the_reader_or_as_the_author_wants() -> None:
    with translation.override("de"):
        assert render_text("{{ due }}", NAMES, VALUES) == "16. März 2026\n"
    with translation.override("es"):
        assert render_text("{{ due|date }}", NAMES, VALUES) == "16 de marzo de 2026\n"
    assert render_text('{{ due|date:"Y-m-d" }}', NAMES, VALUES) == "2026-03-16\n"
    with pytest.raises(TextProblem):
        render_text('{{ due|date:"H:i" }}', NAMES, VALUES)


def test_what_comes_out_is_a_plain_string_that_a_page_escapes() -> None:
    for render in (render_text, render_html, render_line):
        assert type(render("{{ title }}", NAMES, VALUES)) is str


def test_a_condition_chooses_and_a_default_fills_in() -> None:
    source = "{% if is_copy %}copy{% elif due and not is_copy %}loan{% else %}?{% endif %}"
    assert render_text(source, NAMES, VALUES) == "loan\n"
    assert render_text("{{ title|default:'it' }}", NAMES, VALUES | {"title": ""}) == "it\n"


def test_a_subject_is_one_line_whatever_it_is_made_of() -> None:
    hostile = "Bees\r\nBcc: everybody@example.org\n\n<p>\u2028x\x00"
    line = render_line("New:\r\nTo: a@example.org {{ title }}", NAMES, VALUES | {"title": hostile})
    assert line == "New: To: a@example.org Bees Bcc: everybody@example.org <p> x"
    assert len(render_line("{{ title }}", NAMES, VALUES | {"title": "x" * 999})) == LONGEST_SUBJECT


def test_blank_lines_of_left_out_parts_fall_together() -> None:
    source = "a\r\n\r\n{% if is_copy %}b{% endif %}\n\n{% if is_copy %}b{% endif %}\n\nc"
    assert render_text(source, NAMES, VALUES) == "a\n\nc\n"


def test_a_wrong_name_is_met_with_the_right_one() -> None:
    texts = Texts("{{ title }}", "{{ tittle }}", "   ")
    problems = check_texts(texts, subject_names=frozenset({"due"}), names=NAMES, examples=VALUES)
    assert set(problems) == {"subject", "body_text", "body_html"}
    assert "“title”" in problems["body_text"]


FORMATS = [
    "{title.__class__}",
    "{0.__class__.__init__.__globals__}",
    "%(title)s %s %d %n",
    "${title} $title `id` $(id)",
    "<%= title %> #{title} @{title} *{title}",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "=cmd|' /C calc'!A0",
    "\\{\\{ title \\}\\} {{% raw %}}",
]


@pytest.mark.parametrize("source", FORMATS[:-1])
def test_what_other_languages_would_read_is_plain_text_here(source: str) -> None:
    assert render_text(source, NAMES, VALUES) == source + "\n"
    assert render_text("{{ title }}", NAMES, VALUES | {"title": source}) == source + "\n"


@pytest.mark.parametrize(
    "breaks",
    ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00", "\r\n "],
)
def test_no_header_can_follow_a_subject(breaks: str) -> None:
    evil = f"Hello{breaks}Bcc: everybody@example.org{breaks}{breaks}<p>body</p>"
    for line in (
        render_line(evil, NAMES, VALUES),
        render_line("{{ title }}", NAMES, VALUES | {"title": evil}),
    ):
        assert len(line.splitlines()) == 1
        assert "\x00" not in line
        message = EmailMessage(line, "text", "ill@north.example", ["ada@north.example"]).message()
        assert message["Bcc"] is None
        assert message.get_payload() == "text"


@given(st.text(alphabet="{}% |:'\"._()abtitledueifendelsnot\n", max_size=80))
def test_whatever_is_typed_is_either_rendered_or_refused(source: str) -> None:
    for render in (render_text, render_html, render_line):
        with contextlib.suppress(TextProblem):
            render(source, NAMES, VALUES)
