"""House rules of the templates: fit for a strict Content-Security-Policy, small, and saying their own contract."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "notices" not in path.parts)
INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|\shx-on|hx-vals=[\"']js:", re.IGNORECASE
)


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def test_the_pattern_finds_what_the_policy_would_block() -> None:
    for bad in (
        '<p style="x">',
        "<style>",
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
    ):
        assert INLINE.search(bad), bad
    assert not INLINE.search('<script src="/static/js/ill.js" defer></script><p class="style" data-on="x">')


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_has_nothing_inline_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert INLINE.findall(text) == []
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize(
    "path", [p for p in PAGES if p.parent.name == "components" or p.name.startswith("base")], ids=name
)
def test_a_shared_template_says_its_context_first(path: Path) -> None:
    first = re.sub(r"^{% extends [^%]+%}\n", "", path.read_text(encoding="utf-8"))
    assert first.startswith("{#")
    assert "ontext" in first.split("\n{%")[0].split("\n<")[0]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_words_escape_translation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% block \w+_class %}.*?{% endblock %}", "", text)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    text = re.sub(r"<kbd>.*?</kbd>|<(script|svg|code).*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", text, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", text) == []
