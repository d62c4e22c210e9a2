"""The lending desk's list of what other libraries owe us, and of what goes back to them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from illservice.core.actors import Actor
from illservice.core.desk.money import MoneySide, money_file, money_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.filters import ChargeFilter
from lending.models import LendingCharge
from lending.selectors.money import charges_visible_to, for_money_list
from lending.views.links import LINKS
from lending.workflow.rights import DESK


def _their_number(charge: LendingCharge) -> str:
    return charge.request.borrower_number


MONEY = MoneySide(
    links=LINKS,
    visible=charges_visible_to,
    for_list=for_money_list,
    narrow=ChargeFilter,
    extra={_("Their number"): _their_number},
)


@require_safe
@staff_page(roles=DESK)
def money(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/money/."""
    return money_page(MONEY, request, library, actor)


@require_safe
@staff_page(roles=DESK)
def export(request: HttpRequest, library: Library, actor: Actor) -> HttpResponseBase:
    """/lend/<slug>/money/export/: the same list as a file."""
    return money_file(MONEY, request, library, actor)
