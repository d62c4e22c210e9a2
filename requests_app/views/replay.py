"""What would this setting have done last year? An export of ILLiad decided again; nothing of it is stored."""

from collections import Counter
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from illservice.accounts.roles import Role
from illservice.core.actors import Actor
from illservice.core.csvfile import csv_lines
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.forms.replay import ReplayForm
from requests_app.services.replay import NoExport, Replay, read_export, replay

NAME = "export"
"""Stands for the file in the answer: its own name is the sender's affair."""
_RULES = {
    "D1": gettext_lazy("a loan"),
    "D2": gettext_lazy("not protected"),
    "D3": gettext_lazy("with permission"),
    "D4": gettext_lazy("a kind that the law leaves out"),
    "D5": gettext_lazy("a whole work"),
    "D6": gettext_lazy("subscribed to or ordered"),
    "D7": gettext_lazy("an older article"),
    "D8": gettext_lazy("a recent article within the limit"),
    "D9": gettext_lazy("a recent article over the limit"),
    "D10": gettext_lazy("part of a work that is owned"),
    "D11": gettext_lazy("part of another work within the limit"),
    "D12": gettext_lazy("part of another work over the limit"),
    "D13": gettext_lazy("date or journal not known: for staff"),
}
SHOWN = 100
"""Lines of each list that the page shows; the files have all of them."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles={Role.ADMINISTRATOR})
def copyright_replay(request: HttpRequest, _library: Library, _actor: Actor) -> HttpResponseBase:
    """/desk/<slug>/copyright-replay/: bring a file, see it decided, or take the answer as a file (`as`: json, csv)."""
    form, report = ReplayForm(), None
    if request.method == "POST":
        form = ReplayForm(request.POST, request.FILES)
        report = _decided(form) if form.is_valid() else None
    if report is not None and request.POST.get("as") in _FILES:
        return _FILES[request.POST["as"]](report)
    refused = form.is_bound and report is None
    context = {"form": form, "report": _in_words(report) if report else None}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "desk/replay.html", context, status=status)


def _decided(form: ReplayForm) -> Replay | None:
    try:
        return replay(read_export(NAME, form.cleaned_data["file"]), form.settings)
    except NoExport:
        form.add_error(
            "file", _("This is no export of borrowing: its first line names no column “Creation Date”.")
        )
        return None


def _in_words(report: Replay) -> dict[str, Any]:
    """The report as the page shows it."""
    told = report.as_json()
    theirs = sorted({each for row in report.table.values() for each in row})
    return {
        "rows": report.rows,
        "decided": [(rule, _RULES.get(rule, ""), number) for rule, number in told["decided"].items()],
        "journals": _journals(report)[:SHOWN],
        "columns": theirs,
        "table": [(ours, [row[each] for each in theirs]) for ours, row in sorted(report.table.items())],
        "compared": report.compared,
        "agreed": report.agreed,
        "rate": "" if report.rate is None else f"{report.rate:.2%}",
        "disagreements": report.disagreements[:SHOWN],
        "undecidable": report.undecidable[:SHOWN],
        "more_disagreements": max(len(report.disagreements) - SHOWN, 0),
        "more_undecidable": max(len(report.undecidable) - SHOWN, 0),
    }


def _journals(report: Replay) -> list[dict[str, Any]]:
    """The journals over the limit by year, those with most copies over it first."""
    over = Counter((each.journal, each.issn, each.year) for each in report.over_limit)
    return [
        {"journal": journal or issn, "issn": issn, "year": year, "copies": number}
        for (journal, issn, year), number in sorted(over.items(), key=lambda each: (-each[1], each[0]))
    ]


def _as_json(report: Replay) -> HttpResponseBase:
    return _attached(JsonResponse(report.as_json(), json_dumps_params={"ensure_ascii": False}), "json")


def _as_csv(report: Replay) -> HttpResponseBase:
    header = ("list", "line", "journal", "issn", "year", "count", "rule", "ours", "theirs", "why")
    response = StreamingHttpResponse(
        csv_lines(header, _csv_rows(report)), content_type="text/csv; charset=utf-8"
    )
    return _attached(response, "csv")


def _csv_rows(report: Replay) -> Iterator[Sequence[object]]:
    for over in report.over_limit:
        yield "over_limit", over.line, over.journal, over.issn, over.year, over.count, "", "", "", ""
    for each in report.undecidable:
        yield "undecidable", each.line, "", "", "", "", each.rule or "", "", "", each.why
    for other in report.disagreements:
        yield "disagreement", other.line, "", "", "", "", "", other.ours, other.theirs, other.why


def _attached(response: HttpResponse | StreamingHttpResponse, ending: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="copyright-replay.{ending}"'
    return response


_FILES = {"json": _as_json, "csv": _as_csv}
