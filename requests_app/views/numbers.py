"""Numbers of another system pasted for many requests at once."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import IllError, WrongState
from illservice.core.numbers import read_number
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.forms.desk import NumberLine, NumbersForm
from requests_app.selectors.page import keys_of_numbers
from requests_app.services.lenders import record_number
from requests_app.views.links import request_url
from requests_app.workflow.rights import DESK


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=DESK)
def paste(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """GET shows the form; POST keeps each line that can be kept and gives the others back to be mended."""
    form = NumbersForm(request.POST if request.method == "POST" else None, initial={"system": "oclc"})
    results: list[dict[str, Any]] = []
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        results = _keep(form, library, actor)
        left = [each["text"] for each in results if not each["ok"]]
        form = NumbersForm(initial={"system": form.cleaned_data["system"], "pasted": "\n".join(left)})
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "form": form,
        "results": results,
        "kept": sum(1 for each in results if each["ok"]),
        "left": sum(1 for each in results if not each["ok"]),
    }
    return render(request, "desk/request_numbers.html", context, status=status)


def _keep(form: NumbersForm, library: Library, actor: Actor) -> list[dict[str, Any]]:
    """Each line on its own: one that fails stops no other."""
    lines = form.lines()
    ours = {line.ours: read_number(line.ours) or "" for line in lines}
    keys = keys_of_numbers(library, actor, [number for number in ours.values() if number])
    at = clock.now()
    results = []
    for line in lines:
        number = ours[line.ours] if not line.problem else ""
        words = line.problem or _one(line, number, keys, form.cleaned_data["system"], actor, at)
        results.append(
            {
                "text": line.text,
                "ok": not words,
                "words": words or _("as %(number)s") % {"number": line.theirs},
                "number": number,
                "url": request_url(library.slug, number) if number in keys else "",
            }
        )
    return results


def _one(line: NumberLine, number: str, keys: dict[str, int], system: str, actor: Actor, at: Any) -> Any:
    """Nothing when it was kept, else why not."""
    if not number:
        return _("This is not one of our request numbers. Check it for a typing mistake.")
    if number not in keys:
        return _("There is no such request.")
    try:
        record_number(request_id=keys[number], system=system, system_number=line.theirs, actor=actor, at=at)
    except WrongState as error:
        return _("Too late: the request is in “%(state)s”.") % {"state": error.message}
    except IllError as error:
        return str(error)
    return ""
