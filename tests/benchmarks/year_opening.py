"""How `year` begins: libraries with closures, patrons, loans that are out, and requests that wait for a lender.

Written in bulk, as an import writes them: the year is about what happens afterwards.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.numbers import next_numbers
from illservice.core.workflow import Beside, Step, go_on, replay
from illservice.directory.models import Branch, ClosedDay, LegalEntity, Library, Partnership
from illservice.policies.models import PolicyVersion
from illservice.policies.services import Selector, Wording, make_policy
from illservice.policies.terms import OverdueStep, Side, Terms
from patrons.models import Patron, PatronCategory
from requests_app.models import (
    BorrowingEvent,
    BorrowingMark,
    BorrowingRequest,
    BorrowingTimer,
    LenderTry,
    TryStatus,
)
from requests_app.services.dates import patron_date
from requests_app.services.illiad.opened import BESIDE
from requests_app.workflow import MACHINE
from requests_app.workflow import states as s


@dataclass(frozen=True)
class Rules:
    """What a library's policy says here: days of reminders before and after the date, and of its own renewals."""

    zone: str
    due_soon: tuple[int, ...]
    overdue: tuple[int, ...]
    auto_renew: int | None = None


LIBRARIES = {
    "west": Rules("America/Chicago", (3,), (1,)),
    "middle": Rules("Europe/Berlin", (7, 2), (1, 7, 14)),
    "east": Rules("Pacific/Auckland", (3,), (1, 10), auto_renew=6),
}
DIGEST_HOUR = 7
LOANS_OF_A_PATRON = 3
LENDERS = 4


@dataclass(frozen=True)
class Placed:
    """What the rows of an import ask."""

    placed: str = ""
    outcome: str = ""


def make_libraries(first: date, random: Random) -> list[Library]:
    """Three libraries, each with its weekend, thirty single closed days and two weeks in a row."""
    made = []
    for slug, rules in LIBRARIES.items():
        library = Library.objects.create(
            entity=LegalEntity.objects.create(name=slug), name=slug.title(), slug=slug, is_tenant=True,
            timezone=rules.zone, email=f"desk@{slug}.example", closed_weekdays="7" if slug == "middle" else "67",
            digest_hour=DIGEST_HOUR,
        )  # fmt: skip
        Branch.objects.create(library=library, code="main", name="Main", is_main=True)
        PatronCategory.objects.create(library=library, code="reader", name="Reader")
        days = {first + timedelta(days=random.randint(0, 460)) for _ in range(30)}
        holiday = first + timedelta(days=random.randint(100, 200))
        days |= {holiday + timedelta(days=each) for each in range(14)}
        ClosedDay.objects.bulk_create(ClosedDay(library=library, date=day) for day in sorted(days))
        _policy(library, rules, first)
        made.append(library)
    for number in range(LENDERS):
        lender = Library.objects.create(
            name=f"Lender {number}", slug=f"lender-{number}", email="ask@lender.example"
        )
        for library in made:
            Partnership.objects.create(library=library, partner=lender, email="ask@lender.example")
    return made


def _policy(library: Library, rules: Rules, first: date) -> None:
    terms = Terms(
        due_soon_days=rules.due_soon,
        overdue=tuple(OverdueStep(day) for day in rules.overdue),
        auto_renew_days=rules.auto_renew,
    )
    head = Actor(ActorKind.STAFF, library_id=library.pk, roles=frozenset({Role.HEAD}))
    wording = Wording("Everything", first - timedelta(days=60), terms)
    at = datetime.combine(first - timedelta(days=60), time(10), UTC)
    make_policy(library_id=library.pk, selector=Selector(Side.BORROWING), wording=wording, actor=head, at=at)


def _patrons(library: Library, count: int) -> list[Patron]:
    category = library.patron_categories.get()
    people = [
        Patron(
            library=library, category=category, barcode=f"{library.slug}-{number}", name=f"Reader {number}",
            email=f"reader{number}@{library.slug}.example", cleared_at=datetime(2027, 1, 1, tzinfo=UTC),
        )
        for number in range(count)
    ]  # fmt: skip
    return Patron.objects.bulk_create(people)


def _requests(library: Library, patrons: list[Patron], count: int, at: datetime) -> list[BorrowingRequest]:
    numbers = next_numbers("B", count)
    policy = PolicyVersion.objects.get(policy__library=library)
    return [
        BorrowingRequest(
            number=number, library=library, patron=patrons[place % len(patrons)], material="book", wanted="loan",
            kind="loan", title=f"Book {number}", submitted_at=at, location=library.branches.get(),
            policy=policy,
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip


def open_loans(
    library: Library, count: int, first: date, days: int, random: Random
) -> list[BorrowingRequest]:
    """Loans that patrons have, due on any day of the year."""
    began = datetime.combine(first - timedelta(days=20), time(10), UTC)
    with transaction.atomic():
        patrons = _patrons(library, count // LOANS_OF_A_PATRON + 1)
        made, events = _requests(library, patrons, count, began), []
        for request in made:
            request.lender_due = first + timedelta(days=random.randint(12, max(days - 10, 13)))
            request.patron_due = patron_date(request, request.lender_due, began)
            request.kind_supplied, request.outcome = "loan", "filled"
            steps = [Step("import_submit", began), Step("import_open", began, Placed(s.AT_DESK))]
            steps.append(Step("import_open", began + timedelta(days=1), Placed(s.ON_LOAN)))
            events += replay(MACHINE, request, steps, facts=Placed(), recorded_at=began)
        BorrowingRequest.objects.bulk_create(made)
        BorrowingEvent.objects.bulk_create(events)
        lender = Partnership.objects.filter(library=library).order_by("pk")[0].partner_id
        LenderTry.objects.bulk_create(
            LenderTry(request=each, ordinal=1, partner_id=lender, status=TryStatus.RECEIVED, asked_at=began)
            for each in made
        )
        go_on(MACHINE, made, BESIDE, at=began)
    return made


def asked_requests(library: Library, count: int, first: date, random: Random) -> list[str]:
    """Requests that wait for a lender who never answers, with others planned."""
    began = datetime.combine(first - timedelta(days=1), time(10), UTC)
    partners = list(
        Partnership.objects.filter(library=library).order_by("pk").values_list("partner_id", flat=True)
    )
    with transaction.atomic():
        made, events, tries = _requests(library, _patrons_of(library), count, began), [], []
        for request in made:
            request.need_by = first + timedelta(days=random.randint(5, 60))
            steps = [Step("import_submit", began), Step("import_open", began, Placed(s.ASKED))]
            events += replay(MACHINE, request, steps, facts=Placed(), recorded_at=began)
            tries += [_try(request, place, partner, began, random) for place, partner in enumerate(partners)]
        BorrowingRequest.objects.bulk_create(made)
        BorrowingEvent.objects.bulk_create(events)
        LenderTry.objects.bulk_create(tries)
        beside = Beside(BESIDE.names, BorrowingTimer, BorrowingMark, BESIDE.kinds, {})
        go_on(MACHINE, made, beside, at=began)
    return [request.number for request in made]


def _patrons_of(library: Library) -> list[Patron]:
    return list(Patron.objects.filter(library=library).order_by("pk")[:50])


def _try(request: BorrowingRequest, place: int, partner: int, at: datetime, random: Random) -> LenderTry:
    if place:
        return LenderTry(request=request, ordinal=place + 1, partner_id=partner)
    return LenderTry(
        request=request, ordinal=1, partner_id=partner, status=TryStatus.ASKED, open=True, asked_at=at,
        answer_by=at + timedelta(days=random.randint(3, 9)),
    )  # fmt: skip
