"""The queue page of the borrowing desk: stages with true counts, search, filters, orders, pages by key."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from illservice.core.actors import Actor
from illservice.core.desk.listing import queue_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.views.lists import BORROWING


@require_safe
@staff_page
def queue(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/: a list of requests. A code that names just one request opens its page."""
    return queue_page(BORROWING, request, library, actor)
