"""The door to the pages of a borrowing library's person.

@borrower_page
def mine(request, dealing, actor): ...             # path("from/<slug:slug>/", mine)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from illservice.accounts.doors import to_sign_in
from illservice.accounts.models import User
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import NotFound
from lending.selectors.borrowers import Dealing, dealings_of

SESSION_KEY = "borrower_library"


class BorrowerView(Protocol):
    """A view that gets the dealing and the actor from `borrower_page`."""

    def __call__(
        self, request: HttpRequest, dealing: Dealing, actor: Actor, /, *args: Any, **kwargs: Any
    ) -> HttpResponseBase: ...


def actor_of(dealing: Dealing) -> Actor:
    """The borrowing library as the one who acts."""
    return Actor(ActorKind.PARTNER, id=dealing.borrower.pk, library_id=dealing.lender.pk)


def borrower_actor(request: HttpRequest, slug: str) -> tuple[Dealing, Actor]:
    """With whom the signed-in person deals at the lending library of an address, and the actor.

    Somebody who asks for several libraries asks for the one chosen last (`choose_borrower`), else for the first by
    name. NotFound when no account opens anything there.
    """
    user = request.user
    found = dealings_of(user) if isinstance(user, User) else []
    here = [each for each in found if each.lender.slug == slug]
    if not here:
        raise NotFound(library=slug)
    chosen = request.session.get(SESSION_KEY)
    dealing = next((each for each in here if each.borrower.pk == chosen), here[0])
    request.shell = _shell(request, dealing, several=len(found) > 1)  # type: ignore[attr-defined]  # for `around`
    return dealing, actor_of(dealing)


def choose_borrower(request: HttpRequest, library_id: int) -> None:
    """Remember for which of several libraries the person asks now."""
    request.session[SESSION_KEY] = library_id


def homes_of(user: User) -> list[tuple[str, str]]:
    """Where the pages of a borrowing library's person begin, for `/`."""
    found = dealings_of(user)
    if len(found) > 1:
        return [(_("Libraries that you ask for loans and copies"), reverse("borrower:lenders"))]
    return [(each.lender.name, reverse("borrower:mine", args=[each.lender.slug])) for each in found]


def borrower_page(view: BorrowerView) -> Callable[..., HttpResponseBase]:
    """Make a page of a borrowing library's person. The address must hold `<slug:slug>` of the lending library; the
    page is drawn in that library's time, and nobody stores what it answers."""

    @wraps(view)
    def page(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        dealing, actor = borrower_actor(request, slug)
        with timezone.override(dealing.lender.timezone):
            response = view(request, dealing, actor, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response = response.render()
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return page


def _shell(request: HttpRequest, dealing: Dealing, *, several: bool) -> dict[str, Any]:
    """What surrounds the page: the lending library's name and help, the person's own library, the ways on."""
    lender, slug = dealing.lender, dealing.lender.slug
    home = reverse("borrower:mine", args=[slug])
    links = [(_("Our requests"), home), (_("Ask for something"), reverse("borrower:ask", args=[slug]))]
    if several:
        links.append((_("Other libraries"), reverse("borrower:lenders")))
    links.append((_("My account"), reverse("account")))
    return {
        "home_url": home,
        "library_name": lender.name,
        "account_name": f"{request.user} – {dealing.borrower.name}",
        "sign_out_url": reverse("logout"),
        "help_email": lender.email,
        "help_phone": lender.phone,
        "nav": [{"label": label, "url": url, "current": request.path == url} for label, url in links],
    }
