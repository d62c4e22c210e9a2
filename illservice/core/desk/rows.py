"""What a row of any desk's list is made of (components/_queue_row.html)."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from illservice.core.desk.links import Addresses
from illservice.core.workflow import Row


def row_of(
    request: Any,
    *,
    links: Addresses,
    slug: str,
    title: str,
    status: dict[str, str],
    waiting: Any,
    at: datetime,
    **more: Any,
) -> dict[str, Any]:
    """What stands in every row; `more`: detail, person, badges, action."""
    is_open = request.closed_at is None
    return {
        "number": request.number,
        "version": request.version,
        "url": links.request(slug, request.number),
        "title": title,
        "status": status,
        "waiting": waiting if is_open else "",
        "act_by": request.act_by if is_open else request.closed_at,
        "late": is_open and request.act_by < at,
        **more,
    }


def badges_of(
    request: Any, *, label: Callable[[str], Any], bad: Collection[str], quiet: Collection[str]
) -> list[dict[str, Any]]:
    """Rush and the open marks, in words."""
    found = [{"text": _("rush"), "tone": "bad"}] if request.rush and request.closed_at is None else []
    for mark in request.marks.all():
        if mark.cleared_at is None:
            tone = "bad" if mark.kind in bad else "neutral" if mark.kind in quiet else "warn"
            found.append({"text": str(label(mark.kind)), "tone": tone, "title": f"{mark.at:%Y-%m-%d}"})
    return found


def one_click_action(request: Any, step: Row, *, batch_url: str, back: str) -> dict[str, Any]:
    """A step that needs no further facts, as the button of its row."""
    fields = {"chosen": request.number, f"version-{request.number}": request.version, "do": step.action}
    return {"label": step.label, "url": batch_url, "method": "post", "fields": fields | {"back": back}}


def tone_of(next_actor: str, tones: Mapping[Any, str]) -> str:
    """The colour that helps to see who acts next."""
    return tones.get(next_actor, "neutral")
