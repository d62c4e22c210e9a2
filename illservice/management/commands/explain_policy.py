"""`./ill explain_policy (--request NUMBER | --library SYMBOL --side SIDE …) [--on DATE] [--json]`: who wins and why."""

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from illservice.citations.kinds import Kind, Material
from illservice.core import clock
from illservice.core.errors import NotFound
from illservice.core.fitting import FIRST_YEAR, LAST_YEAR
from illservice.directory.models import Agreement, Library
from illservice.directory.selectors import library_by_symbol, partner_by_symbol
from illservice.policies.rules import Candidate
from illservice.policies.selectors import policy_numbers
from illservice.policies.services.explaining import About, Decided, Explanation, explain
from illservice.policies.terms import Side, to_json
from lending.models import LendingRequest
from lending.selectors.policies import decided_lending
from patrons.models import PatronCategory
from requests_app.models import BorrowingRequest
from requests_app.selectors.policies import decided_borrowing

_FACTS = ("library", "side", "partner", "category", "material", "kind")


class Command(BaseCommand):
    """Prints one JSON object with --json, else the same in lines for people."""

    help = (
        "Says which loan policy decides a request or a case, why the others do not, and every date from it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """A request, or a case."""
        parser.add_argument("--request", metavar="NUMBER", help="a request of either side")
        parser.add_argument("--library", metavar="SYMBOL", help="a library that works here")
        parser.add_argument("--side", choices=[str(side) for side in Side])
        parser.add_argument("--partner", metavar="SYMBOL", help="the lender or the borrower")
        parser.add_argument("--category", metavar="CODE", help="code of a patron category")
        parser.add_argument("--material", metavar="CODE", choices=Material.values)
        parser.add_argument("--kind", choices=[Kind.LOAN.value, Kind.COPY.value])
        parser.add_argument("--on", metavar="DATE", help="as of this day instead of today: YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find what is asked about, explain it, print it."""
        given = [name for name in _FACTS if options[name]]
        if options["request"] and given:
            _wrong(f"--request says all of it: leave out --{given[0]}.")
        if not options["request"] and not (options["library"] and options["side"]):
            _wrong("Give --request, or --library and --side.")
        on = _day(options["on"])
        library, found = _request(options["request"], on) if options["request"] else _case(options, on)
        shown = _shown(library, found, options["request"])
        if options["json"]:
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(shown)))


