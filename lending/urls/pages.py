"""Addresses of one request at the lending desk, of typing one in, and of the desk's rules."""

from django.urls import URLPattern, URLResolver, path

from lending.views import actions, create, documents, request_page, rules, workflow_help

_DESK = "lend/<slug:slug>/"
_ONE = f"{_DESK}requests/<str:number>/"

PAGES: list[URLPattern | URLResolver] = [
    path(_ONE, request_page.show, name="request"),
    path(f"{_ONE}note/", request_page.add_note, name="note"),
    path(f"{_ONE}files/", documents.attach, name="attach"),
    path(f"{_ONE}files/remove/", documents.detach, name="detach"),
    path(f"{_ONE}undo/", actions.undo, name="undo"),
    path(f"{_ONE}do/<str:action>/", actions.act, name="act"),
    path(f"{_DESK}new/", create.new, name="new"),
    path(f"{_DESK}rules/", rules.rules, name="rules"),
    path(f"{_DESK}borrowers/<slug:partner>/standing/", rules.standing, name="standing"),
    path(f"{_DESK}help/workflow/", workflow_help.show, name="workflow"),
]
