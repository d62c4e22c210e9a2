"""Addresses of what the lending desk prints."""

from django.urls import URLPattern, URLResolver, path

from lending.views import printing

PAPER: list[URLPattern | URLResolver] = [
    path("lend/<slug:slug>/print/", printing.paper, name="print"),
    path("lend/<slug:slug>/print/done/", printing.printed, name="printed"),
]
