"""Addresses of a borrowing library's people, all below /from/<short name of the lending library>/."""

from django.urls import path

from lending.views import borrower_ask, borrower_moves, borrower_my

app_name = "borrower"

_AT = "from/<slug:slug>/"
_ONE = f"{_AT}requests/<str:number>/"

urlpatterns = [
    path("from/", borrower_ask.lenders, name="lenders"),
    path(_AT, borrower_my.mine, name="mine"),
    path(f"{_AT}ask/", borrower_ask.start, name="ask"),
    path(f"{_AT}ask/change/<str:key>/", borrower_ask.start, name="ask_change"),
    path(f"{_AT}ask/<slug:material>/", borrower_ask.details, name="ask_material"),
    path(f"{_AT}ask/<slug:material>/<str:key>/", borrower_ask.details, name="ask_draft"),
    path(f"{_AT}check/<str:key>/", borrower_ask.check, name="check"),
    path(f"{_AT}sent/<str:number>/", borrower_ask.sent, name="sent"),
    path(_ONE, borrower_my.one, name="request"),
    path(f"{_ONE}write/", borrower_my.write, name="write"),
    path(f"{_ONE}statement/", borrower_my.statement, name="statement"),
    path(f"{_ONE}copy/", borrower_my.copy, name="copy"),
    path(f"{_ONE}label/", borrower_my.label, name="label"),
    path(f"{_ONE}cancel/", borrower_moves.cancel, name="cancel"),
    path(f"{_ONE}again/", borrower_moves.again, name="again"),
    path(f"{_ONE}do/<slug:code>/", borrower_moves.do, name="do"),
]
