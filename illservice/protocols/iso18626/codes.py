"""The words of ISO 18626: closed lists as enumerations, open lists as text.

The enumerations hold the words of both editions; what the earlier edition does not know stands in `codec.editions`.
A word of an open list is a `str`, or a `Code` when the sender said which list it is from.
"""

from enum import StrEnum


class Code(str):
    """A coded value with the address of its list (`scheme`, a URI); compares and hashes by its text alone.

    A plain `str` is a coded value without a list, so `Code` is only needed to name one.
    """

    __slots__ = ("scheme",)
    scheme: str

    def __new__(cls, value: str = "", scheme: str = "") -> "Code":
        code = super().__new__(cls, value)
        code.scheme = scheme
        return code


def scheme_of(value: str) -> str:
    """The address of the list a coded value is from; "" where none was given."""
    return value.scheme if isinstance(value, Code) else ""


class Edition(StrEnum):
    """The editions that are written; the value is what stands in the `version` attribute."""

    V1_2 = "1.2"
    V2021_2 = "2021-2"


class MessageKind(StrEnum):
    """The six messages, by the name of their element."""

    REQUEST = "request"
    REQUEST_CONFIRMATION = "requestConfirmation"
    SUPPLYING = "supplyingAgencyMessage"
    SUPPLYING_CONFIRMATION = "supplyingAgencyMessageConfirmation"
    REQUESTING = "requestingAgencyMessage"
    REQUESTING_CONFIRMATION = "requestingAgencyMessageConfirmation"


class Action(StrEnum):
    """What the requesting library says or asks. HOLD_RETURN and LOST are of 2021."""

    STATUS_REQUEST = "StatusRequest"
    RECEIVED = "Received"
    CANCEL = "Cancel"
    RENEW = "Renew"
    HOLD_RETURN = "HoldReturn"
    SHIPPED_RETURN = "ShippedReturn"
    SHIPPED_FORWARD = "ShippedForward"
    NOTIFICATION = "Notification"
    LOST = "Lost"


class Reason(StrEnum):
    """Why the supplying library writes."""

    REQUEST_RESPONSE = "RequestResponse"
    STATUS_REQUEST_RESPONSE = "StatusRequestResponse"
    RENEW_RESPONSE = "RenewResponse"
    CANCEL_RESPONSE = "CancelResponse"
    STATUS_CHANGE = "StatusChange"
    NOTIFICATION = "Notification"


class Status(StrEnum):
    """Where the request stands at the supplying library. HOLD_RETURN and RELEASE_HOLD_RETURN are of 2021."""

    REQUEST_RECEIVED = "RequestReceived"
    EXPECT_TO_SUPPLY = "ExpectToSupply"
    WILL_SUPPLY = "WillSupply"
    LOANED = "Loaned"
    OVERDUE = "Overdue"
    RECALLED = "Recalled"
    RETRY_POSSIBLE = "RetryPossible"
    UNFILLED = "Unfilled"
    HOLD_RETURN = "HoldReturn"
    RELEASE_HOLD_RETURN = "ReleaseHoldReturn"
    COPY_COMPLETED = "CopyCompleted"
    LOAN_COMPLETED = "LoanCompleted"
    COMPLETED_WITHOUT_RETURN = "CompletedWithoutReturn"
    CANCELLED = "Cancelled"


class ErrorType(StrEnum):
    """Why a message was refused."""

    UNSUPPORTED_ACTION = "UnsupportedActionType"
    UNSUPPORTED_REASON = "UnsupportedReasonForMessageType"
    UNRECOGNISED_ELEMENT = "UnrecognisedDataElement"
    UNRECOGNISED_VALUE = "UnrecognisedDataValue"
    BADLY_FORMED = "BadlyFormedMessage"


class MessageStatus(StrEnum):
    """Whether a message was taken."""

    OK = "OK"
    ERROR = "ERROR"


class RequestType(StrEnum):
    """Whether a request is new, another attempt, or a reminder of one."""

    NEW = "New"
    RETRY = "Retry"
    REMINDER = "Reminder"


class RequestSubType(StrEnum):
    """What is particular about a request."""

    BOOKING = "BookingRequest"
    MULTIPLE_ITEM = "MultipleItemRequest"
    PATRON = "PatronRequest"
    TRANSFER = "TransferRequest"
    SUPPLYING_LIBRARYS_CHOICE = "SupplyingLibrarysChoice"


class ServiceType(StrEnum):
    """What is asked for."""

    COPY = "Copy"
    LOAN = "Loan"
    COPY_OR_LOAN = "CopyOrLoan"


class PreferredEdition(StrEnum):
    """Which edition of the work is wanted (2021)."""

    MOST_RECENT = "MostRecentEdition"
    THIS = "ThisEdition"
    ANY = "AnyEdition"
