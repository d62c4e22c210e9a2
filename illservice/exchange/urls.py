"""Addresses of the exchange. What is said about one request stands last: its number could be any word."""

from django.urls import path

from illservice.exchange.views import log, partners, wire

app_name = "exchange"

_PARTNERS = "exchange/<slug:slug>/partners/"
_ONE = f"{_PARTNERS}<slug:partner>/"

urlpatterns = [
    path("iso18626", wire.iso18626, name="iso18626"),
    path(_PARTNERS, partners.index, name="partners"),
    path(_ONE, partners.partner, name="partner"),
    path(f"{_ONE}test/", partners.test, name="test"),
    path(f"{_ONE}try/", partners.try_now, name="try"),
    path(f"{_ONE}credentials/", partners.credentials, name="credentials"),
    path("exchange/<slug:slug>/<str:number>/", log.show, name="log"),
    path("exchange/<slug:slug>/<str:number>/again/", log.again, name="again"),
]
