"""The desk's addresses, all below /desk/<short name of the library>/."""

from django.urls import URLPattern, URLResolver, path

from requests_app.urls.desk_lists import LISTS
from requests_app.views import (
    actions,
    choose_lenders,
    copyright_texts,
    create,
    files,
    numbers,
    request_page,
    workflow_help,
)

app_name = "desk"

_ONE = "desk/<slug:slug>/requests/<str:number>/"

REQUEST_PAGES: list[URLPattern | URLResolver] = [
    path(_ONE, request_page.show, name="request"),
    path(f"{_ONE}note/", request_page.add_note, name="note"),
    path(f"{_ONE}accept-patron/", request_page.accept_patron, name="accept_patron"),
    path(f"{_ONE}files/", files.attach, name="files"),
    path(f"{_ONE}files/<str:key>/<slug:what>/", files.act, name="file"),
    path(f"{_ONE}undo/", actions.undo, name="undo"),
    path(f"{_ONE}do/plan_lenders/", choose_lenders.choose, name="choose_lenders"),
    path(f"{_ONE}do/<str:action>/", actions.act, name="act"),
    path(
        "desk/<slug:slug>/partners/<slug:partner>/address/",
        choose_lenders.partner_address,
        name="partner_address",
    ),
    path("desk/<slug:slug>/numbers/", numbers.paste, name="numbers"),
    path("desk/<slug:slug>/new/", create.new, name="new"),
    path("desk/<slug:slug>/copyright-texts/<path:version>/", copyright_texts.show, name="copyright_text"),
    path("desk/<slug:slug>/help/workflow/", workflow_help.show, name="workflow"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *LISTS,
    *REQUEST_PAGES,
]
