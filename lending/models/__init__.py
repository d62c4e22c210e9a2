"""What the lending desk keeps: requests of other libraries, what is fetched for them, what stands beside."""

from lending.models.beside import (
    LendingEvent,
    LendingHold,
    LendingIdentifier,
    LendingMark,
    LendingMessage,
    LendingNote,
    LendingQuestion,
    LendingTimer,
)
from lending.models.charges import LendingCharge
from lending.models.desk import BorrowerAccount, LendingDesk, StatementRule
from lending.models.items import ItemPlace, LendingItem
from lending.models.request import Channel, DeliveryWay, LendingRequest, Outcome

__all__ = [
    "BorrowerAccount",
    "Channel",
    "DeliveryWay",
    "ItemPlace",
    "LendingCharge",
    "LendingDesk",
    "LendingEvent",
    "LendingHold",
    "LendingIdentifier",
    "LendingItem",
    "LendingMark",
    "LendingMessage",
    "LendingNote",
    "LendingQuestion",
    "LendingRequest",
    "LendingTimer",
    "Outcome",
    "StatementRule",
]
