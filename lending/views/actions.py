"""One action on one request of another library: its form, the act, and the way back (core.desk.acting)."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core.actors import Actor
from illservice.core.desk import acting
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.views.side import SIDE


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def act(request: HttpRequest, library: Library, actor: Actor, number: str, action: str) -> HttpResponseBase:
    """GET …/do/<action>/ shows the form, POST acts; `back` says where to go on afterwards."""
    return acting.act(SIDE, request, library, actor, number, action)


@require_POST
@staff_page
def undo(request: HttpRequest, library: Library, actor: Actor, number: str) -> HttpResponseBase:
    """POST act: take the last step back."""
    return acting.undo(SIDE, request, library, actor, number)
