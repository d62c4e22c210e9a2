"""Identifiers of a citation: what was written, its normal form, and whether it is one at all (standards: ISO 3297,
ISO 2108, ISO 10957, ISO 26324, and the rules of PubMed, OCLC and the Library of Congress).

A wrong identifier never blocks anybody: it is kept as written, shown with a warning, and left out of matching.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.protocols.identifiers import NORMALISERS

LONGEST_RAW = 500
"""Characters of an identifier as written that are kept."""


class IdentifierKind(models.TextChoices):
    """The kinds known, by the names that `parse_openurl`, forms and the API use."""

    ISSN = "issn", _("ISSN")
    EISSN = "eissn", _("ISSN of the online edition")
    ISBN = "isbn", _("ISBN")
    ISMN = "ismn", _("ISMN")
    DOI = "doi", _("DOI")
    PMID = "pmid", _("PubMed number")
    PMCID = "pmcid", _("PubMed Central number")
    OCLC = "oclc", _("OCLC number")
    LCCN = "lccn", _("Library of Congress number")
    ERIC = "eric", _("ERIC number")
    BIBCODE = "bibcode", _("Bibcode")


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier as read. `normalised` is empty when it is not valid; only valid ones are matched and counted."""

    kind: IdentifierKind
    raw: str
    normalised: str
    valid: bool


def read_identifier(kind: str, raw: str) -> Identifier:
    """Reads any text as an identifier of a kind of IdentifierKind; never raises for the text.

    The raw text is kept without control characters, at most LONGEST_RAW characters of it.
    """
    normalised = NORMALISERS[kind](raw) or ""
    kept = "".join(character for character in raw if character.isprintable()).strip()[:LONGEST_RAW]
    return Identifier(IdentifierKind(kind), kept, normalised, bool(normalised))
