"""The scans and links of one request at the desk: what both sides show and do alike.

A side decides who may, and what letting one out means; it hands over where the request's page is.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.models import Library
from illservice.documents import services
from illservice.documents.doors import was_too_large
from illservice.documents.forms import AttachForm
from illservice.documents.kinds import CheckResult, DocumentKind, Origin, Stage
from illservice.documents.models import Document
from illservice.documents.selectors import file_named

ANCHOR = "files"
"""Where the files stand on a request's page."""

_TONES = {
    Stage.ATTACHED: "info",
    Stage.RELEASED: "ok",
    Stage.WITHDRAWN: "warn",
    Stage.EXPIRED: "neutral",
    Stage.PURGED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose files: the request's number, its title, and its page."""

    library: Library
    actor: Actor
    number: str
    title: str
    page_url: str

    @property
    def home(self) -> str:
        """Back among the files of the request's page."""
        return f"{self.page_url}#{ANCHOR}"


def attach_page(request: HttpRequest, place: Place) -> HttpResponse:
    """GET the form, POST a file or an address. What is refused is said beside its field, and nothing is kept."""
    form = AttachForm()
    if request.method == "POST":
        form = AttachForm(request.POST, request.FILES, was_too_large=was_too_large(request))
        if form.is_valid() and _attach(form, place):
            messages.success(request, _("Attached. Look at it, then let it out."))
            return HttpResponseRedirect(place.home)
    context = {
        "form": form,
        "title": place.title,
        "number": place.number,
        "url": place.home,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "documents/attach.html", context, status=status)


def _attach(form: AttachForm, place: Place) -> bool:
    facts: dict[str, Any] = {
        "library_id": place.library.pk,
        "subject": place.number,
        "actor": place.actor,
        "at": clock.now(),
    }
    try:
        if form.cleaned_data["file"] is not None:
            services.attach_file(upload=form.cleaned_data["file"], **facts)
        else:
            services.attach_link(url=form.cleaned_data["url"], **facts)
    except InvalidInput as refusal:
        form.refuse(refusal)
        return False
    return True


def change(request: HttpRequest, place: Place, key: str, what: str) -> HttpResponse:
    """POST: `withdraw` one file of the request, or `remove` it."""
    document, at = file_named(key, place.number, place.library.pk), clock.now()
    if what == "withdraw":
        services.withdraw(document_id=document.pk, actor=place.actor, at=at)
        messages.success(request, _("Called back: its links are dead. You can let it out again."))
    elif what == "remove":
        services.remove(document_id=document.pk, actor=place.actor, at=at)
        messages.success(request, _("Removed. The file is deleted within the hour."))
    else:
        raise NotFound(action=what)
    return HttpResponseRedirect(place.home)


class _Use(NamedTuple):
    """What `selectors.files_of` says of a file's links."""

    made: int
    opened: int
    until: datetime | None


def file_row(document: Document, slug: str) -> dict[str, Any]:
    """One file of `selectors.files_of` as documents/_files.html prints it. Reads nothing more."""
    use = _Use(*(getattr(document, name) for name in ("links_made", "opened", "lives_until")))
    stage = _stage(document, use)
    return {
        "key": document.key,
        "name": _name(document),
        "url": f"{reverse('documents:staff', args=[slug, document.key])}?look=1" if document.is_there else "",
        "status": {"text": stage.label, "tone": _TONES[stage]},
        "words": _words(document, use),
        "warning": _warning(document),
        "is_there": document.is_there,
        "is_released": document.is_released,
        "opens": document.is_released and use.until is not None,
    }


def _stage(document: Document, use: _Use) -> Stage:
    if document.purged_at is not None:
        return Stage.PURGED
    if document.withdrawn_at is not None:
        return Stage.WITHDRAWN
    if document.released_at is None:
        return Stage.ATTACHED
    return Stage.EXPIRED if use.made and use.until is None else Stage.RELEASED


def _name(document: Document) -> str:
    if document.purged_at is not None:
        return _("Copy of %(day)s") % {"day": _day(document.attached_at)}
    return document.url if document.kind == DocumentKind.LINK else document.name or _("scan")


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


def _words(document: Document, use: _Use) -> list[str]:
    by = _("from the other library") if document.origin == Origin.PARTNER else _("attached here")
    words = [f"{by}, {_day(document.attached_at)}"]
    if document.pages:
        words.append(
            ngettext("%(number)d page", "%(number)d pages", document.pages) % {"number": document.pages}
        )
    if document.size:
        words.append(filesizeformat(document.size))
    if use.made:
        words.append(
            ngettext("opened %(number)d time", "opened %(number)d times", use.opened) % {"number": use.opened}
        )
    if use.until is not None and document.is_released:
        words.append(_("link ends %(day)s") % {"day": _day(use.until)})
    return words


def _warning(document: Document) -> str:
    """What to look for before it is let out."""
    if not document.is_there or document.is_released:
        return ""
    if document.check_result not in {CheckResult.FIT, CheckResult.LINK}:
        return str(CheckResult(document.check_result).label)
    return _("Look at it before you let it out.") if services.needs_look(document) else ""
