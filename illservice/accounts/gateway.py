"""Sign-in by the institution's gateway: a header that only the gateway's own addresses may send (docs/settings.md)."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from illservice.accounts.models import User

SESSION_KEY = "gateway_name"
BACKEND = "django.contrib.auth.backends.ModelBackend"

Finder = Callable[[str], list[User]]
_finders: dict[str, Finder] = {}


def register_finder(name: str, finder: Finder) -> None:
    """Name a way to find accounts, asked when no user name matches; it returns all that match."""
    _finders[name] = finder


def find_user(handed_over: str) -> User | None:
    """The one active account that is meant: by user name, then by what is registered; None when none or several."""
    user = User.objects.filter(username=handed_over).first()
    if user is None:
        found = {each.pk: each for _name, finder in sorted(_finders.items()) for each in finder(handed_over)}
        user = found.popitem()[1] if len(found) == 1 else None
    return user if user is not None and user.is_active else None


def from_gateway(request: HttpRequest) -> bool:
    """Whether the request comes straight from an address in ILL_TRUSTED_PROXIES."""
    return is_trusted(request.META.get("REMOTE_ADDR", ""))


def is_trusted(address: str) -> bool:
    """Whether an address is the gateway's. An IPv4 address may come dressed as IPv6."""
    try:
        sender = ipaddress.ip_address(address)
    except ValueError:
        return False
    sender = getattr(sender, "ipv4_mapped", None) or sender
    return any(sender in network for network in settings.ILL_TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> str:
    """The address of the one who asks: what the outermost trusted proxy saw, never what the client claims."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not is_trusted(address) or not hop.strip():
            break
        address = hop.strip()
    return address


def take_name(request: HttpRequest) -> str:
    """The name that the gateway vouches for, or "". The header is gone afterwards, whoever sent it."""
    key = "HTTP_" + settings.ILL_TRUSTED_HEADER.upper().replace("-", "_")
    raw = request.META.pop(key, "").strip()
    if not raw or not from_gateway(request):
        return ""
    try:
        # WSGI hands headers over as Latin-1; gateways write UTF-8.
        return str(raw.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return str(raw)


def apply(request: HttpRequest) -> None:
    """Sign in, switch or sign out, so that the session is that of the name in the header.

    An unknown name signs nobody in and makes no account; `request.gateway_unknown` lets the sign-in page say so. A
    session that the gateway began ends when the gateway no longer names the person.
    """
    name = take_name(request)
    begun = request.session.get(SESSION_KEY)
    if name and name == begun and request.user.is_authenticated:
        return
    if begun:
        auth.logout(request)
    if not name:
        return
    user: User | None = find_user(name)
    if user is None:
        request.gateway_unknown = True  # type: ignore[attr-defined]  # read by the sign-in page
        return
    if request.user.is_authenticated and request.user.pk != user.pk:
        auth.logout(request)
    auth.login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = name
