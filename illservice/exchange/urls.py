"""Addresses of the exchange."""

from django.urls import path

from illservice.exchange import views

app_name = "exchange"

urlpatterns = [
    path("iso18626", views.iso18626, name="iso18626"),
]
