"""The door to a library's staff pages: who is this, in which library, with which roles.

@staff_page
def queue(request, library, actor): ...            # path("desk/<slug:slug>/", queue)

@staff_page(roles={Role.HEAD, Role.ADMINISTRATOR})
def texts(request, library, actor, code): ...
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, overload
from weakref import WeakKeyDictionary

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.generic.base import View

from illservice.accounts.doors import to_sign_in
from illservice.accounts.models import User
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound, NotPermitted
from illservice.directory.models import Library
from illservice.directory.selectors import memberships_of


class StaffView(Protocol):
    """A view that gets the library and the actor from `staff_page`."""

    def __call__(
        self, request: HttpRequest, library: Library, actor: Actor, /, *args: Any, **kwargs: Any
    ) -> HttpResponseBase: ...


Page = Callable[..., HttpResponseBase]

_staffed: WeakKeyDictionary[HttpRequest, list[Library]] = WeakKeyDictionary()
"""Where else the person works, so that the shell need not ask again."""
_late: WeakKeyDictionary[HttpRequest, bool] = WeakKeyDictionary()
"""Whether something that the service does by itself is late, asked in the same statement."""


def staff_actor(
    request: HttpRequest, slug: str, roles: Collection[str] | None = None
) -> tuple[Library, Actor]:
    """The library of an address and the signed-in person as its staff.

    NotFound when the person does not work there (and when there is no such library: the two are not told apart),
    NotPermitted when `roles` are given and the person holds none of them. Costs one SQL statement.
    """
    user = request.user
    everywhere = memberships_of(user, now=clock.now()) if isinstance(user, User) else []
    rows = [row for row in everywhere if row.library.slug == slug]
    if not rows:
        raise NotFound(library=slug)
    _staffed[request] = list({row.library.pk: row.library for row in everywhere}.values())
    _late[request] = rows[0].clocks_late
    library = rows[0].library
    actor = Actor(
        ActorKind.STAFF,
        id=user.pk,
        library_id=library.pk,
        roles=frozenset(row.role for row in rows),
        branches=_branches([row.branch_id for row in rows]),
    )
    if roles is not None and not actor.roles & {str(role) for role in roles}:
        raise NotPermitted(roles=sorted(str(role) for role in roles))
    return library, actor


def _branches(limits: list[int | None]) -> frozenset[int]:
    """Limits count only when every membership has one: a role for all of the library opens all of it."""
    known = frozenset(limit for limit in limits if limit is not None)
    return known if len(known) == len(set(limits)) else frozenset()


@overload
def staff_page(view: StaffView) -> Page: ...
@overload
def staff_page(*, roles: Collection[str]) -> Callable[[StaffView], Page]: ...
def staff_page(
    view: StaffView | None = None, *, roles: Collection[str] | None = None
) -> Page | Callable[[StaffView], Page]:
    """Make a page of one library's staff. The address must hold `<slug:slug>`; nobody stores what it answers."""

    def decorate(inner: StaffView) -> Page:
        @wraps(inner)
        def page(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if isinstance(request.user, AnonymousUser):
                return to_sign_in(request)
            library, actor = staff_actor(request, slug, roles)
            remember(request, library, actor)
            with timezone.override(library.timezone):
                response = _rendered(inner(request, library, actor, *args, **kwargs))
            _keep_private(response)
            return response

        return page

    return decorate if view is None else decorate(view)


class StaffPage(View):
    """The same for views that are classes: `self.library`, `self.actor`; `roles` narrows it."""

    roles: Collection[str] | None = None
    library: Library
    actor: Actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the right people in, everybody else not."""
        if isinstance(request.user, AnonymousUser):
            return to_sign_in(request)
        self.library, self.actor = staff_actor(request, kwargs.pop("slug"), self.roles)
        self.kwargs.pop("slug", None)
        remember(request, self.library, self.actor)
        with timezone.override(self.library.timezone):
            response = _rendered(super().dispatch(request, *args, **kwargs))
        _keep_private(response)
        return response


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody of the staff is working in this request, for the shell of the page."""

    library: Library
    actor: Actor
    libraries: list[Library]
    clocks_late: bool = False


_desks: WeakKeyDictionary[HttpRequest, Desk] = WeakKeyDictionary()


def remember(request: HttpRequest, library: Library, actor: Actor) -> None:
    """Keep for the shell which library's page this is."""
    _desks[request] = Desk(library, actor, _staffed.get(request, [library]), _late.get(request, False))


def desk_of(request: HttpRequest) -> Desk | None:
    """The library and actor of the page being made, None outside of staff pages."""
    return _desks.get(request)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Templates are drawn while the library's own time zone holds."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _keep_private(response: HttpResponseBase) -> None:
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
