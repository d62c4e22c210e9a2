"""Accounts, memberships and tokens in the master data; importing it registers the pages."""

from illservice.accounts.admin.base import (
    LibraryAdmin,
    LibraryInline,
    RelatedFilter,
    SameLibraryForm,
    is_operator,
    others_too,
    own_libraries,
)
from illservice.accounts.admin.pages import ApiTokenAdmin, AuditEntryAdmin, MembershipAdmin, PersonAdmin

__all__ = [
    "ApiTokenAdmin",
    "AuditEntryAdmin",
    "LibraryAdmin",
    "LibraryInline",
    "MembershipAdmin",
    "PersonAdmin",
    "RelatedFilter",
    "SameLibraryForm",
    "is_operator",
    "others_too",
    "own_libraries",
]
