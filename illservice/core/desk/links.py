"""Addresses of a desk's pages, so that they are put together in one place; both desks name their pages alike."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


@dataclass(frozen=True, slots=True)
class Addresses:
    """The pages of one desk. `space` is the name under which its addresses are included."""

    space: str

    def page(self, name: str, slug: str) -> str:
        """A page of the desk that is not about one request: queue, batch, attention, settle, scan …"""
        return reverse(f"{self.space}:{name}", args=[slug])

    def request(self, slug: str, number: str) -> str:
        """The page of one request."""
        return reverse(f"{self.space}:request", args=[slug, number])

    def action(self, slug: str, number: str, action: str) -> str:
        """The form of one action on a request."""
        return reverse(f"{self.space}:act", args=[slug, number, action])

    def undo(self, slug: str, number: str) -> str:
        """Where an act on a request is taken back."""
        return reverse(f"{self.space}:undo", args=[slug, number])


def with_query(request: HttpRequest, **changes: str | None) -> str:
    """The present address with other parameters; None takes one away. A changed list begins at its first page."""
    query = request.GET.copy()
    if "cursor" not in changes:
        query.pop("cursor", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def back_to(request: HttpRequest, fallback: str) -> str:
    """Where a form wants to return to: one of our own pages, otherwise `fallback`."""
    wish = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(wish, allowed_hosts=None) and wish.startswith("/")
    return wish if ours else fallback


def as_row_link(label: Any, url: str) -> dict[str, Any]:
    """A link where a list offers its next step (components/_row_action.html)."""
    return {"label": label, "url": url, "method": "get"}
