"""The banner with the way back: kept in the session by the act, drawn on the next page of any desk."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from illservice.core.desk.desks import desk_of_number

UNDO_KEY = "undo"


def offer_undo(
    request: HttpRequest, *, number: str, undo: dict[str, Any] | None, text: str, at: datetime
) -> None:
    """Offer to take the act back on the next page. `undo` is what the request keeps of its last act."""
    if not undo:
        return
    until = at + timedelta(seconds=settings.ILL_UNDO_SECONDS)
    request.session[UNDO_KEY] = {
        "number": number,
        "act": undo["act"],
        "text": text,
        "until": until.isoformat() if undo.get("sends") else "",
    }


def take_undo(request: HttpRequest, slug: str) -> dict[str, Any] | None:
    """The banner of the last act, once (components/_undo.html). The number says whose desk takes it back."""
    kept = request.session.pop(UNDO_KEY, None)
    desk = desk_of_number(kept["number"]) if kept else None
    if kept is None or desk is None:
        return None
    until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
    fields = {"act": kept["act"], "back": request.get_full_path()}
    url = desk.links.undo(slug, kept["number"])
    return {"text": kept["text"], "url": url, "until": until, "fields": fields}
