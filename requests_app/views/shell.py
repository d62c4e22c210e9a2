"""What surrounds every page of a patron: the library, its help, the patron's own pages (a context processor)."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from illservice.accounts.models import User
from illservice.directory.doors import desk_of
from patrons.selectors import patrons_of


def patron_shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for base_patron.html; nothing on pages of staff, who have a shell of their own."""
    if desk_of(request) is not None:
        return {}
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
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
                _link(request, _("My data"), "patron:data"),
                _link(request, _("How we tell you"), "patron:notices"),
                _link(request, _("My account"), "account"),
            ],
        }
    return found


def _link(request: HttpRequest, label: str, name: str) -> dict[str, Any]:
    url = reverse(name)
    return {"label": label, "url": url, "current": request.path == url}
