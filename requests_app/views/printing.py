"""Printing: one address for one request or many. Nothing is marked, nothing moves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from illservice.core.actors import Actor
from illservice.core.printing import PrintDesk, print_door, print_links
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app import selectors
from requests_app.models import BorrowingRequest
from requests_app.printing import KINDS, kinds_for
from requests_app.views.links import back_to, request_url


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def paper(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/print/: see `print_door`."""
    desk = PrintDesk(
        kinds=KINDS,
        find=lambda numbers: selectors.for_printing(library, actor, numbers),
        home=back_to(request, reverse("desk:queue", args=[library.slug])),
        page=lambda number: request_url(library.slug, number),
        slug=library.slug,
        owner=library.name,
        language=library.language,
    )
    return print_door(request, desk)


def prints_of(request: BorrowingRequest, slug: str) -> list[dict[str, Any]]:
    """What can be printed for one request."""
    return print_links(kinds_for(request), door=reverse("desk:print", args=[slug]), number=request.number)
