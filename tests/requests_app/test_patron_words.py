"""What patrons read is plain: no words of the trade, and easy to read (targets U16)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    *sorted((ROOT / "templates" / "patron").glob("*.html")),
    *sorted((ROOT / "requests_app" / "views").glob("patron_*.py")),
    *sorted((ROOT / "requests_app" / "forms").glob("patron*.py")),
)
JARGON = re.compile(
    r"\b(ILL|interlibrary|lenders?|borrowers?|OpenURL|citations?|metadata|bibliographic|patrons?|fulfil\w*|"
    r"workflow|status|resolver|identifiers?|circulation|recall\w*|renewals?)\b",
    re.IGNORECASE,
)
_IN_TEMPLATE = re.compile(
    r'{% translate "([^"]+)"|_\("([^"]+)"\)|{% blocktranslate[^%]*%}(.*?){% endblocktranslate'
)
_IN_CODE = re.compile(r'(?:\b_|gettext_lazy)\(\s*((?:"[^"]*"\s*)+)[,)]')
_GRADE = 8
_NAMES_OF_NUMBERS = re.compile(r"\b(DOI|PubMed|ISBN|ISSN)\b")


def words_for_patrons() -> list[str]:
    """Every sentence or label of the patron's pages."""
    found = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            found += ["".join(groups) for groups in _IN_TEMPLATE.findall(text)]
        else:
            found += ["".join(re.findall(r'"([^"]*)"', each)) for each in _IN_CODE.findall(text)]
    return found


def grade(sentences: list[str]) -> float:
    """The Flesch-Kincaid grade of whole sentences."""
    words = [word for each in sentences for word in re.findall(r"[A-Za-z’']+", each)]
    ends = sum(max(1, len(re.findall(r"[.?!](?:\s|$)", each))) for each in sentences)
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / ends + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def test_no_word_of_the_trade_is_on_a_patrons_page() -> None:
    words = words_for_patrons()
    assert len(words) > 150
    assert [each for each in words if JARGON.search(each)] == []


def test_patrons_read_at_grade_eight_at_most() -> None:
    sentences = [
        _NAMES_OF_NUMBERS.sub("code", each) for each in words_for_patrons() if each.endswith((".", "?"))
    ]
    assert len(sentences) > 80
    assert grade(sentences) <= _GRADE
    assert grade(["Bibliographic identification necessitates authoritative documentation."]) > _GRADE
    hard = [each for each in sentences if len(each.split()) > 8 and grade([each]) > _GRADE + 4]
    assert hard == []