def _wrong(words: str) -> NoReturn:
    raise CommandError(words, returncode=2)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        _wrong(f"{text} is no date. Write it as 2026-03-16.")
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        _wrong(f"{text} cannot be right: the year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def _today(library: Library, on: date | None) -> date:
    return on or clock.local_date(clock.now(), library.timezone)


def _case(options: dict[str, Any], on: date | None) -> tuple[Library, Explanation]:
    try:
        library = library_by_symbol(options["library"])
    except NotFound:
        _wrong(f"No library with the symbol {options['library']} works here.")
    try:
        partner = partner_by_symbol(library, options["partner"]) if options["partner"] else None
    except NotFound:
        _wrong(f"{options['partner']} is no partner of {library.name}.")
    category = options["category"] or ""
    known = PatronCategory.objects.filter(library=library, code=category)
    if category and options["side"] == Side.BORROWING and not known.exists():
        _wrong(f"{library.name} has no patron category {category}.")
    about = About(partner.pk if partner else None, category, options["material"] or "", options["kind"] or "")
    return library, explain(library, options["side"], about, on=_today(library, on))


def _request(number: str, on: date | None) -> tuple[Library, Explanation]:
    """A request as it was decided; with a day, as it would be decided on that day."""
    borrowing = BorrowingRequest.objects.select_related("library").filter(number__iexact=number).first()
    lending = LendingRequest.objects.select_related("library").filter(number__iexact=number).first()
    if borrowing is not None:
        library, side, (about, known) = borrowing.library, Side.BORROWING, decided_borrowing(borrowing)
    elif lending is not None:
        library, side, (about, known) = lending.library, Side.LENDING, decided_lending(lending)
    else:
        _wrong(f"There is no request {number}.")
    if on is not None:
        known = _undecided(library, side, about, known, on)
    return library, explain(library, side, about, on=_today(library, on), decided=known)


def _undecided(library: Library, side: str, about: About, known: Decided, on: date) -> Decided:
    winner = explain(library, side, about, on=on).winner
    facts = asdict(known) | {"version_id": winner.version_id if winner else None}
    return Decided(**facts)


def _shown(library: Library, found: Explanation, number: str | None) -> dict[str, Any]:
    """The answer as JSON can say it: money and dates as text, moments with the offset of the library's zone."""
    names = _names(
        library, [found.winner, *(each.candidate for each in found.losers)], found.about.partner_id
    )
    asked = {
        "library": library.slug,
        "side": str(found.side),
        "request": number or None,
        "partner": names["partner"].get(found.about.partner_id or 0),
        "category": found.about.category or None,
        "material": found.about.material or None,
        "kind": found.about.kind or None,
        "on": found.on.isoformat(),
    }
    losers = [
        _candidate(each.candidate, names) | {"why": each.why, "words": str(each.words)}
        for each in found.losers
    ]
    terms = to_json(found.terms)
    return {
        "asked": asked,
        "winner": _candidate(found.winner, names) if found.winner else None,
        "defaults": found.winner is None,
        "losers": losers,
        "terms": terms,
        "computed": _computed(found, ZoneInfo(library.timezone)) | {"limits": _limits(terms)},
    }


def _limits(terms: dict[str, Any]) -> dict[str, Any]:
    names = ("renewals", "open_limit", "max_cost", "fee", "replacement_charge", "conditions")
    return {name: terms[name] for name in names}


def _computed(found: Explanation, zone: ZoneInfo) -> dict[str, Any]:
    said = {name: _plain(value, zone) for name, value in asdict(found.dates).items() if name != "overdue"}
    said["overdue"] = [
        {
            "step": step.ordinal,
            "of": step.of,
            "on": step.on.isoformat(),
            **asdict(step.does),
            "words": _does(step),
        }
        for step in found.dates.overdue
    ]
    return said


def _does(step: Any) -> str:
    acts = (("notice", "a notice"), ("block", "a block"), ("bill", "a bill"))
    return ", ".join(words for name, words in acts if getattr(step.does, name)) or "nothing"


def _plain(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each, zone) for each in value]
    return str(value) if isinstance(value, Decimal) else value


Names = dict[str, dict[int, Any]]


def _names(library: Library, candidates: list[Candidate | None], partner_id: int | None) -> Names:
    """What policies, partners and agreements are called, by their keys."""
    partners = {each.partner_id for each in candidates if each and each.partner_id} | {partner_id or 0}
    known = Library.objects.filter(pk__in=partners).values_list("pk", "slug")
    agreements = Agreement.objects.filter(library=library).values_list("pk", "code")
    return {"partner": dict(known), "agreement": dict(agreements), "policy": dict(policy_numbers(library))}


def _candidate(each: Candidate, names: Names) -> dict[str, Any]:
    selector = {
        "partner": names["partner"].get(each.partner_id or 0),
        "agreement": names["agreement"].get(each.agreement_id or 0),
        "category": each.category or None,
        "material": each.material or None,
        "kind": each.kind or None,
    }
    return {
        "policy": names["policy"][each.policy_id],
        "name": each.name,
        "version": each.number,
        "valid_from": each.valid_from.isoformat(),
        "valid_until": each.valid_until.isoformat() if each.valid_until else None,
        "stops": each.stops,
        "selector": selector,
    }


def _lines(shown: dict[str, Any]) -> list[str]:
    winner = shown["winner"]
    named = f"{winner['name']}, version {winner['version']}" if winner else "the service's defaults"
    lines = [f"decides: {named}"]
    lines += [f"not: {each['name']}, version {each['version']}: {each['words']}" for each in shown["losers"]]
    computed = dict(shown["computed"])
    steps, limits = computed.pop("overdue"), computed.pop("limits")
    lines += [f"{name}: {_text(value)}" for name, value in computed.items()]
    lines += [f"overdue {step['step']}/{step['of']} on {step['on']}: {step['words']}" for step in steps]
    return lines + [f"{name}: {_text(value)}" for name, value in limits.items()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
