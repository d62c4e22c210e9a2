"""Addresses of a patron's pages."""

from django.urls import path

from requests_app.views import (
    openurl,
    patron_ask,
    patron_moves,
    patron_my,
    patron_needed,
    patron_notices,
    patron_privacy,
)

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
    path("my/data/", patron_privacy.held, name="data"),
    path("my/data/all/", patron_privacy.everything, name="data_all"),
    path("my/data/file/", patron_privacy.file, name="data_file"),
    path("my/data/choose/", patron_privacy.choose, name="data_choose"),
    path("my/data/erase/", patron_privacy.erase, name="erase"),
    path("my/notices/", patron_notices.notices, name="notices"),
    path("my/notices/proxies/", patron_notices.proxy_add, name="proxy_add"),
    path("my/notices/proxies/<int:proxy>/remove/", patron_notices.proxy_remove, name="proxy_remove"),
    path("notices/stop/<str:token>/", patron_notices.stop_reminders, name="stop_reminders"),
    path("my/requests/<str:number>/due.ics", patron_notices.due_file, name="due_file"),
    path("my/requests/<str:number>/", patron_my.one, name="request"),
    path("my/requests/<str:number>/cancel/", patron_moves.cancel, name="cancel"),
    path("my/requests/<str:number>/needed/", patron_needed.needed, name="needed"),
    path("my/requests/<str:number>/again/", patron_moves.again, name="again"),
    path("my/requests/<str:number>/write/", patron_my.write, name="write"),
    path("my/requests/<str:number>/do/<slug:code>/", patron_moves.do, name="do"),
]
