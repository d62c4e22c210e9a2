"""What a step for several requests did: kept in the session, shown once (desk/_batch_results.html)."""

from typing import Any

from django.http import HttpRequest

RESULTS_KEY = "batch_results"


def result(number: str, words: str, *, title: str = "", url: str = "", **more: Any) -> dict[str, Any]:
    """What became of one request: number, title, words, whether it is done, and how to take it back."""
    blank = {"done": False, "missing": False, "undo": "", "act": ""}
    return {"number": number, "title": title[:120], "words": words, "url": url} | blank | more


def keep_results(request: HttpRequest, rows: list[dict[str, Any]]) -> None:
    """Keep them for the next page."""
    request.session[RESULTS_KEY] = rows


def take_results(request: HttpRequest) -> dict[str, Any] | None:
    """What the last batch did, once."""
    rows = request.session.pop(RESULTS_KEY, None)
    if not rows:
        return None
    return {"rows": rows, "done": sum(1 for row in rows if row["done"]), "all": len(rows)}
