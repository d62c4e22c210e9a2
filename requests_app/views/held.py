"""What is held about a person, as words for a page and as a file, for the person and for the desk."""

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from illservice.core.retention import Line, Told, all_held
from patrons.models import Patron


def summary_of(told: list[Told]) -> list[dict[str, Any]]:
    """Each kind in a few words: what, why, how long, how many."""
    return [
        {
            "label": each.held.label,
            "why": each.held.why,
            "until": each.held.until,
            "count": len(each.records),
        }
        for each in told
    ]


def sections_of(told: list[Told]) -> list[dict[str, Any]]:
    """Everything, each record as facts."""
    return [
        summary | {"records": [_facts(record) for record in each.records]}
        for each, summary in zip(told, summary_of(told), strict=True)
    ]


def kept_without_person() -> list[dict[str, Any]]:
    """What stays when the person is gone, and until when."""
    return [
        {"label": each.label, "why": each.why, "until": each.until}
        for each in all_held()
        if each.code in {"history", "citation", "exchange"}
    ]


def _facts(record: tuple[Line, ...]) -> list[dict[str, Any]]:
    return [
        {"label": line.label, "value": _in_words(line)} for line in record if line.value not in (None, "")
    ]


def _in_words(line: Line) -> str:
    """A language by its name: its code is for programs."""
    if line.name == "language":
        return str(_(dict(settings.LANGUAGES).get(line.value, line.value)))
    return _words(line.value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    return date_format(value) if isinstance(value, date) else str(value)


def as_file(patron: Patron, told: list[Told], at: datetime) -> HttpResponse:
    """The same as JSON, to be kept or taken elsewhere. Names are stable, words are in the reader's language."""
    content = {
        "made_at": at,
        "library": patron.library.name,
        "held": [
            {
                "code": each.held.code,
                "what": str(each.held.label),
                "why": str(each.held.why),
                "how_long": str(each.held.until),
                "records": [{line.name: _plain(line.value) for line in record} for record in each.records],
            }
            for each in told
        ],
    }
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="what-is-held.json"'
    return response


def _plain(value: Any) -> Any:
    """Words that wait for a language get theirs; the rest is what JSON takes."""
    return value if value is None or isinstance(value, bool | int | date) else str(value)
