"""Pages of heads and administrators: the systems of partners, how they are reached and whether they answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library, Partnership, PartnerSystem
from illservice.directory.selectors import search_partners
from illservice.exchange.forms import ConnectionForm, CredentialsForm
from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection
from illservice.exchange.selectors import (
    connection_between,
    connection_of,
    connections_of,
    partnership_with,
    refused_of,
    waiting_by_partner,
)
from illservice.exchange.services import connections as services
from illservice.exchange.services.transports import FORBIDDEN, Seen, look

MOST_REFUSED = 20


@require_safe
@staff_page(roles=services.MAY_CONNECT)
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/exchange/<slug>/partners/: the connections; with `q` the partners that could be connected."""
    waiting = waiting_by_partner(library.pk)
    known = list(connections_of(library))
    rows = [
        {"connection": each, "waiting": waiting.get(each.partnership.partner_id, 0), "status": _status(each)}
        for each in known
    ]
    words = request.GET.get("q", "")
    connected = {each.partnership_id for each in known}
    found = [each for each in search_partners(library, words) if each.pk not in connected]
    context = {"library": library, "rows": rows, "query": words, "others": found}
    return render(request, "exchange/partners.html", context)


def _status(connection: Connection) -> dict[str, str]:
    """How it stands with the partner's system."""
    if not connection.is_active:
        return {"text": _("not active"), "tone": "neutral"}
    if connection.silent_since:
        return {"text": _("does not answer"), "tone": "bad"}
    if connection.failures:
        return {"text": _("failed lately"), "tone": "warn"}
    return (
        {"text": _("in use"), "tone": "ok"}
        if connection.last_heard_at
        else {"text": _("new"), "tone": "info"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=services.MAY_CONNECT)
def partner(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponse:
    """/exchange/<slug>/partners/<partner>/: the connection with one partner, to be read and changed."""
    partnership = partnership_with(library, partner)
    if request.method != "POST":
        return _page(request, partnership, actor)
    form = ConnectionForm(request.POST, **_offers(partnership, actor))
    if form.is_valid():
        try:
            services.connect(
                library_id=library.pk,
                partner=partner,
                facts=form.facts(),
                actor=actor,
                at=clock.now(),
                asked_by_it=form.cleaned_data.get("asked_by_it", False),
                mirror=form.cleaned_data.get("mirror", False),
            )
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The connection is saved."))
            return redirect("exchange:partner", library.slug, partner)
    return _page(request, partnership, actor, form=form)


def _offers(partnership: Partnership, actor: Actor) -> dict[str, bool]:
    """What the form may offer: the way inside this service, the other side of it, and asking by messages."""
    there = partnership.partner
    loopback = there.is_tenant and there.is_active
    return {
        "loopback": loopback,
        "mirror": loopback and services.administers(actor, there.pk),
        "asked": partnership.system == PartnerSystem.ISO18626,
    }


def _page(request: HttpRequest, partnership: Partnership, actor: Actor, **more: Any) -> HttpResponse:
    connection, offers = connection_of(partnership), _offers(partnership, actor)
    form = more.pop("form", None) or ConnectionForm.showing(connection, **offers)
    context = {
        "library": partnership.library,
        "partner": partnership.partner,
        "connection": connection,
        "status": _status(connection) if connection else None,
        "waiting": waiting_by_partner(partnership.library_id).get(partnership.partner_id, 0),
        "form": form,
        "credentials": CredentialsForm(
            initial={"partner_username": connection.partner_username if connection else ""}
        ),
        "unguarded": connection is not None and _is_unguarded(connection),
        "refused": refused_of(partnership)[:MOST_REFUSED],
        "needs_other_side": offers["loopback"] and not offers["mirror"] and not _is_mirrored(partnership),
    }
    return render(request, "exchange/partner.html", context | more)


def _is_unguarded(connection: Connection) -> bool:
    """Whether passers-by could read our password."""
    plain = connection.transport == Transport.HTTP and connection.address.lower().startswith("http:")
    return plain and bool(connection.username)


def _is_mirrored(partnership: Partnership) -> bool:
    """Whether the other side is connected with us."""
    return connection_between(partnership.partner_id, partnership.library_id) is not None


def _connected(library: Library, partner: str) -> tuple[Partnership, Connection]:
    partnership = partnership_with(library, partner)
    connection = connection_of(partnership)
    if connection is None:
        raise NotFound(partner=partner)
    return partnership, connection


@require_POST
@staff_page(roles=services.MAY_CONNECT)
def test(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponse:
    """…/test/: looks whether anybody is there; sends no message."""
    partnership, connection = _connected(library, partner)
    return _page(request, partnership, actor, seen=_seen(connection, look(connection)))


def _seen(connection: Connection, seen: Seen) -> dict[str, str]:
    """What the test showed, in words."""
    if connection.transport == Transport.LOOPBACK:
        if seen.status == 200:
            return {"tone": "ok", "text": _("The other side is connected with us, too.")}
        return {"tone": "bad", "text": _("The other side has no active connection with us.")}
    if seen.error == FORBIDDEN:
        words = _("This address lies in our own network. The operator of the service must allow it first.")
        return {"tone": "bad", "text": words}
    if not seen.status:
        return {"tone": "bad", "text": _("Nobody answers there (%(error)s).") % {"error": seen.error}}
    if seen.status == 405:
        words = _("A system that takes messages answers there. Whether it knows our credentials shows only with "
                  "the first message.")  # fmt: skip
        return {"tone": "ok", "text": words}
    words = _(
        "Something answers there, with HTTP status %(status)s. A system that takes messages usually says 405."
    )
    return {"tone": "warn", "text": words % {"status": seen.status}}


@require_POST
@staff_page(roles=services.MAY_CONNECT)
def try_now(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponse:
    """…/try/: what was put off leaves now."""
    count = services.try_again_now(library_id=library.pk, partner=partner, actor=actor, at=clock.now())
    words = ngettext(
        "%(count)s message is tried again now.", "%(count)s messages are tried again now.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("exchange:partner", library.slug, partner)


@require_POST
@staff_page(roles=services.MAY_CONNECT)
def credentials(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponse:
    """…/credentials/: a new password for the partner, shown on this one page; or none is asked for any more."""
    partnership, _connection = _connected(library, partner)
    known: dict[str, Any] = {"library_id": library.pk, "partner": partner, "actor": actor, "at": clock.now()}
    if request.POST.get("do") == "take":
        services.take_partner_credentials(**known)
        messages.success(request, _("This partner needs no credentials any more."))
        return redirect("exchange:partner", library.slug, partner)
    form = CredentialsForm(request.POST)
    if form.is_valid():
        try:
            given = services.give_partner_credentials(username=form.cleaned_data["partner_username"], **known)
        except InvalidInput as refusal:
            form.add_error("partner_username", str(refusal.fields["username"]))
        else:
            shown = {"username": form.cleaned_data["partner_username"].strip(), "password": given}
            return _page(request, partnership_with(library, partner), actor, given=shown)
    return _page(request, partnership, actor, credentials=form)
