"""Statuses of ILLiad's borrowing and document delivery, and where a request in each of them goes here."""

from collections.abc import Mapping
from types import MappingProxyType

from illservice.directory.services.illiad.places import Place, Statuses
from requests_app.models import Outcome
from requests_app.workflow import states as s
from requests_app.workflow.states import HoldKind, MarkKind, QuestionKind

PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "completed": Place(s.COMPLETED, outcome=Outcome.FILLED),
        "unfilled": Place(s.UNFILLED, outcome=Outcome.UNFILLED),
        "cancelled": Place(s.CANCELLED, outcome=Outcome.CANCELLED),
        "patron": Place(s.IN_REVIEW, hold=HoldKind.PATRON),
        "copyright": Place(s.IN_REVIEW, hold=HoldKind.COPYRIGHT),
        "citation": Place(s.IN_REVIEW, hold=HoldKind.CITATION),
        "waiting_patron": Place(s.IN_REVIEW, hold=HoldKind.WAITING_PATRON),
        "ready": Place(s.READY),
        "all_tried": Place(s.READY, mark=MarkKind.ALL_TRIED),
        "supply_here": Place(s.SUPPLY_HERE),
        "asked": Place(s.ASKED),
        "conditional": Place(s.ASKED, question=QuestionKind.CONDITIONAL),
        "promised": Place(s.PROMISED),
        "on_the_way": Place(s.ON_THE_WAY),
        "at_desk": Place(s.AT_DESK),
        "to_branch": Place(s.TO_BRANCH),
        "on_shelf": Place(s.ON_SHELF),
        "on_loan": Place(s.ON_LOAN),
        "renewal": Place(s.ON_LOAN, question=QuestionKind.RENEWAL),
        "recalled": Place(s.ON_LOAN, mark=MarkKind.RECALLED),
        "claimed_returned": Place(s.ON_LOAN, mark=MarkKind.CLAIMED_RETURNED),
        "from_branch": Place(s.FROM_BRANCH),
        "back_at_desk": Place(s.BACK_AT_DESK),
        "returned": Place(s.RETURNED),
        "settling": Place(s.SETTLING),
    }
)
"""The words that `--map` knows: states, holds, questions and marks of the borrowing table."""

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "Submitted by Customer": "ready",
        "Request Added through Client": "ready",
        "Request Added through Web Platform": "ready",
        "Awaiting User Clearance": "patron",
        "Awaiting Copyright Clearance": "copyright",
        "Awaiting Request Processing": "ready",
        "Request in Processing": "ready",
        "Awaiting RAPID Request Sending": "ready",
        "Awaiting Direct Request Sending": "ready",
        "Awaiting Direct Request Lenders": "ready",
        "Awaiting OCLC Sending": "ready",
        "Awaiting ALA Processing": "ready",
        "Awaiting Document Provider Processing": "ready",
        "Awaiting Resubmission Processing": "ready",
        "Automated Unfilled Error": "ready",
        "Awaiting ISO Conditional Reply No": "all_tried",
        "Awaiting Unfilled Processing": "all_tried",
        "Awaiting Document Delivery Processing": "supply_here",
        "Awaiting DD Stacks Searching": "supply_here",
        "In DD Stacks Searching": "supply_here",
        "Item Found": "at_desk",
        "Request Sent": "asked",
        "Awaiting Cancel Refused Processing": "asked",
        "Awaiting Conditional Request Processing": "conditional",
        "Awaiting Odyssey Processing": "at_desk",
        "In Electronic Delivery Processing": "at_desk",
        "Awaiting Post Receipt Processing": "at_desk",
        "Awaiting Customer Contact": "at_desk",
        "In Transit to Pickup Location": "to_branch",
        "Customer Notified via E-Mail": "on_shelf",
        "Customer Notified via Phone": "on_shelf",
        "Checked Out to Customer": "on_loan",
        "Awaiting Renewal Request": "renewal",
        "Awaiting Renewal Request Processing": "renewal",
        "Awaiting Renewal OK Processing": "renewal",
        "Awaiting Denied Renewal Processing": "renewal",
        "Awaiting Recall Processing": "recalled",
        "Awaiting Recalled Processing": "recalled",
        "Item Recalled": "recalled",
        "Claims Returned": "claimed_returned",
        "Awaiting Lost Item Processing": "settling",
        "Item Checked In": "back_at_desk",
        "Awaiting Return Label Printing": "back_at_desk",
        "Item Returned": "returned",
        "Delivered to Web": "completed",
        "Request Finished": "completed",
        "Cancelled by Customer": "cancelled",
        "Cancelled by ILL Staff": "cancelled",
    }
)
"""Every status that ILLiad has of its own. Queues that a site made are said with `--map`."""

BORROWING = Statuses(PLACES, STATUSES)

SUPPLIED = frozenset({s.AT_DESK, s.TO_BRANCH, s.ON_SHELF, s.ON_LOAN, s.FROM_BRANCH, s.BACK_AT_DESK}) | {
    s.RETURNED,
    s.SETTLING,
    s.COMPLETED,
}
"""Where something came: from a lender, our own shelves, or elsewhere."""
NEEDS_LENDER = frozenset({s.ASKED, s.PROMISED, s.ON_THE_WAY})
"""Where nothing could go on without a lender who was asked."""
NEEDS_PATRON = s.OPEN - {s.FROM_BRANCH, s.BACK_AT_DESK, s.RETURNED, s.SETTLING}
"""Where somebody still waits for the item or has it at home."""
