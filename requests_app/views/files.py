"""Scans and links of a request: attached, looked at, let out to the patron, called back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.acting import CONFLICTS, again, go, say_done
from illservice.core.desk.conflicts import conflict, seen_version
from illservice.core.errors import NotPermitted, Refused, StaleVersion
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.documents.selectors import file_named, files_of
from illservice.documents.views.files import Place, attach_page, change, file_row
from requests_app.models import BorrowingRequest
from requests_app.selectors.page import acting_request
from requests_app.services.copies import deliver_document
from requests_app.views.links import request_url
from requests_app.views.rows import title_of
from requests_app.views.side import SIDE
from requests_app.workflow.rights import CIRCULATION

DELIVER = "deliver_copy"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def attach(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponse:
    """/desk/<slug>/requests/<number>/files/: attach a scan or a link."""
    one = _mine(library, actor, number)
    if not one.is_open:
        raise Refused(_("This request has ended. Reopen it first."), code="ended")
    return attach_page(request, _place(one, library, actor))


@require_POST
@staff_page
def act(
    request: HttpRequest, library: Library, actor: Actor, number: str, key: str, what: str
) -> HttpResponseBase:
    """POST /desk/<slug>/requests/<number>/files/<key>/<what>/: deliver, withdraw or remove one file."""
    one = _mine(library, actor, number)
    if what != "deliver":
        return change(request, _place(one, library, actor), key, what)
    return _deliver(request, library, actor, one, key)


def _mine(library: Library, actor: Actor, number: str) -> BorrowingRequest:
    """The request, for those whose work it is to receive and deliver."""
    one = acting_request(library, actor, number)
    if not actor.roles & CIRCULATION:
        raise NotPermitted(action=DELIVER)
    return one


def _place(one: BorrowingRequest, library: Library, actor: Actor) -> Place:
    return Place(library, actor, one.number, title_of(one), request_url(library.slug, one.number))


def _deliver(
    request: HttpRequest, library: Library, actor: Actor, one: BorrowingRequest, key: str
) -> HttpResponseBase:
    document, seen = file_named(key, one.number, library.pk), seen_version(request)
    home = request_url(library.slug, one.number)
    try:
        SIDE.row_of(one, DELIVER, actor)
        if seen != one.version:
            raise StaleVersion(seen=seen or 0, current=one.version)
        deliver_document(
            request_id=one.pk, document_id=document.pk, actor=actor, at=clock.now(), version=seen
        )
    except CONFLICTS as error:
        if again(SIDE, request, one, DELIVER, actor):
            messages.info(request, _("That is done already."))
            return go(request, home)
        return conflict(SIDE, request, library, actor, number=one.number, action=DELIVER, error=error)
    say_done(SIDE, request, library, actor, one, _("The patron gets the link"))
    return go(request, home)


def files_context(
    one: BorrowingRequest, library: Library, actor: Actor, offered: dict[str, Any]
) -> dict[str, Any]:
    """What documents/_files.html prints on the request's page; one statement. `offered` are its buttons."""
    may = bool(actor.roles & CIRCULATION)
    delivers = may and DELIVER in offered["rows"]
    files = [file_row(each, library.slug) for each in files_of(one.number, library.pk, clock.now())]
    for file in files:
        file["actions"] = _buttons(one, library, file, delivers=delivers) if may else []
    return {
        "files": files,
        "attach_url": reverse("desk:files", args=[library.slug, one.number]) if delivers else "",
        "shown": delivers or bool(files),
    }


def _buttons(
    one: BorrowingRequest, library: Library, file: dict[str, Any], *, delivers: bool
) -> list[dict[str, Any]]:
    """Deliver what does not reach the patron now, call back what opens, remove what nobody outside has."""
    reaches = file["opens"] and one.copy_link.endswith(reverse("documents:patron", args=[file["key"]]))
    wanted = (
        ("deliver", _("Let the patron have it"), delivers and file["is_there"] and not reaches),
        ("withdraw", _("Call back"), file["opens"]),
        ("remove", _("Remove"), file["is_there"] and not file["opens"]),
    )
    return [
        {
            "code": what,
            "label": label,
            "url": reverse("desk:file", args=[library.slug, one.number, file["key"], what]),
            "primary": what == "deliver" and not file["is_released"],
            "danger": what == "withdraw",
        }
        for what, label, offered in wanted
        if offered
    ]
