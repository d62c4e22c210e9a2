"""The queue page of the lending desk and its steps for several requests."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from illservice.core.actors import Actor
from illservice.core.desk.batch import batch_page
from illservice.core.desk.listing import queue_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.views.lists import LENDING


@require_safe
@staff_page
def queue(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/: a list of requests. A code that names just one request opens its page."""
    return queue_page(LENDING, request, library, actor)


@require_POST
@staff_page
def batch(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/batch/: do `do` to all `chosen`, then back to the list with what became of each."""
    return batch_page(LENDING, request, library, actor)
