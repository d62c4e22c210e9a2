"""Addresses of the pages about notices."""

from django.urls import path

from illservice.notices import views

app_name = "notices"

urlpatterns = [
    path("desk/<slug:slug>/notices/", views.texts, name="index"),
    path("desk/<slug:slug>/notices/rules/", views.rules, name="rules"),
    path("desk/<slug:slug>/notices/gateway/", views.try_gateway, name="gateway"),
    path("desk/<slug:slug>/notices/<slug:kind>/<slug:language>/", views.text, name="text"),
    path("desk/<slug:slug>/mails/", views.mails, name="mails"),
    path("desk/<slug:slug>/mails/again/", views.again, name="again"),
]
