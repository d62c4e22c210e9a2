"""How a patron is told of things: channels, reminders, proxies, and the due date for the patron's own calendar."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.desk.page import day_words
from illservice.core.errors import InvalidInput, NotFound
from illservice.notices.channels import offered
from illservice.notices.selectors import rules_of
from illservice.notices.services import calendar_file
from patrons.models import Patron, Proxy
from patrons.selectors import all_proxies_of, choice_of, reminders_wanted
from patrons.services import choose_notices, name_proxy, remove_proxy, set_reminders
from patrons.tokens import reader_of
from requests_app.forms.patron_notices import NoticesForm, ProxyForm
from requests_app.notices import due_dates
from requests_app.selectors import request_for_patron
from requests_app.views.patron_pages import card_page


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def notices(request: HttpRequest, patron: Patron, actor: Actor) -> HttpResponse:
    """/my/notices/: how the patron is told, and whom the patron sends."""
    ways = offered(rules_of(patron.library_id))
    if request.method != "POST":
        return _page(request, patron, NoticesForm.showing(patron, choice_of(patron), ways), ProxyForm())
    form = NoticesForm(request.POST, patron=patron, ways=ways)
    if not form.is_valid():
        return _page(request, patron, form, ProxyForm())
    try:
        choose_notices(patron_id=patron.pk, wish=form.wish(), channels=form.ways, actor=actor, at=clock.now())
    except InvalidInput as wrong:
        add_errors(form, wrong)
        return _page(request, patron, form, ProxyForm())
    messages.success(request, _("We will tell you in this way."))
    return redirect("patron:notices")


def _page(request: HttpRequest, patron: Patron, form: NoticesForm, proxy_form: ProxyForm) -> HttpResponse:
    shown = form if form.errors or not proxy_form.errors else proxy_form
    context = {
        "form": shown,  # whose errors stand above the page
        "notices_form": form,
        "proxy_form": proxy_form,
        "proxies": [proxy_line(each) for each in all_proxies_of(patron)],
    }
    return render(request, "patron/notices.html", context)


def proxy_line(proxy: Proxy) -> dict[str, Any]:
    """One proxy in words."""
    may = [
        words
        for on, words in (
            (proxy.may_collect, _("may pick up")),
            (proxy.gets_notices and proxy.gets_reminders, _("is told, too")),
            (proxy.gets_notices and not proxy.gets_reminders, _("is told, too, but not reminded")),
            (proxy.until is not None, _("until %(day)s") % {"day": day_words(proxy.until)}),
        )
        if on
    ]
    return {"id": proxy.pk, "name": proxy.name, "words": ", ".join(may)}


def add_errors(form: Any, wrong: InvalidInput) -> None:
    """What a service refused, at the fields of its form."""
    for name, words in wrong.fields.items():
        form.add_error(name if name in form.fields else None, words)


@require_POST
@card_page
def proxy_add(request: HttpRequest, patron: Patron, actor: Actor) -> HttpResponse:
    """/my/notices/proxies/: one more person."""
    form = ProxyForm(request.POST)
    if form.is_valid():
        try:
            name_proxy(patron_id=patron.pk, named=form.named(), actor=actor, at=clock.now())
        except InvalidInput as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, _("The library knows this person now."))
            return redirect("patron:notices")
    ways = offered(rules_of(patron.library_id))
    return _page(request, patron, NoticesForm.showing(patron, choice_of(patron), ways), form)


@require_POST
@card_page
def proxy_remove(request: HttpRequest, patron: Patron, actor: Actor, proxy: int) -> HttpResponse:
    """/my/notices/proxies/<key>/remove/: one person less. Twice is once; somebody else's is not found."""
    if not remove_proxy(patron_id=patron.pk, proxy_id=proxy, actor=actor, at=clock.now()):
        raise NotFound(proxy=proxy)
    messages.success(request, _("This person acts for you no more."))
    return redirect("patron:notices")


@require_safe
@card_page
def due_file(request: HttpRequest, patron: Patron, _actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/due.ics: the due date for a calendar; not found without one."""
    found = request_for_patron(patron, number)
    dates = due_dates(found)
    if not dates:
        raise NotFound(number=number)
    content = calendar_file(
        dates,
        library_name=patron.library.name,
        language=get_language() or patron.library.language,
        rules=rules_of(patron.library_id),
        at=clock.now(),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return response


@csrf_exempt  # mail programs send this for the reader, without a cookie (RFC 8058 §3.1); the link is signed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """/notices/stop/<token>/: looking changes nothing; sending the form does, and `do=resume` takes it back."""
    reader = reader_of(token)
    wanted = reminders_wanted(reader) if reader is not None else None
    if reader is None or wanted is None:
        return render(request, "patron/stop_unknown.html", status=404)
    if request.method == "POST":
        wanted = request.POST.get("do") == "resume"
        nobody = Actor(ActorKind.PATRON)  # whoever has the link; nobody signed in
        set_reminders(reader=reader, wanted=wanted, actor=nobody, at=clock.now())
    return render(request, "patron/stop.html", {"wanted": wanted, "changed": request.method == "POST"})
