"""What can be told to whom, and what a text about it may hold. Knows no table."""

from illservice.notices.kinds.registry import (
    Audience,
    DueDate,
    Group,
    Letter,
    MergeField,
    NoticeKind,
    Recipient,
    Texts,
    all_kinds,
    kind_of,
    register,
)

__all__ = [
    "Audience",
    "DueDate",
    "Group",
    "Letter",
    "MergeField",
    "NoticeKind",
    "Recipient",
    "Texts",
    "all_kinds",
    "kind_of",
    "register",
]
