"""Sign-in, the first page after it, and what somebody sets for themselves."""

from collections.abc import Collection
from typing import Any

from axes.helpers import get_cool_off
from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from illservice.accounts import selectors, services
from illservice.accounts.doors import UNSENT, homes_of, to_sign_in
from illservice.accounts.forms import AccountForm, SignInForm
from illservice.accounts.models import User
from illservice.core.desk.desks import all_desks, desks_for


class SignIn(LoginView):
    """The sign-in page. Somebody whom the gateway names but nobody here knows is told so."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also whether somebody comes from a form that was not taken."""
        return super().get_context_data(**kwargs) | {"unsent": UNSENT in self.request.GET}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, unless the gateway's name is unknown and the person has not asked for the form."""
        if getattr(request, "gateway_unknown", False) and "own" not in request.GET:
            return render(request, "accounts/unknown.html", {"next": self.get_redirect_url()}, status=403)
        return super().get(request, *args, **kwargs)


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponseBase:
    """`/`: staff to their desk (or the choice of several), borrowing libraries' people to theirs, everybody else to
    their own requests."""
    user = request.user
    if not isinstance(user, User):
        return redirect("login")
    desks = [(name, desk_url(slug, roles)) for slug, name, roles in selectors.desks_of(user)]
    places = desks + homes_of(user)
    if len(places) == 1:
        return HttpResponseRedirect(places[0][1])
    if places:
        choices = [{"name": name, "url": url} for name, url in places]
        return render(request, "accounts/choose.html", {"desks": choices, "my_url": "/my/"})
    if user.is_superuser:
        return redirect("admin:index")
    return HttpResponseRedirect("/my/")


def desk_url(slug: str, roles: Collection[str]) -> str:
    """Where the work of somebody with these roles begins in a library: at the first desk that is theirs."""
    known = desks_for(roles) or all_desks()
    return known[0].links.page("queue", slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """/account/: language, and for staff single keys."""
    user = request.user
    if not isinstance(user, User):
        return to_sign_in(request)
    now: dict[str, Any] = {"language": user.language, "keyboard_shortcuts": user.keyboard_shortcuts}
    is_staff = bool(selectors.desks_of(user))
    form = AccountForm(request.POST if request.method == "POST" else None, initial=now, is_staff=is_staff)
    if request.method == "POST" and form.is_valid():
        services.change_preferences(user=user, **(now | form.cleaned_data))
        messages.success(request, _("Your choices are saved."))
        return redirect("account")
    return render(
        request, "accounts/account.html", {"form": form, "has_password": user.has_usable_password()}
    )


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """429 with the seconds to wait, for somebody who tried too often. It does not say whether the account exists."""
    pause = get_cool_off(request)
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(int(pause.total_seconds()) if pause else 900)
    return response
