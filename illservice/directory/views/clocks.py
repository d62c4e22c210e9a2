"""What the service does by itself: whether it runs, what it did last, and what it could not do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from illservice.accounts.roles import Role
from illservice.core import clock, timers
from illservice.core.actors import Actor
from illservice.core.desk.desks import desk_of_number
from illservice.core.timers import Standing, State, Stuck
from illservice.directory.doors import staff_page
from illservice.directory.models import Library


@require_safe
@staff_page(roles={Role.HEAD, Role.ADMINISTRATOR})
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/clocks/<slug>/: every clock with its state, and the work of this library that fails again and again."""
    standings = timers.standings(now=clock.now())
    stuck = [_stuck(each, library) for one in standings if one.clock.stuck for each in _of(one, library)]
    context = {
        "library": library,
        "clocks": [_clock(standing) for standing in standings],
        "stuck": stuck,
    }
    return render(request, "desk/clocks.html", context)


def _of(standing: Standing, library: Library) -> list[tuple[Standing, Stuck]]:
    found = standing.clock.stuck(library.pk) if standing.clock.stuck else []
    return [(standing, each) for each in found]


def _stuck(found: tuple[Standing, Stuck], library: Library) -> dict[str, Any]:
    standing, work = found
    desk = desk_of_number(work.number)
    return {
        "number": work.number,
        "url": desk.links.request(library.slug, work.number) if desk else "",
        "words": standing.clock.parts.get(work.part, work.part),
        "error": work.error,
        "attempts": work.attempts,
        "again_at": work.again_at,
    }


def _status(standing: Standing) -> dict[str, str]:
    """The state in words."""
    if standing.state == State.FAILED:
        return {"text": _("failed"), "tone": "bad"}
    if standing.state == State.LATE:
        return {"text": _("late"), "tone": "bad"}
    return {"text": _("well"), "tone": "ok"}


def _clock(standing: Standing) -> dict[str, Any]:
    run = standing.run
    return {
        "label": standing.clock.label,
        "status": _status(standing),
        "ran_at": run.finished_at if run else None,
        "late_at": run.late_at if run else None,
        "error": run.error if run else "",
        "parts": [
            {"words": words, "worked": _worked(run.worked.get(name) if run else None)}
            | _last(run.parts.get(name, {}) if run else {})
            for name, words in standing.clock.words().items()
        ],
    }


def _worked(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """When a part last did something, and how much."""
    return None if kept is None else {"at": parse_datetime(kept["at"]), "done": kept["done"]}


def _last(counts: dict[str, Any]) -> dict[str, Any]:
    """What was passed over in the last run, in words."""
    skipped: dict[str, int] = counts.get("skipped", {})
    return {"skipped": [{"words": timers.WHY.get(why, why), "count": n} for why, n in skipped.items()]}
