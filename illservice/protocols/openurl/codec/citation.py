"""The words of a citation out of the keys of both versions."""

import re

from illservice.protocols.openurl.codec.bag import Bag
from illservice.protocols.openurl.codec.dates import read_date

_SERIAL_TITLES = ("jtitle", "title", "btitle", "stitle")
_BOOK_TITLES = ("btitle", "title", "jtitle", "stitle")
_SIMPLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("edition", ("edition",)),
    ("series", ("series",)),
    ("volume", ("volume", "volume_start")),
    ("part", ("part",)),
    ("language", ("language",)),
    ("season", ("ssn",)),
    ("quarter", ("quarter",)),
)
_NAME_PARTS = ("aulast", "aufirst", "auinit", "auinit1", "auinitm", "ausuffix")


def read_citation(bag: Bag, material: str) -> dict[str, str]:
    """The text fields of a citation, non-empty ones only; what it takes is marked in the bag."""
    citation: dict[str, str] = {}
    _titles(bag, material, citation)
    citation["author"] = _author(bag)
    citation["article_author"] = bag.take("authorofcomponent")
    _publication(bag, material, citation)
    for field, names in _SIMPLE:
        citation[field] = bag.take(*names)
    bag.absorb(citation["volume"], "volume_start")
    numbers = ("number", "issue") if material == "patent" else ("issue", "issue_start", "number")
    citation["issue"] = bag.take(*numbers)
    bag.absorb(citation["issue"], "issue_start")
    citation["pages"] = _pages(bag)
    citation.update(read_date(bag))
    citation.update(_beside(bag))
    return {field: value for field, value in citation.items() if value}


def _titles(bag: Bag, material: str, citation: dict[str, str]) -> None:
    part = bag.take("atitle", "titleofcomponent")
    serial = material in {"article", "conference_paper", "journal"}
    dublin_core = any(pair.name == "rft.source" for pair in bag.pairs)
    if serial and dublin_core and not part and not bag.peek("jtitle"):
        # Dublin Core: the title is the article's, the journal is its source.
        part, whole = bag.take("title"), bag.take("source")
    else:
        whole = bag.take(*(_SERIAL_TITLES if serial else _BOOK_TITLES))
    if part and not whole and not serial and material != "chapter":
        part, whole = "", part
    if not serial and material != "chapter" and part.casefold() == whole.casefold():
        part = ""
    citation["title"] = _title(whole)
    citation["article_title"] = _title(part)
    citation["short_title"] = _title(bag.take("stitle"))


def _title(text: str) -> str:
    """Without the " /", " :" or " =" with which catalogues end a title."""
    return re.sub(r"\s*[/=]\s*$|\s+[:;,]\s*$", "", text) or text


def _author(bag: Bag) -> str:
    """ "Last, First"; several authors joined with "; "."""
    full = bag.take_all("au", "author", "creator", "inv")
    if full:
        author = "; ".join(re.sub(r"[\s,;]+$", "", name) or name for name in full)
        bag.absorb(author, *_NAME_PARTS, "invlast", "invfirst", "aucorp", "author", "creator")
        _absorb_initials(bag, author)
        return author
    last = bag.take("aulast", "invlast")
    first = bag.take("aufirst", "invfirst")
    if not first:
        first = bag.take("auinit") or " ".join(filter(None, (bag.take("auinit1"), bag.take("auinitm"))))
    author = ", ".join(
        filter(None, (last.rstrip(" ,"), first.rstrip(" ,"), bag.take("ausuffix") if last else ""))
    )
    author = author or bag.take("aucorp")
    bag.absorb(author, *_NAME_PARTS, "aucorp")
    _absorb_initials(bag, author)
    return author


def _absorb_initials(bag: Bag, author: str) -> None:
    """Initials of names already there tell nothing new."""
    initials = {word[0] for word in re.findall(r"[^\W_]+", author.casefold())}
    for pair in bag.open("auinit", "auinit1", "auinitm"):
        if set(re.findall(r"[^\W_]", pair.value.casefold())) <= initials:
            pair.used = True


def _publication(bag: Bag, material: str, citation: dict[str, str]) -> None:
    publishers, places = ["pub", "publisher"], ["place"]
    if material == "patent":
        publishers.insert(0, "assignee")
    if material == "thesis":
        publishers.insert(0, "inst")
    if material in {"patent", "thesis"}:
        places += ["co", "cc"]
    citation["publisher"] = re.sub(r"\s*[,;:]$", "", bag.take(*publishers))
    citation["place"] = re.sub(r"\s*[,;:]$", "", bag.take(*places))


def _pages(bag: Bag) -> str:
    """ "897-911"; the article number where there are no pages."""
    pages, start, end = (_dashes(bag.peek(name)) for name in ("pages", "spage", "epage"))
    if start and end and "-" not in pages and "," not in pages:
        bag.take("spage")
        bag.take("epage")
        text = start if start == end or "-" in start else f"{start}-{end}"
        bag.absorb(text, "pages")
    else:
        text = _dashes(bag.take("pages", "pagesrequested", "spage"))
    text = text or bag.take("artnum") or _dashes(bag.take("epage"))
    bag.absorb(f"{text} {_end_in_full(text)}", "spage", "epage", "pages", "pagesrequested", "artnum")
    return text


def _dashes(pages: str) -> str:
    return re.sub(r"(?<=\w)\s*[-\u2010-\u2015\u2212]\s*(?=\w|$)", "-", pages)


def _end_in_full(pages: str) -> str:
    """The last page of "1023-5" as 1025."""
    found = re.fullmatch(r"(\d+)-(\d+)", pages, re.ASCII)
    if not found or len(found[2]) >= len(found[1]):
        return ""
    return found[1][: -len(found[2])] + found[2]


def _beside(bag: Bag) -> dict[str, str]:
    """Where the link comes from, and what a discovery system asked the reader (ReShare's svc keys)."""
    source = re.sub(r"^info:sid/", "", bag.take("rfr_id") or bag.take("sid"), flags=re.IGNORECASE)
    for pair in bag.open("sid", "rfr_id"):
        if re.sub(r"^info:sid/", "", bag.text(pair), flags=re.IGNORECASE) == source:
            pair.used = True
    return {
        "source": source,
        "needed_by": bag.take("svc.neededby"),
        "note": bag.take("svc.note"),
        "pickup_location": bag.take("svc.pickuplocation"),
    }
