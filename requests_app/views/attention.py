"""What needs attention and why, with the button that settles it; and parts of the service that do not run."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from illservice.core import clock, health
from illservice.core.actors import Actor
from illservice.core.errors import NotFound
from illservice.core.paging import keyset_page
from illservice.core.workflow.table import may
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.notices.selectors import failed_notices
from requests_app import selectors
from requests_app.models import BorrowingRequest
from requests_app.services.words import clear_mark
from requests_app.views.links import back_to
from requests_app.views.queue import PAGE_SIZE, page_context
from requests_app.views.rows import queue_row
from requests_app.views.shell import offer_undo
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.states import MarkKind

SWEEPER_SECONDS = 90
"""As /healthz says: a heartbeat older than this means that nothing is sent and no date is watched."""

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
    MarkKind.NEED_BY: gettext_lazy("Ask the patron whether it is still wanted."),
    MarkKind.MAIL_FAILED: gettext_lazy(
        "See why the message was not taken, mend the address, and send it again."
    ),
}


@require_safe
@staff_page
def attention(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/attention/: requests with marks that ask staff to look, in the order of their dates."""
    at = clock.now()
    found = selectors.in_queue(selectors.visible_to_staff(library, actor), selectors.ATTENTION)
    page = keyset_page(
        selectors.for_list(found),
        order=selectors.ORDERS["act_by"],
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    back = request.get_full_path()
    rows = [_row(each, library, actor, at, back) for each in page.rows]
    context = {
        "slug": library.slug,
        "back": back,
        "page": page_context(request, page, rows),
        "late": selectors.late_at_desk(library, actor, at=at),
        "late_url": f"{reverse('desk:queue', args=[library.slug])}?sort=act_by",
        "failed": bool(failed_notices(library_id=library.pk, size=1).rows),
        "failed_url": reverse("notices:mails", args=[library.slug]),
        "standing_still": _standing_still(at),
    }
    return render(request, "desk/attention.html", context)


def _standing_still(at: datetime) -> str:
    """Words when the part that sends and watches dates has not run lately, else nothing."""
    age = health.age_in_seconds("sweeper", at=at)
    if age is None:
        return _("The part of the service that sends messages and watches dates has never run.")
    if age > SWEEPER_SECONDS:
        minutes = max(1, round(age / 60))
        words = _(
            "The part of the service that sends messages and watches dates last ran %(minutes)d minutes ago."
        )
        return words % {"minutes": minutes}
    return ""


def _row(
    subject: BorrowingRequest, library: Library, actor: Actor, at: datetime, back: str
) -> dict[str, Any]:
    row = queue_row(subject, library=library, actor=actor, at=at, back=back)
    settle = TABLE.row(subject.state, "clear_mark")
    marks = [
        {
            "kind": mark.kind,
            "label": MarkKind(mark.kind).label,
            "since": mark.at,
            "until": mark.until,
            "help": _WHAT_TO_DO.get(MarkKind(mark.kind), ""),
        }
        for mark in subject.marks.all()
        if mark.cleared_at is None and mark.kind not in s.QUIET_MARKS
    ]
    return row | {"marks": marks, "may_settle": settle is not None and may(settle, actor)}


@require_POST
@staff_page
def settle(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/attention/settle/: take one mark away."""
    at = clock.now()
    number, kind = request.POST.get("number", ""), request.POST.get("kind", "")
    subject = next(iter(selectors.by_numbers(library, actor, [number])), None)
    if subject is None or kind not in MarkKind.values:
        raise NotFound(number=number)
    clear_mark(request_id=subject.pk, kind=kind, actor=actor, at=at)
    words = _("%(number)s: “%(mark)s” is settled") % {"number": number, "mark": MarkKind(kind).label}
    kept = selectors.last_act(subject.pk)
    if kept:
        offer_undo(request, number=number, undo={"act": kept[0], "sends": kept[1]}, text=words, at=at)
    else:
        messages.success(request, words)
    return redirect(back_to(request, reverse("desk:attention", args=[library.slug])))
