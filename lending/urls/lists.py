"""Addresses of the lending desk's lists: the queue, what is to be fetched, scanning, attention."""

from django.urls import URLPattern, URLResolver, path

from lending.views import attention, money, queue, scan, stacks

_DESK = "lend/<slug:slug>/"

LISTS: list[URLPattern | URLResolver] = [
    path(_DESK, queue.queue, name="queue"),
    path(f"{_DESK}batch/", queue.batch, name="batch"),
    path(f"{_DESK}stacks/", stacks.stacks, name="stacks"),
    path(f"{_DESK}scan/", scan.scan, name="scan"),
    path(f"{_DESK}scan/new/", scan.new_list, name="scan_new"),
    path(f"{_DESK}attention/", attention.attention, name="attention"),
    path(f"{_DESK}attention/settle/", attention.settle, name="settle"),
    path(f"{_DESK}money/", money.money, name="money"),
    path(f"{_DESK}money/export/", money.export, name="money_export"),
]
