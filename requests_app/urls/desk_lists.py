"""Addresses of the desk's lists: the queue, scanning, attention, patrons."""

from django.urls import URLPattern, URLResolver, path

from requests_app.views import attention, batch, desk_patrons, printing, queue, receive

_DESK = "desk/<slug:slug>/"

LISTS: list[URLPattern | URLResolver] = [
    path(_DESK, queue.queue, name="queue"),
    path(f"{_DESK}batch/", batch.batch, name="batch"),
    path(f"{_DESK}print/", printing.paper, name="print"),
    path(f"{_DESK}receive/", receive.receive, name="receive"),
    path(f"{_DESK}receive/new/", receive.new_list, name="receive_new"),
    path(f"{_DESK}attention/", attention.attention, name="attention"),
    path(f"{_DESK}attention/settle/", attention.settle, name="settle"),
    path(f"{_DESK}patrons/", desk_patrons.patrons, name="patrons"),
    path(f"{_DESK}patrons/<path:barcode>/", desk_patrons.patron, name="patron"),
]
