"""What stands on the paper of both desks: addresses, dates, conditions, citations, and the band round a loan."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.citations.models import CitationFields, IdentifierRow
from illservice.core.printing import Band, Line, fact
from illservice.directory.kinds import condition_words
from illservice.directory.models import Library


def address_lines(name: str, address: str) -> tuple[str, ...]:
    """The name, then the lines of a postal address; the name once, also where the address begins with it."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    if lines and lines[0].casefold() == name.strip().casefold():
        lines = lines[1:]
    return (name.strip(), *lines)


def library_lines(library: Library) -> tuple[str, ...]:
    """A library with its own postal address."""
    return address_lines(library.name, library.address)


def day_words(day: date | None) -> str:
    """A date in full; "" for none."""
    return date_format(day, "DATE_FORMAT") if day else ""


def conditions_on_paper(codes: Iterable[str]) -> tuple[str, ...]:
    """Conditions as sentences of their own."""
    return tuple(each[:1].upper() + each[1:] for each in condition_words(codes))


def title_on_paper(thing: CitationFields) -> str:
    """What is wanted: the part's title, else the whole's."""
    return thing.article_title or thing.title or _("(without a title)")


def part_lines(thing: CitationFields) -> list[Line]:
    """By whom it is, and where in the whole it stands."""
    return [
        *fact(_("Author"), thing.article_author or thing.author),
        *fact(_("In"), thing.title if thing.article_title else ""),
        *fact(_("Volume"), " ".join(part for part in (thing.volume, thing.part) if part)),
        *fact(_("Issue"), thing.issue),
        *fact(_("Pages"), thing.pages),
    ]


def edition_lines(thing: CitationFields, identifiers: Iterable[IdentifierRow]) -> list[Line]:
    """Which edition it is, and its valid identifiers."""
    published = (thing.edition, thing.publisher, thing.date)
    known = (f"{row.get_kind_display()} {row.normalised}" for row in identifiers if row.valid)
    return [
        *fact(_("Published"), ", ".join(part for part in published if part)),
        *fact(_("Identifiers"), ", ".join(known)),
    ]


def loan_band(
    library: Library,
    *,
    number: str,
    due: date | None,
    title: str,
    conditions: Iterable[str],
    lines: Iterable[Line],
) -> Band:
    """The band round a loan that goes back to `library`; `conditions` are codes."""
    return Band(
        heading=_("Interlibrary loan"),
        number=number,
        due_label=_("Please return by"),
        due=day_words(due) or _("when we ask for it"),
        title=title,
        conditions=conditions_on_paper(conditions),
        lines=tuple(lines),
        return_label=_("Return to"),
        return_to=library_lines(library),
        foot=_("Please leave this band on the item."),
    )
