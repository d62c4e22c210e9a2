"""One plain action for several requests of the borrowing desk."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from illservice.core.actors import Actor
from illservice.core.desk.batch import batch_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.views.lists import BORROWING


@require_POST
@staff_page
def batch(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/batch/: do `do` to all `chosen`, then back to the list with what became of each."""
    return batch_page(BORROWING, request, library, actor)
