"""The patron's date: it follows from the lender's, and never lies past it (design §3)."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act
from illservice.directory.calendars import end_of_day, patron_due_date
from illservice.directory.selectors import open_days
from illservice.policies.calendars import answer_by, granted_due, renewed_due
from illservice.policies.terms import Side
from requests_app.models import BorrowingRequest
from requests_app.workflow.policy import policy_terms


def patron_date(request: BorrowingRequest, lender_due: date | None, at: datetime) -> date | None:
    """The patron's date for a date of the lender, by policy and calendar; None when the lender set none."""
    return patron_due_date(
        lender_due,
        buffer_days=policy_terms(request).return_buffer_days,
        days=open_days(request.library, Side.BORROWING),
        today=local_date(at, request.library.timezone),
    )


def own_date(request: BorrowingRequest, at: datetime) -> date:
    """The patron's date where no lender sets one: the policy's loan period from now on, to an open day."""
    return granted_due(policy_terms(request), _today(request, at), open_days(request.library, Side.BORROWING))


def own_date_renewed(request: BorrowingRequest, at: datetime) -> date:
    """The patron's date after a renewal for which the lender named none."""
    days = open_days(request.library, Side.BORROWING)
    return renewed_due(policy_terms(request), request.patron_due, _today(request, at), days)


def answer_until(request: BorrowingRequest, at: datetime) -> datetime:
    """By when a lender that is asked now has to answer: the end of that day."""
    day = answer_by(policy_terms(request), _today(request, at), open_days(request.library, Side.BORROWING))
    return end_of_day(day, request.library.timezone)


def _today(request: BorrowingRequest, at: datetime) -> date:
    return local_date(at, request.library.timezone)


def reply_until(request: BorrowingRequest, at: datetime) -> datetime:
    """By when a question that is asked now has to be answered: the end of that day."""
    day = _today(request, at) + timedelta(days=policy_terms(request).reply_days)
    return end_of_day(day, request.library.timezone)


def set_patron_date(act: Act, patron_due: date) -> None:
    """A date that staff chose: neither past nor later than the lender's."""
    request: BorrowingRequest = act.subject
    if request.lender_due is not None and patron_due > request.lender_due:
        raise InvalidInput({"patron_due": _("That is later than the lender's due date.")})
    if patron_due < local_date(act.at, request.library.timezone):
        raise InvalidInput({"patron_due": _("That day is over already.")})
    act.set(request, patron_due=patron_due)
