"""Statuses of ILLiad's lending, and where a request in each of them goes here."""

from collections.abc import Mapping
from types import MappingProxyType

from illservice.directory.services.illiad.places import Place, Statuses
from lending.models import Outcome
from lending.workflow import states as s
from lending.workflow.states import MarkKind, QuestionKind

PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "completed": Place(s.COMPLETED, outcome=Outcome.FILLED),
        "not_supplied": Place(s.NOT_SUPPLIED, outcome=Outcome.UNFILLED),
        "cancelled": Place(s.CANCELLED, outcome=Outcome.CANCELLED),
        "new": Place(s.NEW),
        "conditional": Place(s.NEW, question=QuestionKind.CONDITIONAL),
        "to_pull": Place(s.TO_PULL),
        "found": Place(s.FOUND),
        "on_loan": Place(s.ON_LOAN, outcome=Outcome.FILLED),
        "renewal": Place(s.ON_LOAN, outcome=Outcome.FILLED, question=QuestionKind.RENEWAL),
        "recalled": Place(s.ON_LOAN, outcome=Outcome.FILLED, mark=MarkKind.RECALLED),
        "copy_sent": Place(s.COPY_SENT, outcome=Outcome.FILLED),
        "resend": Place(s.COPY_SENT, outcome=Outcome.FILLED, mark=MarkKind.RESEND),
        "coming_back": Place(s.COMING_BACK, outcome=Outcome.FILLED),
    }
)
"""The words that `--map` knows: states, questions and marks of the lending table."""

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "Imported from OCLC": "new",
        "Imported from DOCLINE": "new",
        "Awaiting Lending Request Processing": "new",
        "Awaiting Local Request Processing": "new",
        "Awaiting Cancellation Review": "new",
        "Awaiting Lending Stacks Searching": "to_pull",
        "In Stacks Searching": "to_pull",
        "Request Conditionalized": "conditional",
        "Awaiting Conditional Request Processing": "new",
        "Awaiting Lending Scanning": "found",
        "Awaiting Mailing": "found",
        "Awaiting Shipping Label Printing": "found",
        "Item Shipped": "on_loan",
        "Awaiting Renewal Request Processing": "renewal",
        "Cancelled by ILL Staff": "not_supplied",
        "Cancelled by Customer": "cancelled",
        "Request Finished": "completed",
    }
)
"""Every status that ILLiad has of its own. Queues that a site made are said with `--map`."""

LENDING = Statuses(PLACES, STATUSES)

AWAY = frozenset({s.ON_LOAN, s.COPY_SENT, s.COMING_BACK, s.COMPLETED})
"""Where something has left the house."""
