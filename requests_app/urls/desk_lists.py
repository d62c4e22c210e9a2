"""Addresses of the desk's lists: the queue, scanning, attention, patrons."""

from django.urls import URLPattern, URLResolver, path

from requests_app.views import (
    attention,
    batch,
    copyright_desk,
    copyright_report,
    desk_patrons,
    desk_privacy,
    money,
    printing,
    queue,
    receive,
    replay,
)

_DESK = "desk/<slug:slug>/"

LISTS: list[URLPattern | URLResolver] = [
    path(_DESK, queue.queue, name="queue"),
    path(f"{_DESK}batch/", batch.batch, name="batch"),
    path(f"{_DESK}print/", printing.paper, name="print"),
    path(f"{_DESK}receive/", receive.receive, name="receive"),
    path(f"{_DESK}receive/new/", receive.new_list, name="receive_new"),
    path(f"{_DESK}attention/", attention.attention, name="attention"),
    path(f"{_DESK}attention/settle/", attention.settle, name="settle"),
    path(f"{_DESK}money/", money.money, name="money"),
    path(f"{_DESK}money/export/", money.export, name="money_export"),
    path(f"{_DESK}copyright-replay/", replay.copyright_replay, name="copyright_replay"),
    path(f"{_DESK}copyright/", copyright_desk.desk, name="copyright"),
    path(f"{_DESK}copyright/report/", copyright_report.overview, name="copyright_report"),
    path(f"{_DESK}copyright/counts/", copyright_report.count_file, name="copyright_counts"),
    path(f"{_DESK}copyright/royalties/", copyright_report.royalty_file, name="copyright_royalties"),
    path(f"{_DESK}copyright/pay/", copyright_report.pay, name="copyright_pay"),
    path(f"{_DESK}copyright/rules/", copyright_report.rules, name="copyright_rules"),
    path(f"{_DESK}privacy/", desk_privacy.rules, name="privacy"),
    path(f"{_DESK}data/<path:barcode>/", desk_privacy.held, name="data"),
    path(f"{_DESK}data-file/<path:barcode>/", desk_privacy.file, name="data_file"),
    path(f"{_DESK}patrons/", desk_patrons.patrons, name="patrons"),
    path(f"{_DESK}patrons/<path:barcode>/", desk_patrons.patron, name="patron"),
]
