"""The words of both versions of OpenURL and those that real senders add (standards: OpenURL 0.1; Z39.88-2004 with the
KEV formats journal, book, dissertation, patent, dc; ReShare's svc keys)."""

import re


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_NAMES = _names(
    "title jtitle btitle atitle stitle au aulast aufirst aucorp author creator inv invlast invfirst assignee advisor "
    "pub publisher place series edition inst sid source titleofcomponent authorofcomponent description subject"
)
"""Names whose values are prose, in which an unescaped "&" may stand for "and"."""

NUMBER_NAMES = _names(
    "genre issn eissn isbn eisbn isbn_additional eisbn_additional coden sici bici id pid doi pmid pmcid oclcnum oclc "
    "espnumber lccn eric bibcode ismn volume volume_start issue issue_start part spage epage pages artnum date year "
    "month day ssn quarter chron tpages co cc kind number auinit auinit1 auinitm ausuffix language degree type "
    "identifier pagesrequested"
)
"""Names whose values are codes and numbers: text that strayed behind them is not theirs."""

ADMINISTRATIVE = re.compile(
    r"(?:url_(?:ver|tim|ctx_fmt)|ctx_(?:ver|enc|id|tim)|(?:rft|rfe|req|svc|res|rfr)_\w+)$"
)
ENTITY_KEY = re.compile(r"(?:rft|rfe|req|svc|res|rfr)\.[\w.]+$")
VERSION_1_KEY = re.compile(r"(?:rft|req)[_.]")

REGISTERED_FORMAT = re.compile(
    r"info:ofi/fmt:(?:kev:mtx|xml:xsd):(journal|book|dissertation|patent|dc|sch_svc)$", re.IGNORECASE
)

GENRES = {
    **dict.fromkeys(
        ("article", "preprint", "review", "newsitem", "newspaperarticle", "magazinearticle", "journalarticle"),
        "article",
    ),
    **dict.fromkeys(("bookitem", "chapter", "bookchapter", "inbook", "incollection", "referenceentry"), "chapter"),
    **dict.fromkeys(("book", "books", "ebook", "monograph"), "book"),
    **dict.fromkeys(("journal", "issue", "magazine", "newspaper", "serial"), "journal"),
    **dict.fromkeys(("proceeding", "conferencepaper", "conferenceproceeding", "conferencearticle"), "conference_paper"),
    "conference": "conference",
    **dict.fromkeys(
        ("dissertation", "dissertations", "thesis", "theses", "dissertationstheses", "dissertation/thesis"), "thesis"
    ),
    **dict.fromkeys(("report", "techreport", "technicalreport"), "report"),
    "document": "other",
    **dict.fromkeys(("patent", "patents"), "patent"),
    **dict.fromkeys(("score", "musicalscore", "musicscore", "notatedmusic", "sheetmusic"), "score"),
    **dict.fromkeys(("map", "maps", "cartographicmaterial", "atlas"), "map"),
    **dict.fromkeys(
        ("recording", "audio", "video", "soundrecording", "musicrecording", "videorecording", "audiobook", "film",
         "movingimage", "sound", "dvd", "cd"),
        "recording",
    ),
}  # fmt: skip
"""Genres as sent (small letters, no blanks, hyphens or underlines) and the material each means; "conference" is the
whole of the proceedings, and becomes a paper where the title of a part is given."""

COPIES = frozenset({"article", "chapter", "conference_paper", "patent"})
"""Materials that are sent as a copy unless the link says otherwise."""


def genre_word(text: str) -> str:
    """A genre as GENRES spells it."""
    return re.sub(r"[\s_&-]+", "", text.lower())


_FIXED = _names("url_ver url_ctx_fmt ctx_ver ctx_enc ctx_tim url_tim rft_val_fmt rft_id rfe_id svc_id")


def is_known(name: str) -> bool:
    """Whether a name (small letters) belongs to the vocabulary of either version."""
    return (
        name in TEXT_NAMES
        or name in NUMBER_NAMES
        or bool(ADMINISTRATIVE.match(name))
        or bool(ENTITY_KEY.match(name))
    )


def takes_text(name: str) -> bool:
    """Whether text that an unescaped "&" cut off can belong to the value under this name."""
    return name.removeprefix("rft.") not in NUMBER_NAMES and name not in _FIXED
