"""Scans and links for a borrower: attached, looked at, taken away; they go out with the answer "Send the copy"."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from illservice.citations.kinds import Kind
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.page import day_words
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.documents import services
from illservice.documents.doors import was_too_large
from illservice.documents.forms import AttachForm
from illservice.documents.models import Document
from lending.models import LendingRequest
from lending.selectors.page import acting_request, files_of
from lending.views.links import LINKS
from lending.views.side import SIDE
from lending.workflow.rights import STACKS


def files_part(
    one: LendingRequest, slug: str, actor: Actor, at: datetime, *, may_send: bool
) -> dict[str, Any]:
    """The panel of the request's page; copies have one, loans only when something was attached."""
    rows = [_file(each, slug, at) for each in files_of(one)]
    return {
        "shown": bool(rows) or one.kind != Kind.LOAN,
        "rows": rows,
        "may_attach": bool(actor.roles & STACKS) and one.closed_at is None,
        "may_send": may_send,
        "attach_url": reverse("lending:attach", args=[slug, one.number]),
        "remove_url": reverse("lending:detach", args=[slug, one.number]),
        "send_url": LINKS.action(slug, one.number, "send_copy"),
    }


def _file(document: Document, slug: str, at: datetime) -> dict[str, Any]:
    views, until = getattr(document, "views", 0) or 0, getattr(document, "until", None)
    opened = ngettext("opened %(n)d time", "opened %(n)d times", views) % {"n": views}
    released = document.is_released
    if not document.is_there:
        status = {"text": _("deleted"), "tone": "neutral"}
    elif released and until is not None and until > at:
        status = {"text": _("sent"), "tone": "ok"}
    else:
        status = {"text": _("link has ended") if released else _("not sent"), "tone": "info"}
    words = [
        filesizeformat(document.size) if document.size else _("link"),
        opened if released else "",
        _("until %(day)s") % {"day": day_words(until.date())} if released and until else "",
    ]
    return {
        "key": document.key,
        "name": document.name or document.url or _("file"),
        "url": reverse("documents:staff", args=[slug, document.key]) + "?look=1",
        "status": status,
        "words": [each for each in words if each],
        "there": document.is_there,
        "released": released,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=STACKS)
def attach(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """…/files/: a file or an address, kept for the request; nothing is sent."""
    one = acting_request(library, actor, number)
    back = LINKS.request(library.slug, one.number)
    form = AttachForm()
    if request.method == "POST":
        form = AttachForm(request.POST, request.FILES, was_too_large=was_too_large(request))
        if form.is_valid() and _attached(form, one, actor):
            messages.success(request, _("Attached. Look at it, then send the copy."))
            return HttpResponseRedirect(back + "#files")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "one": one, "title": SIDE.title(one), "back_url": back}
    return render(request, "lending/attach.html", context, status=status)


def _attached(form: AttachForm, one: LendingRequest, actor: Actor) -> bool:
    at, upload = clock.now(), form.cleaned_data["file"]
    whose: dict[str, Any] = {"library_id": one.library_id, "subject": one.number, "actor": actor, "at": at}
    try:
        if upload is not None:
            services.attach_file(upload=upload, **whose)
        else:
            services.attach_link(url=form.cleaned_data["url"], **whose)
    except InvalidInput as refusal:
        form.refuse(refusal)
        return False
    return True


@require_POST
@staff_page(roles=STACKS)
def detach(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """POST key: take away what was attached by mistake. What went out already stays: its link is the borrower's."""
    one = acting_request(library, actor, number)
    document = next((each for each in files_of(one) if each.key == request.POST.get("key")), None)
    if document is None:
        raise NotFound(document=request.POST.get("key", "")[:40])
    if document.is_released:
        messages.error(request, _("This was sent already."))
    else:
        services.remove(document_id=document.pk, actor=actor, at=clock.now())
        messages.success(request, _("Taken away."))
    return HttpResponseRedirect(LINKS.request(library.slug, one.number) + "#files")
