"""What holds for any OpenURL whatever: nothing raises, nothing is lost, the result is fit to print."""

import json
import re
import unicodedata
from urllib.parse import quote, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from illservice.protocols.identifiers import NORMALISERS
from illservice.protocols.openurl.codec import parse_openurl
from illservice.protocols.openurl.codec.vocabulary import NUMBER_NAMES, TEXT_NAMES
from illservice.protocols.openurl.messages import CITATION_KEYS, EXTRA_KEYS, WARNINGS, ParsedOpenURL

NAMES = sorted(TEXT_NAMES | NUMBER_NAMES)
KEYS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map("rft.{}".format),
    st.sampled_from(NAMES).map("rfe.{}".format),
    st.sampled_from(
        ["rft_id", "rft_val_fmt", "rfr_id", "rfe_dat", "rft_dat", "svc_id", "req_id", "ctx_tim", "url_ver"]
    ),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,8}", fullmatch=True),
)
VALUES = st.one_of(
    st.text(max_size=25),
    st.sampled_from(
        ["0317-8471", "9780306406157", "0306406152", "10.1000/x", "info:doi/10.1000/x", "pmid:27289441"]
    ),
    st.from_regex(r"[0-9Xx \-]{1,14}", fullmatch=True),
    st.from_regex(r"(1[5-9]|20)[0-9]{2}(-?[0-9]{1,2}){0,2}", fullmatch=True),
)
SCRAPS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "&",
                "=",
                "?",
                "%",
                "%2",
                "&amp;",
                "+",
                "%E9",
                "%C3",
                "<b>",
                ";",
                "#",
                "http://x/y?",
                "\x00",
                "\n",
            ]
        ),
        KEYS,
        VALUES,
    ),
    max_size=25,
).map("".join)


def check(parsed: ParsedOpenURL) -> None:
    assert parsed.version in {"0.1", "1.0"}
    assert parsed.kind in {"loan", "copy"}
    assert set(parsed.citation) <= {*CITATION_KEYS, *EXTRA_KEYS}
    assert set(parsed.warnings) <= set(WARNINGS)
    assert all(value == value.strip() != "" for value in parsed.citation.values())
    assert all(value.strip() for value in parsed.unknown.values())
    for kind, normalise in NORMALISERS.items():
        if kind in parsed.citation:
            assert normalise(parsed.citation[kind]) == parsed.citation[kind]
    for field, value in parsed.citation.items():
        if field not in NORMALISERS:
            assert not re.search(r"<[A-Za-z/!?]", value)
    printed = json.dumps(parsed.as_dict(), ensure_ascii=False)
    assert len(printed.encode().decode().splitlines()) == 1


@given(st.one_of(st.text(), SCRAPS))
def test_any_text_is_read(text: str) -> None:
    check(parse_openurl(text))


@given(st.one_of(st.binary(), SCRAPS.map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read(raw: bytes) -> None:
    check(parse_openurl(raw))


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold()))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(KEYS, st.from_regex(r"[A-Za-z0-9 .,'-]{1,20}", fullmatch=True)), max_size=12))
def test_nothing_that_was_sent_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Every word of every value stands in the result, as sent, inside an identifier's normal form, or as a date's."""
    parsed = parse_openurl(urlencode(pairs))
    check(parsed)
    texts = (*parsed.citation.values(), *parsed.unknown.values(), parsed.material, parsed.kind)
    kept = set().union(*(words(text) for text in texts))
    for key, value in pairs:
        name = key.lower().rpartition(".")[2]
        if name in {"genre", "type"} or key in {"url_ver", "rft_val_fmt"}:
            continue
        assert words(value) <= kept or _is_read_otherwise(value, parsed), (key, value, parsed)


def _is_read_otherwise(value: str, parsed: ParsedOpenURL) -> bool:
    """Identifiers and dates in normal form, initials of a name that is there, the last page of "1023-5"."""
    values = set(parsed.citation.values())
    if any(normalise(value) in values for normalise in NORMALISERS.values()):
        return True
    digits = "".join(re.findall(r"[0-9]", value))
    if digits and not re.search(r"[A-Za-z]", value):
        dates = [parsed.citation.get(name, "") for name in ("date", "pages")]
        return any(
            int(digits) == int("0" + re.sub(r"[^0-9]", "", date)) or _parts(value) <= _parts(date)
            for date in dates
        )
    initials = {word[0] for word in words(parsed.citation.get("author", ""))}
    return set("".join(words(value))) <= initials


def _parts(text: str) -> set[int]:
    return {int(part) for part in re.findall(r"[0-9]+", text)} - {0}


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co"]), min_size=1, max_size=40
    )
)
def test_a_title_comes_through_as_it_is(title: str) -> None:
    clean = " ".join(unicodedata.normalize("NFC", title).split())
    if re.search(r"[<&/:;,=]", clean) or not any(c.isalnum() for c in clean):
        return
    parsed = parse_openurl(f"genre=book&title={quote(title)}")
    assert parsed.citation["title"] == clean
