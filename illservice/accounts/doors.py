"""What every door that needs a signed-in person does when there is none, and the door to the master data."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from illservice.accounts import selectors
from illservice.accounts.models import User
from illservice.core.errors import NotPermitted

UNSENT = "unsent"
"""In the address of the sign-in page: somebody comes from a form that was not taken."""


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to where the person wanted to go.

    A form cannot be sent again by a link, so after a POST the person is told that nothing was sent, and comes back to
    the page on which the form stood; a part of a page asked for by htmx leads the whole page there.
    """
    htmx = getattr(request, "htmx", None)
    unsent = "" if request.method in {"GET", "HEAD"} else f"&{UNSENT}=1"
    if htmx:
        target = redirect_to_login(htmx.current_url_abs_path or resolve_url("home"))
        return HttpResponseClientRedirect(target.url + unsent)
    if unsent:
        target = redirect_to_login(_page_of_form(request) or resolve_url("home"))
        return HttpResponseRedirect(target.url + unsent)
    return redirect_to_login(request.get_full_path())


def _page_of_form(request: HttpRequest) -> str:
    """The page of ours that sent a form, as the browser names it; "" where it does not."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return ""
    return urlunsplit(("", "", page.path, page.query, ""))


Home = Callable[[User], list[tuple[str, str]]]
_homes: dict[str, Home] = {}


def register_home(name: str, finder: Home) -> None:
    """Name a way to find where somebody's own pages begin, as name and address; asked after the desks (`/`)."""
    _homes[name] = finder


def homes_of(user: User) -> list[tuple[str, str]]:
    """Where somebody's own pages begin beside a patron's, by what is registered."""
    return [home for _name, finder in sorted(_homes.items()) for home in finder(user)]


class MasterDataSite(AdminSite):
    """Django's admin, for plain master data only: open to operators and to administrators of a library."""

    site_header = _("Master data")
    site_title = _("Master data")
    index_title = _("Master data")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators (superusers) and whoever is administrator in some library."""
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        return user.is_superuser or bool(selectors.administered_libraries(user))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page, with its lockout; somebody signed in without the right is told so."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise NotPermitted()
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
