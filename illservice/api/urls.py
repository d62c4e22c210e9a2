"""Addresses of the API, all below /api/."""

from django.urls import path

from illservice.api.description import Pages, Schema
from requests_app.api.copyright import CopyrightView
from requests_app.api.requests import RequestViewSet

app_name = "api"

urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Pages.as_view(), name="docs"),
    path("v1/copyright/", CopyrightView.as_view(), name="copyright"),
    path("v1/requests/", RequestViewSet.as_view({"get": "list", "post": "create"}), name="requests"),
    path("v1/requests/<str:number>/", RequestViewSet.as_view({"get": "retrieve"}), name="request"),
    path(
        "v1/requests/<str:number>/actions/<slug:action>/",
        RequestViewSet.as_view({"post": "act"}),
        name="act",
    ),
]
