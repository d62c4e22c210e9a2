"""A patron sees, takes along and erases what is held."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.retention import reasons_against, told_to
from patrons.models import Patron
from patrons.selectors import rules_of
from patrons.services import choose_history, erase_person, person_of
from requests_app.forms.privacy import HistoryForm
from requests_app.selectors.held import finished_count
from requests_app.views.held import as_file, kept_without_person, sections_of, summary_of
from requests_app.views.patron_pages import card_page


@require_safe
@card_page
def held(request: HttpRequest, patron: Patron, _actor: Actor) -> HttpResponse:
    """/my/data/: every kind of what is held, why and for how long; the way to take it along and to erase it."""
    context = {
        "patron": patron,
        "sections": summary_of(told_to(person_of(patron))),
        "form": HistoryForm(initial={"history": patron.history}),
        "may_choose": rules_of(patron.library).patrons_choose,
    }
    return render(request, "patron/data.html", context)


@require_safe
@card_page
def everything(request: HttpRequest, patron: Patron, _actor: Actor) -> HttpResponse:
    """/my/data/all/: all of it, to be read or printed."""
    sections = sections_of(told_to(person_of(patron)))
    return render(request, "patron/data_all.html", {"patron": patron, "sections": sections})


@require_safe
@card_page
def file(_request: HttpRequest, patron: Patron, _actor: Actor) -> HttpResponse:
    """/my/data/file/: all of it as JSON."""
    return as_file(patron, told_to(person_of(patron)), clock.now())


@require_POST
@card_page
def choose(request: HttpRequest, patron: Patron, actor: Actor) -> HttpResponse:
    """POST history: what shall happen to past requests."""
    try:
        choose_history(
            patron_id=patron.pk, history=request.POST.get("history", ""), actor=actor, at=clock.now()
        )
    except InvalidInput as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(
            request, _("Your choice is saved. It also counts for the requests that are over already.")
        )
    return redirect("patron:data")


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def erase(request: HttpRequest, patron: Patron, actor: Actor) -> HttpResponse:
    """/my/data/erase/: first what would go and what would stay, and why; then it is done, for good."""
    person = person_of(patron)
    if request.method != "POST":
        reasons = reasons_against(person)
        context = {
            "patron": patron,
            "reasons": [
                {"words": each.words, "url": reverse("patron:request", args=[each.url]) if each.url else ""}
                for each in reasons
            ],
            "finished": finished_count(person, reasons),
            "kept": kept_without_person(),
        }
        return render(request, "patron/erase.html", context)
    done = erase_person(patron_id=patron.pk, actor=actor, at=clock.now())
    if done.complete:
        logout(request)
        return render(request, "patron/erased.html", {"library": patron.library})
    messages.success(request, unlinked_words(done.unlinked))
    return redirect("patron:erase")


def unlinked_words(count: int) -> str:
    """What was done of what was asked."""
    return ngettext(
        "%(count)d past request is unlinked. The rest stays for the reasons below.",
        "%(count)d past requests are unlinked. The rest stays for the reasons below.",
        count,
    ) % {"count": count}
