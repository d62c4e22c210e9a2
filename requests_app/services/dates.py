"""The patron's date: it follows from the lender's, and never lies past it (design §3)."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput
from illservice.core.workflow import Act
from illservice.directory.calendars import patron_due_date
from illservice.directory.selectors import open_days
from requests_app.models import BorrowingRequest


def patron_date(request: BorrowingRequest, lender_due: date | None, at: datetime) -> date | None:
    """The patron's date for a date of the lender, by the library's calendar; None when the lender set none."""
    return patron_due_date(
        lender_due,
        buffer_days=request.library.return_buffer_days,
        days=open_days(request.library),
        today=local_date(at, request.library.timezone),
    )


def set_patron_date(act: Act, patron_due: date) -> None:
    """A date that staff chose: neither past nor later than the lender's."""
    request: BorrowingRequest = act.subject
    if request.lender_due is not None and patron_due > request.lender_due:
        raise InvalidInput({"patron_due": _("That is later than the lender's due date.")})
    if patron_due < local_date(act.at, request.library.timezone):
        raise InvalidInput({"patron_due": _("That day is over already.")})
    act.set(request, patron_due=patron_due)
