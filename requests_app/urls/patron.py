"""Addresses of a patron's pages."""

from django.urls import path

from requests_app.views import openurl, patron_ask, patron_moves, patron_my

app_name = "patron"

urlpatterns = [
    path("ask/", patron_ask.start, name="ask"),
    path("ask/change/<str:key>/", patron_ask.start, name="ask_change"),
    path("ask/check/<str:key>/", patron_ask.check, name="check"),
    path("ask/done/<str:number>/", patron_ask.asked, name="asked"),
    path("ask/done/<str:number>/save/", patron_ask.saved, name="asked_save"),
    path("ask/<slug:material>/", patron_ask.details, name="ask_material"),
    path("ask/<slug:material>/<str:key>/", patron_ask.details, name="ask_draft"),
    path("openurl", openurl.openurl, name="openurl"),
    path("openurl/", openurl.openurl),
    path("openurl/<str:key>/", openurl.resume, name="openurl_resume"),
    path("my/", patron_my.mine, name="mine"),
    path("my/library/", patron_my.library, name="library"),
    path("my/requests/<str:number>/", patron_my.one, name="request"),
    path("my/requests/<str:number>/cancel/", patron_moves.cancel, name="cancel"),
    path("my/requests/<str:number>/again/", patron_moves.again, name="again"),
    path("my/requests/<str:number>/write/", patron_my.write, name="write"),
    path("my/requests/<str:number>/do/<slug:code>/", patron_moves.do, name="do"),
]
