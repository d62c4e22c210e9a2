"""What all pages of a borrowing library's person share: the shell around them, drafts, kind words for those gone."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from illservice.citations.drafts import Draft, DraftGone, find_draft
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from lending.doors import BorrowerView, borrower_page
from lending.forms.borrower import Setting
from lending.models import StatementRule
from lending.selectors.borrowers import Dealing


def draw(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    """A page in the shell of the lending library."""
    shell = getattr(request, "shell", {})
    return render(request, template, {"shell": shell} | context, status=status)


def asking_page(view: BorrowerView) -> Callable[..., HttpResponseBase]:
    """Like `borrower_page`, but somebody whose draft is long gone gets a kind page."""

    @wraps(view)
    def page(
        request: HttpRequest, dealing: Dealing, actor: Actor, /, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            return view(request, dealing, actor, *args, **kwargs)
        except DraftGone:
            return draw(request, "borrower/draft_gone.html", {"slug": dealing.lender.slug}, status=404)

    return borrower_page(page)


def owner_of(request: HttpRequest, dealing: Dealing) -> str:
    """Whose a draft is: one person's, in the name of one library, to one other."""
    return f"borrower:{request.user.pk}:{dealing.borrower.pk}:{dealing.lender.pk}"


def own_draft(request: HttpRequest, dealing: Dealing, key: str) -> Draft:
    """The person's own draft for this dealing; DraftGone for any other."""
    return find_draft(key, owner_of(request, dealing))


def setting_of(dealing: Dealing, at: datetime) -> Setting:
    """What the form must know of the lending library and of today."""
    today = local_date(at, dealing.lender.timezone)
    return Setting(dealing, today, dealing.rules.rule_without_statement != StatementRule.WARN)
