"""What surrounds every page of staff: names, links, stages with true counts, the undo banner (a context processor).

One shell for all desks: the bar switches between the desks at which somebody works, and the stages are those of the
desk that is open. The desks register themselves (illservice.core.desk.desks).
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.accounts.roles import Role
from illservice.core.desk import desks
from illservice.core.desk.desks import Link
from illservice.core.desk.undo import take_undo
from illservice.directory.doors import Desk, desk_of

CLOCKS = Link(gettext_lazy("Clocks"), "directory:clocks", frozenset({Role.HEAD, Role.ADMINISTRATOR}))

ACCOUNT: tuple[Link, ...] = (
    Link(gettext_lazy("Calendar"), "directory:calendar", frozenset({Role.HEAD, Role.ADMINISTRATOR})),
    Link(gettext_lazy("Notice texts"), "notices:index", frozenset({Role.HEAD, Role.ADMINISTRATOR})),
    Link(gettext_lazy("Partners’ systems"), "exchange:partners", frozenset({Role.HEAD, Role.ADMINISTRATOR})),
    Link(gettext_lazy("Loan policies"), "policies:index", frozenset({Role.HEAD, Role.ADMINISTRATOR})),
    Link(
        gettext_lazy("Journals and subscriptions"),
        "directory:titles",
        frozenset({Role.COPYRIGHT, Role.HEAD, Role.ADMINISTRATOR}),
    ),
    Link(
        gettext_lazy("Try out copyright settings"), "desk:copyright_replay", frozenset({Role.ADMINISTRATOR})
    ),
    Link(gettext_lazy("Privacy"), "desk:privacy", frozenset({Role.HEAD, Role.ADMINISTRATOR})),
    CLOCKS,
    Link(gettext_lazy("Set up"), "admin:index", frozenset({Role.ADMINISTRATOR})),
)
"""Links of the account's menu that belong to no desk."""


def staff_shell(request: HttpRequest) -> dict[str, Any]:
    """`shell`, `stages` and `undo` for base_staff.html; nothing outside of staff pages."""
    here = desk_of(request)
    if here is None:
        return {}
    return {
        "shell": SimpleLazyObject(lambda: _shell(request, here)),
        "stages": SimpleLazyObject(lambda: _stages(request, here)),
        "undo": SimpleLazyObject(lambda: take_undo(request, here.library.slug)),
    }


def _open_desk(request: HttpRequest, here: Desk) -> desks.Desk | None:
    """The desk whose page this is; on pages of all desks the first one at which this person works."""
    known = desks.desks_for(here.actor.roles) or desks.all_desks()
    return desks.desk_of_path(request.path) or next(iter(known), None)


def _stages(request: HttpRequest, here: Desk) -> list[dict[str, Any]]:
    desk = _open_desk(request, here)
    return desk.stages(request, here.library, here.actor) if desk else []


def _shell(request: HttpRequest, here: Desk) -> dict[str, Any]:
    desk, slug = _open_desk(request, here), here.library.slug
    mine = desks.desks_for(here.actor.roles)
    home = desk.links.page("queue", slug) if desk else "/"
    return {
        "service_name": _("Interlibrary loan"),
        "library_name": here.library.name,
        "home_url": home,
        "libraries": [
            {
                "name": each.name,
                "url": desk.links.page("queue", each.slug) if desk else "/",
                "current": each.pk == here.library.pk,
            }
            for each in here.libraries
        ],
        "desks": [
            {"label": each.label, "url": each.links.page("queue", slug), "current": each is desk}
            for each in mine
            if len(mine) > 1 or each is not desk
        ],
        "nav": _links(request, here, desk.nav if desk else ()),
        "search_url": home,
        "search_query": request.GET.get("q", ""),
        "keys_off": not getattr(request.user, "keyboard_shortcuts", True),
        "account_name": str(request.user),
        "account_nav": [
            {"label": _("My account"), "url": reverse("account")},
            *_links(request, here, (*(desk.account if desk else ()), *ACCOUNT)),
        ],
        "sign_out_url": reverse("logout"),
        "clocks_late": here.clocks_late,
        "clocks_url": _url(CLOCKS.name, slug) if CLOCKS.is_for(here.actor) else "",
    }


def _links(request: HttpRequest, here: Desk, links: Iterable[Link]) -> list[dict[str, Any]]:
    found = ((link, _url(link.name, here.library.slug)) for link in links if link.is_for(here.actor))
    return [{"label": link.label, "url": url, "current": request.path == url} for link, url in found if url]


def _url(name: str, slug: str) -> str:
    """The address of a page, which may or may not carry the library; "" when there is no such page."""
    for args in ([slug], []):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""
