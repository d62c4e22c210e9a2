"""Borrowing: a patron's request and everything that stands beside it."""

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
from requests_app.models.lenders import LenderTry, RequestItem, TryStatus
from requests_app.models.request import BorrowingRequest, Delivery, FillSource, Outcome, Wanted

__all__ = [
    "BorrowingEvent",
    "BorrowingHold",
    "BorrowingMark",
    "BorrowingQuestion",
    "BorrowingRequest",
    "BorrowingTimer",
    "Delivery",
    "FillSource",
    "LenderMessage",
    "LenderTry",
    "Message",
    "Note",
    "Outcome",
    "RequestIdentifier",
    "RequestItem",
    "TryStatus",
    "Wanted",
]
