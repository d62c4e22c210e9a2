"""What needs attention at the borrowing desk and why, with the button that settles it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from illservice.core.actors import Actor
from illservice.core.desk.attention import Attention, attention_page, settle_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.notices.selectors import failed_notices
from illservice.notices.services import MAY_SEND_AGAIN
from requests_app import selectors
from requests_app.services.words import clear_mark
from requests_app.views.lists import BORROWING
from requests_app.workflow.states import QUIET_MARKS, MarkKind

_WHAT_TO_DO = {
    MarkKind.OVERDUE: gettext_lazy("Ask the patron to bring it back, or ask the lender for a renewal."),
    MarkKind.RECALLED: gettext_lazy("The lender needs it: see that it comes back in time."),
    MarkKind.NOT_WANTED: gettext_lazy("When it is here, send it back without putting it on the shelf."),
    MarkKind.CLAIMED_RETURNED: gettext_lazy(
        "Look on the shelves and in the return bins, then take it back or report it lost."
    ),
    MarkKind.RESEND: gettext_lazy("Get a better copy from the lender, then deliver it by link."),
    MarkKind.PIECES: gettext_lazy("Tell the lender what did not come, so that nobody asks for it later."),
    MarkKind.SECOND_COPY: gettext_lazy("Send the second copy back to its lender."),
    MarkKind.PATRON_WROTE: gettext_lazy("Read what the patron wrote, and answer."),
    MarkKind.ALL_TRIED: gettext_lazy("Add more lenders, or close it as unfilled."),
    MarkKind.NO_REPLY: gettext_lazy("Ask the patron once more, or decide without the answer."),
    MarkKind.LENDER_SILENT: gettext_lazy("Remind the lender, or move on to the next one."),
    MarkKind.NOT_SHIPPED: gettext_lazy("Ask the lender where it is, or move on to the next one."),
    MarkKind.NOT_ARRIVED: gettext_lazy("Look in the post, then tell the lender that it has not arrived."),
    MarkKind.SHELF_EXPIRED: gettext_lazy("Take it off the hold shelf, or give the patron more time."),
    MarkKind.NEED_BY: gettext_lazy("The patron was asked whether it is still needed. Ask again, or go on."),
    MarkKind.LENDER_OVERDUE: gettext_lazy(
        "Ask the patron to bring it back, or ask the lender for a renewal."
    ),
    MarkKind.LENDER_DONE: gettext_lazy("Look where it is: the lender says that it has it back."),
    MarkKind.LENDER_HOLDS: gettext_lazy("Keep it, and do not send it back before the lender says so."),
    MarkKind.LENDER_WROTE: gettext_lazy("Read what the lender wrote, and answer."),
    MarkKind.LATE_COMING: gettext_lazy("When it is here, receive it as a second copy and send it back."),
    MarkKind.NEW_COPY: gettext_lazy("Look at the copy, then let the patron have it."),
    MarkKind.ODD_NEWS: gettext_lazy("Read the exchange of messages, and take the step that fits by hand."),
    MarkKind.COPYRIGHT: gettext_lazy(
        "Let the copyright desk clear it on a ground, or pay the royalty. It counts already where the law counts."
    ),
    MarkKind.CLOCK_FAILED: gettext_lazy("Do by hand what was due; the page of the clocks says what it was."),
    MarkKind.PEER_SILENT: gettext_lazy(
        "Messages wait until the system answers. If it is urgent, write or call the lender."
    ),
    MarkKind.MAIL_FAILED: gettext_lazy(
        "See why the message was not taken, mend the address, and send it again."
    ),
}


def _late(library: Library, actor: Actor, at: datetime) -> int:
    return selectors.late_at_desk(library, actor, at=at)


ATTENTION = Attention(
    kinds=dict(MarkKind.choices),
    quiet=QUIET_MARKS,
    what_to_do=_WHAT_TO_DO,
    clear_mark=clear_mark,
    late=_late,
    empty=gettext_lazy("Late answers, overdue items, missing pieces and failed messages would stand here."),
)


@require_safe
@staff_page
def attention(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/attention/: requests with marks that ask staff to look, in the order of their dates."""
    failed = failed_notices(library_id=library.pk, size=1).rows
    failed_url = (
        reverse("notices:mails", args=[library.slug]) if failed and actor.roles & MAY_SEND_AGAIN else ""
    )
    return attention_page(BORROWING, ATTENTION, request, library, actor, failed_url=failed_url)


@require_POST
@staff_page
def settle(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/attention/settle/: take one mark away."""
    return settle_page(BORROWING, ATTENTION, request, library, actor)
