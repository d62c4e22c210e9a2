"""Opening documents: patrons and borrowers through a page that counts, staff directly.

Looking at the page counts nothing, so that mail programs which open every link in advance use nothing up; only the
button does, and it sends a form.
"""

import re
from http import HTTPStatus
from io import SEEK_END
from typing import Any, BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts.doors import to_sign_in
from illservice.accounts.models import User
from illservice.citations.copyright import words_for_reader
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.documents import selectors, services
from illservice.documents.forms import OpenForm
from illservice.documents.kinds import EXTENSIONS, SHOWN_BY_BROWSERS, Gone, MediaType
from illservice.documents.models import Document, DocumentLink
from illservice.documents.services.fetching import refuse_dead
from illservice.documents.services.legend import legend_of, with_legend

_SHUT = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
_SANDBOXED = f"sandbox; {_SHUT}"
_TYPES = {
    MediaType.PDF: _("PDF"),
    MediaType.TIFF: _("TIFF image"),
    MediaType.JPEG: _("JPEG image"),
    MediaType.PNG: _("PNG image"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def patron(request: HttpRequest, key: str) -> HttpResponseBase:
    """A copy for the patron who asked for it, signed in. For everybody else there is nothing here."""
    if not isinstance(request.user, User):
        return to_sign_in(request)
    return _open(request, selectors.patron_link(key, user_id=request.user.pk))


@csrf_exempt  # the address itself is all the right there is; a refusal would write it into the log
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def borrower(request: HttpRequest, token: str) -> HttpResponseBase:
    """A copy for whoever was sent this address."""
    return _open(request, selectors.borrower_link(token), shell_of_library=True)


@require_safe
@staff_page
def staff(request: HttpRequest, library: Library, actor: Actor, key: str) -> HttpResponseBase:
    """A copy for staff of its library, before its release too; not counted. `?look=1` shows it in the browser."""
    fetched = services.look(selectors.visible_to_staff(library.pk, actor, key))
    if fetched.stream is None:
        return HttpResponseRedirect(fetched.document.url)
    return _file(fetched.document, fetched.stream, look="look" in request.GET)


def _open(request: HttpRequest, link: DocumentLink, *, shell_of_library: bool = False) -> HttpResponseBase:
    library, at = link.document.library, clock.now()
    around: dict[str, Any] = {"document": link.document, "library": library, "legend": legend_of(library)}
    if shell_of_library:
        around["shell"] = {
            "home_url": request.path,
            "library_name": library.name,
            "help_email": library.email,
            "help_phone": library.phone,
        }
    with timezone.override(library.timezone):
        try:
            refuse_dead(link, at)
            form = OpenForm(request.POST if request.method == "POST" else None)
            if not form.is_valid():
                return _page(request, link, form, around)
            fetched = services.fetch(link=link, at=at)
        except Gone as gone:
            context = around | {"message": gone.message}
            return render(request, "documents/gone.html", context, status=HTTPStatus.GONE)
        if fetched.stream is None:
            return render(request, "documents/elsewhere.html", around | {"address": fetched.document.url})
        return _file(fetched.document, with_legend(fetched.document, fetched.stream))


def _page(request: HttpRequest, link: DocumentLink, form: OpenForm, around: dict[str, Any]) -> HttpResponse:
    """What it is, how long and how often it opens, and the box to tick."""
    media = link.document.media_type
    context = {
        "form": form,
        "link": link,
        "type": _TYPES[MediaType(media)] if media else "",
        "views_left": link.views_left,
        "conditions": words_for_reader(link.conditions),
    }
    return render(request, "documents/open.html", around | context)


def _file(document: Document, stream: BinaryIO, *, look: bool = False) -> FileResponse:
    """The file under our own name and type. Whatever it is, no browser takes it for a page of ours.

    The policy shuts scripts, forms and other addresses out of anything that a browser would draw from it. Browsers'
    own readers of PDF stay half drawn in a sandbox, so a PDF that staff look at has the rest of the policy only.
    """
    media = MediaType(document.media_type)
    shown = look and media in SHOWN_BY_BROWSERS
    response = FileResponse(
        stream,
        as_attachment=not shown,
        filename=_file_name(document.subject, media),
        content_type=media.value,
    )
    response.headers["Content-Length"] = str(stream.seek(0, SEEK_END))
    stream.seek(0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = _SHUT if shown and media is MediaType.PDF else _SANDBOXED
    return response


def _file_name(subject: str, media: MediaType) -> str:
    """The request's number and the extension of what it is: nothing of the sender's."""
    return f"{re.sub(r'[^0-9A-Za-z]', '', subject) or 'copy'}.{EXTENSIONS[media]}"
