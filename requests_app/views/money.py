"""The borrowing desk's list of what is owed: by us to lenders, by patrons to us."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from illservice.core.actors import Actor
from illservice.core.desk.money import MoneySide, money_file, money_page
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.filters import ChargeFilter
from requests_app.models import BorrowingCharge
from requests_app.selectors.money import charges_visible_to, for_money_list
from requests_app.views.links import LINKS
from requests_app.workflow.rights import DESK


def _patron(charge: BorrowingCharge) -> str:
    patron = charge.request.patron
    return f"{patron.name} ({patron.barcode})" if patron and charge.payer == "patron" else ""


MONEY = MoneySide(
    links=LINKS,
    visible=charges_visible_to,
    for_list=for_money_list,
    narrow=ChargeFilter,
    extra={_("Patron"): _patron},
)


@require_safe
@staff_page(roles=DESK)
def money(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/money/."""
    return money_page(MONEY, request, library, actor)


@require_safe
@staff_page(roles=DESK)
def export(request: HttpRequest, library: Library, actor: Actor) -> HttpResponseBase:
    """/desk/<slug>/money/export/: the same list as a file."""
    return money_file(MONEY, request, library, actor)
