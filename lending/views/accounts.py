"""Who may ask us on the web in the name of a partner: given, listed, taken away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.forms.accounts import AccountForm
from lending.selectors.borrowers import accounts_at
from lending.services import accounts as services
from lending.workflow.rights import DESK


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=DESK)
def accounts(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/accounts/: the accounts, and a form for a new one."""
    form = AccountForm(request.POST if request.method == "POST" else None, library=library)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_account(library_id=library.pk, actor=actor, at=clock.now(), **form.cleaned_data)
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            words = _("%(name)s can ask us now. A mail with the way in is on its way.")
            messages.success(request, words % {"name": form.cleaned_data["name"]})
            return redirect("lending:accounts", library.slug)
    rows = [{"account": each, "own": each.lender_id == library.pk} for each in accounts_at(library)]
    return render(request, "lending/accounts.html", {"form": form, "rows": rows, "library": library})


def _key(request: HttpRequest) -> int:
    """The account that a button names."""
    text = request.POST.get("account", "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise NotFound(account=text[:20])
    return int(text)


@require_POST
@staff_page(roles=DESK)
def write_again(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/accounts/again/: the mail with the way in once more."""
    services.write_again(library_id=library.pk, account_id=_key(request), actor=actor, at=clock.now())
    messages.success(request, _("The mail is on its way once more."))
    return redirect("lending:accounts", library.slug)


@require_POST
@staff_page(roles=DESK)
def take(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/accounts/remove/: the person asks us no more."""
    services.take_account(library_id=library.pk, account_id=_key(request), actor=actor, at=clock.now())
    messages.success(request, _("The account is removed."))
    return redirect("lending:accounts", library.slug)
