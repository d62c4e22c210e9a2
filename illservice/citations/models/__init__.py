"""The columns of a citation, and the titles that citations stand in."""

from illservice.citations.models.citation import CITATION_COLUMNS, CitationFields, IdentifierRow
from illservice.citations.models.titles import (
    IssnKind,
    Journal,
    JournalIssn,
    LicenceTerms,
    PeriodicalSort,
    Subscription,
    TitleLink,
)

__all__ = [
    "CITATION_COLUMNS",
    "CitationFields",
    "IdentifierRow",
    "IssnKind",
    "Journal",
    "JournalIssn",
    "LicenceTerms",
    "PeriodicalSort",
    "Subscription",
    "TitleLink",
]
