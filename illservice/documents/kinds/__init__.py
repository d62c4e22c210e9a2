"""What documents are, what their content tells, and who registered to say whose they are."""

from illservice.documents.kinds.media import (
    EXTENSIONS,
    SHOWN_BY_BROWSERS,
    CheckResult,
    Examined,
    MediaType,
    examine,
    holds_markup,
    sniff,
)
from illservice.documents.kinds.owners import Owner, owner_of, register_owner
from illservice.documents.kinds.words import (
    MOST_DAYS,
    MOST_VIEWS,
    Audience,
    DocumentKind,
    Gone,
    Origin,
    Stage,
)

__all__ = [
    "EXTENSIONS",
    "MOST_DAYS",
    "MOST_VIEWS",
    "SHOWN_BY_BROWSERS",
    "Audience",
    "CheckResult",
    "DocumentKind",
    "Examined",
    "Gone",
    "MediaType",
    "Origin",
    "Owner",
    "Stage",
    "examine",
    "holds_markup",
    "owner_of",
    "register_owner",
    "sniff",
]
