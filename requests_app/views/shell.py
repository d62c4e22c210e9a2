"""What surrounds every page: names, links, stages with true counts, the undo banner (a context processor)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.directory.doors import Desk, desk_of
from patrons.selectors import patrons_of
from requests_app.selectors import ATTENTION, CLOSED, QUEUES, RUSH, queue_counts
from requests_app.workflow import TABLE
from requests_app.workflow import states as s
from requests_app.workflow.rights import DESK

UNDO_KEY = "undo"

_GROUPS = {
    "review": gettext_lazy("Check"),
    "sending": gettext_lazy("Find"),
    "lenders": gettext_lazy("With lenders"),
    "coming": gettext_lazy("Arriving"),
    "patrons": gettext_lazy("With patrons"),
    "back": gettext_lazy("Going back"),
}


def offer_undo(
    request: HttpRequest, *, number: str, undo: dict[str, Any] | None, text: str, at: datetime
) -> None:
    """Offer to take the act back on the next page. `undo` is what the request keeps of its last act."""
    if not undo:
        return
    until = at + timedelta(seconds=settings.ILL_UNDO_SECONDS)
    request.session[UNDO_KEY] = {
        "number": number,
        "act": undo["act"],
        "text": text,
        "until": until.isoformat() if undo.get("sends") else "",
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell`, `stages` and `undo` for the templates base_staff.html and base_patron.html."""
    desk = desk_of(request)
    if desk is None:
        return {"shell": SimpleLazyObject(lambda: _patron_shell(request))}
    return {
        "shell": SimpleLazyObject(lambda: _staff_shell(request, desk)),
        "stages": SimpleLazyObject(lambda: _stages(request, desk)),
        "undo": SimpleLazyObject(lambda: _undo(request, desk)),
    }


def _undo(request: HttpRequest, desk: Desk) -> dict[str, Any] | None:
    kept = request.session.pop(UNDO_KEY, None)
    if kept is None:
        return None
    url = reverse("desk:undo", args=[desk.library.slug, kept["number"]])
    until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
    fields = {"act": kept["act"], "back": request.get_full_path()}
    return {"text": kept["text"], "url": url, "until": until, "fields": fields}


def _patron_shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)  # a refusal may be drawn before anybody is known
    found: dict[str, Any] = {"home_url": "/", "service_name": _("Library requests")}
    if not isinstance(user, User):
        return found | {"sign_in_url": reverse("login")}
    found |= {"account_name": str(user), "sign_out_url": reverse("logout")}
    chosen = getattr(request, "patron", None)
    for patron in [chosen] if chosen else patrons_of(user)[:1]:
        found |= {
            "library_name": patron.library.name,
            "help_email": patron.library.email,
            "help_phone": patron.library.phone,
            "nav": [
                _link(request, _("My requests"), "patron:mine"),
                _link(request, _("Ask for something"), "patron:ask"),
                _link(request, _("My account"), "account"),
            ],
        }
    return found


def _staff_shell(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    library, slug = desk.library, desk.library.slug
    nav = [
        _link(request, _("Queue"), "desk:queue", slug),
        _link(request, _("Receive and scan"), "desk:receive", slug),
        _link(request, _("New request"), "desk:new", slug),
        _link(request, _("Patrons"), "desk:patrons", slug),
        _link(request, _("Attention"), "desk:attention", slug),
    ]
    account = [
        _link(request, _("My account"), "account"),
        _link(request, _("How it works"), "desk:workflow", slug),
    ]
    if desk.actor.roles & DESK:
        account.insert(0, _link(request, _("Paste numbers"), "desk:numbers", slug))
    if desk.actor.roles & {Role.HEAD, Role.ADMINISTRATOR}:
        account.append(_link(request, _("Notice texts"), "notices:texts", slug))
    if Role.ADMINISTRATOR in desk.actor.roles:
        account.append(_link(request, _("Set up"), "admin:index"))
    user = request.user
    return {
        "service_name": _("Interlibrary loan"),
        "library_name": library.name,
        "home_url": reverse("desk:queue", args=[slug]),
        "libraries": [
            {
                "name": each.name,
                "url": reverse("desk:queue", args=[each.slug]),
                "current": each.pk == library.pk,
            }
            for each in desk.libraries
        ],
        "nav": [link for link in nav if link["url"]],
        "search_url": reverse("desk:queue", args=[slug]),
        "search_query": request.GET.get("q", ""),
        "account_name": str(user),
        "account_nav": [link for link in account if link["url"]],
        "sign_out_url": reverse("logout"),
    }


def _link(request: HttpRequest, label: str, name: str, *args: str) -> dict[str, Any]:
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        url = ""
    return {"label": label, "url": url, "current": request.path == url}


def _stages(request: HttpRequest, desk: Desk) -> list[dict[str, Any]]:
    """The queues with their true counts, in groups; one statement over the open requests."""
    counts = queue_counts(desk.library, desk.actor)
    base = reverse("desk:queue", args=[desk.library.slug])
    chosen = _chosen_stage(request, base)
    attention = reverse("desk:attention", args=[desk.library.slug])
    stages = [
        _stage(base, "", _("All open"), counts.total, chosen),
        _stage(base, RUSH, _("Rush"), counts.rush, chosen),
        _stage(base, ATTENTION, _("Needs attention"), counts.attention, chosen)
        | {"url": attention, "alert": True, "current": request.path == attention},
    ]
    for group, codes in QUEUES:
        for position, code in enumerate(codes):
            count = counts.queues.get(code, 0)
            if not count and code not in _ALWAYS:
                continue
            stage = _stage(base, code, queue_label(code), count, chosen)
            heading = _GROUPS[group] if not any(each.get("group") == group for each in stages) else ""
            stages.append(stage | {"heading": heading, "group": group, "position": position})
    closed = _stage(base, CLOSED, _("Closed"), None, chosen)
    return [*stages, closed | {"heading": _("History")}]


def _chosen_stage(request: HttpRequest, base: str) -> str | None:
    """The list that the page shows; a search over everything is in none of them."""
    if request.path != base or (request.GET.get("q", "").strip() and not request.GET.get("queue")):
        return None
    return request.GET.get("queue", "")


_ALWAYS = frozenset({s.READY, s.ASKED, s.ON_THE_WAY, s.AT_DESK, s.ON_SHELF, s.ON_LOAN, s.BACK_AT_DESK})


def _stage(base: str, code: str, label: str, count: int | None, chosen: str | None) -> dict[str, Any]:
    url = f"{base}?queue={code}" if code else base
    return {"code": code, "label": label, "url": url, "count": count, "current": chosen == code}


def queue_label(code: str) -> str:
    """The staff wording of a queue: of its hold, its question, or its state."""
    sources: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: dict(s.HoldKind.choices),
        lambda: dict(s.QuestionKind.choices),
        lambda: dict(TABLE.labels()),
    )
    return str(next((found()[code] for found in sources if code in found()), code))
