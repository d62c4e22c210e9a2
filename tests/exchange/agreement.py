"""What both sides say of one item, and how that goes together (`test_state_machine`)."""

from lending.workflow.states import MarkKind as LendingMark
from requests_app.models import TryStatus
from requests_app.workflow.states import MarkKind as BorrowingMark

AGREE: dict[str, frozenset[str]] = {
    TryStatus.ASKED: frozenset({"new", "to_pull", "found"}),
    TryStatus.PROMISED: frozenset({"new", "to_pull", "found"}),
    TryStatus.SHIPPED: frozenset({"on_loan", "copy_sent", "settling", "completed"}),
    TryStatus.RECEIVED: frozenset({"on_loan", "copy_sent", "settling", "completed"}),
    TryStatus.RETURNED: frozenset({"coming_back", "settling"}),
    TryStatus.DONE: frozenset({"completed", "copy_sent", "coming_back", "settling"}),
    TryStatus.UNFILLED: frozenset({"not_supplied", "cancelled"}),
    TryStatus.RETRY: frozenset({"not_supplied"}),
    TryStatus.CANCELLED: frozenset({"cancelled"}),
    TryStatus.SILENT: frozenset({"cancelled", "not_supplied"}),
}
"""How our try of a lender and the lender's request go together.

A lost item is SHIPPED, RECEIVED or RETURNED here until it is settled. A paper or sent copy is "completed" there when
the time for a better one is over, and DONE here when ours is. Both sides close a loan by themselves when the other
keeps silent: DONE goes with coming_back and settling.
"""
SHOWN_HERE = frozenset(
    {
        BorrowingMark.ODD_NEWS, BorrowingMark.LENDER_DONE, BorrowingMark.LATE_COMING, BorrowingMark.SECOND_COPY,
        BorrowingMark.MAIL_FAILED, BorrowingMark.PEER_SILENT,
    }
)  # fmt: skip
SHOWN_THERE = frozenset(
    {
        LendingMark.ODD_NEWS, LendingMark.ARRIVED_UNSENT, LendingMark.MAIL_FAILED, LendingMark.NOT_ARRIVED,
        LendingMark.UNRETURNED, LendingMark.FORWARDED,
    }
)  # fmt: skip
"""Marks with which a disagreement stands before staff."""

REFUSALS = ("UnrecognisedDataValue: unknown request", "UnrecognisedDataValue: there is no such request")
"""A message that overtook the request that it is about is refused, and its sender's staff are told."""
