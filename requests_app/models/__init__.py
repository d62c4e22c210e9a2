"""Borrowing: a patron's request and everything that stands beside it."""

from requests_app.models.acceptance import CopyrightAcceptance, CopyrightText, How, SignedDeclaration
from requests_app.models.beside import (
    BorrowingEvent,
    BorrowingHold,
    BorrowingMark,
    BorrowingQuestion,
    BorrowingTimer,
    LenderMessage,
    Message,
    Note,
    RequestIdentifier,
)
from requests_app.models.charges import BorrowingCharge
from requests_app.models.copyright import (
    CopyrightCounter,
    CopyrightRecord,
    CopyrightRules,
    Royalty,
    RoyaltyBatch,
    RoyaltyState,
)
from requests_app.models.lenders import LenderTry, RequestItem, TryStatus
from requests_app.models.request import BorrowingRequest, Delivery, FillSource, Outcome, Wanted

__all__ = [
    "BorrowingCharge",
    "BorrowingEvent",
    "BorrowingHold",
    "BorrowingMark",
    "BorrowingQuestion",
    "BorrowingRequest",
    "BorrowingTimer",
    "CopyrightAcceptance",
    "CopyrightCounter",
    "CopyrightRecord",
    "CopyrightRules",
    "CopyrightText",
    "Delivery",
    "FillSource",
    "How",
    "LenderMessage",
    "LenderTry",
    "Message",
    "Note",
    "Outcome",
    "RequestIdentifier",
    "RequestItem",
    "Royalty",
    "RoyaltyBatch",
    "RoyaltyState",
    "SignedDeclaration",
    "TryStatus",
    "Wanted",
]
