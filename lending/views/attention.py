"""What needs attention at the lending desk and why, with the button that settles it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from illservice.core.actors import Actor
from illservice.core.desk.attention import Attention, attention_page, settle_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.notices.selectors import failed_notices
from illservice.notices.services import MAY_SEND_AGAIN
from lending.selectors import lists
from lending.services.words import clear_mark
from lending.views.lists import LENDING
from lending.workflow.states import QUIET_MARKS, MarkKind

_WHAT_TO_DO = {
    MarkKind.NO_STATEMENT: _("Ask the borrower which copyright statement applies, or go on without it."),
    MarkKind.OVERDUE: _("Remind the borrower, or recall it."),
    MarkKind.RECALLED: _("See that it comes back in time."),
    MarkKind.REMINDED: _("The borrower waits for us: answer yes or no."),
    MarkKind.NOT_ON_SHELF: _(
        "Name another copy and have it fetched, search again, or say that we cannot supply it."
    ),
    MarkKind.RESEND: _("Scan it again and send the better copy."),
    MarkKind.BORROWER_WROTE: _("Read what the borrower wrote, and answer."),
    MarkKind.FORWARDED: _("The item is at another library now: agree with the borrower who sends it back."),
    MarkKind.NOT_ARRIVED: _(
        "Look where the parcel is, then tell the borrower; report it lost if it is not found."
    ),
    MarkKind.ARRIVED_UNSENT: _("The borrower has it already: note that it was sent, with its due date."),
    MarkKind.ODD_NEWS: _("Read the messages of this request, and do what they ask by hand."),
    MarkKind.LATE_ANSWER: _("Answer yes or no, or tell the borrower that it will take a while."),
    MarkKind.NO_REPLY: _("Ask the borrower once more, or decide without the answer."),
    MarkKind.UNRETURNED: _("Look on the shelves and in the post, then check it in or ask the borrower."),
    MarkKind.CLOCK_FAILED: _("Do by hand what was due; the page of the clocks says what it was."),
    MarkKind.MAIL_FAILED: _("See why the message was not taken, mend the address, and send it again."),
}


def _late(library: Library, actor: Actor, at: datetime) -> int:
    return lists.late_at_desk(library, actor, at=at)


ATTENTION = Attention(
    kinds=dict(MarkKind.choices),
    quiet=QUIET_MARKS,
    what_to_do=_WHAT_TO_DO,
    clear_mark=clear_mark,
    late=_late,
    empty=_("Late answers, reminders, items that were not found and failed messages would stand here."),
)


@require_safe
@staff_page
def attention(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/attention/: requests with marks that ask staff to look, in the order of their dates."""
    failed = failed_notices(library_id=library.pk, size=1).rows
    failed_url = (
        reverse("notices:mails", args=[library.slug]) if failed and actor.roles & MAY_SEND_AGAIN else ""
    )
    return attention_page(LENDING, ATTENTION, request, library, actor, failed_url=failed_url)


@require_POST
@staff_page
def settle(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/attention/settle/: take one mark away."""
    return settle_page(LENDING, ATTENTION, request, library, actor)
