"""Addresses of the pages about loan policies."""

from django.urls import path

from illservice.policies.views import editing, pages

app_name = "policies"

urlpatterns = [
    path("policies/<slug:slug>/", pages.index, name="index"),
    path("policies/<slug:slug>/new/<slug:side>/", editing.new, name="new"),
    path("policies/<slug:slug>/<int:number>/", editing.edit, name="edit"),
    path("policies/<slug:slug>/<int:number>/stop/", editing.stop, name="stop"),
    path("policies/<slug:slug>/<int:number>/undo/", editing.undo, name="undo"),
]
