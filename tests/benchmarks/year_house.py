"""The people of `year` and the model of the rules: three libraries, their loans, what happens to them, what is due."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.models import OutboxRow, OutboxState
from illservice.directory.models import ClosedDay, Library
from illservice.directory.selectors import open_days
from illservice.notices.channels.mail import message_id
from requests_app.models import BorrowingEvent, BorrowingRequest
from requests_app.services import items, loans
from tests.benchmarks import year_opening as opening

RECALL_EVERY = 2
TOLD = ("remind_due", "mark_overdue", "remind_recall", "renewal_no", "ask_renewal")
Expected = Counter[tuple[str, str, datetime]]


@dataclass
class Loan:
    """What the model knows of one loan. `fired` are moments of reminders that have left, by kind."""

    key: int
    number: str
    library: Library
    due: date
    on_loan: bool = True
    renewal_until: datetime | None = None
    recall_again: datetime | None = None
    renewals: int = 0
    asked_by_itself: bool = False
    fired: set[tuple[str, datetime]] = field(default_factory=set)

    def moments(self) -> list[tuple[str, datetime]]:
        """When which reminder of the date that holds now is due."""
        rules = opening.LIBRARIES[self.library.slug]
        soon = [("remind_due", self.morning(self.due - timedelta(days=days))) for days in rules.due_soon]
        late = [("mark_overdue", self.morning(self.due + timedelta(days=days))) for days in rules.overdue]
        return soon + late

    def renews_at(self) -> datetime | None:
        """When more time is asked for without anybody's doing: once, and not what was recalled."""
        days = opening.LIBRARIES[self.library.slug].auto_renew
        if days is None or self.renewals or self.recall_again or self.is_asked:
            return None
        return self.morning(self.due - timedelta(days=days))

    @property
    def is_asked(self) -> bool:
        """Whether the lender considers a renewal."""
        return self.renewal_until is not None or self.asked_by_itself

    def morning(self, day: date) -> datetime:
        """Eight o'clock in the library's own zone."""
        return datetime.combine(day, time(8), ZoneInfo(self.library.timezone)).astimezone(UTC)

    def recall_after(self, at: datetime) -> datetime:
        """The next morning on which a recall is repeated."""
        day = self.due + timedelta(days=RECALL_EVERY)
        while self.morning(day) <= at:
            day += timedelta(days=RECALL_EVERY)
        return self.morning(day)


class House:
    """Everything that is not a runner or a mail server."""

    def __init__(self, count: int, first: date, days: int, random: Random) -> None:
        self.random, self.first, self.last = random, first, first + timedelta(days=days)
        self.libraries = opening.make_libraries(first, random)
        self.loans = [
            Loan(request.pk, request.number, request.library, request.patron_due)
            for library in self.libraries
            for request in opening.open_loans(library, count // len(self.libraries) + 1, first, days, random)
            if request.patron_due is not None
        ]
        self.asked = [
            n for each in self.libraries for n in opening.asked_requests(each, count // 60 + 1, first, random)
        ]
        self.expected: Expected = Counter()
        self.digests: set[str] = set()
        self._since = BorrowingEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._plan = self._planned()

    def _planned(self) -> dict[date, list[tuple[str, Loan]]]:
        """What people will do to each loan, by day, before anybody knows what the clocks do meanwhile."""
        plan: dict[date, list[tuple[str, Loan]]] = defaultdict(list)
        for loan in self.loans:
            wish = self.random.random()
            if wish < 0.25:
                plan[loan.due - timedelta(days=self.random.randint(0, 12))].append(("renew", loan))
            elif wish < 0.33:
                plan[loan.due - timedelta(days=self.random.randint(20, 40))].append(("recall", loan))
            elif wish < 0.41:
                plan[loan.due - timedelta(days=self.random.randint(-2, 6))].append(("change", loan))
            if self.random.random() < 0.8:
                plan[loan.due + timedelta(days=self.random.randint(-8, 12))].append(("bring", loan))
        return plan

    # -- What people do ----------------------------------------------------------------------------------------

    def people_act(self, at: datetime) -> None:
        """Everything planned for this date, and the answers to renewals that come on it."""
        for loan in self.loans:
            if loan.asked_by_itself:
                loan.asked_by_itself = False
                self._await_answer(loan, at)
        for what, loan in self._plan.pop(at.date(), []):
            if loan.on_loan:
                getattr(self, f"_{what}")(loan, at)

    def _desk(self, loan: Loan) -> Actor:
        return Actor(ActorKind.STAFF, library_id=loan.library.pk, roles=frozenset({Role.BORROWING}))

    def _bring(self, loan: Loan, at: datetime) -> None:
        items.take_back(request_id=loan.key, actor=self._desk(loan), at=at)
        loan.on_loan, loan.renewal_until, loan.recall_again = False, None, None

    def _renew(self, loan: Loan, at: datetime) -> None:
        if loan.recall_again or loan.renewal_until:
            return
        loans.ask_renewal(request_id=loan.key, actor=self._desk(loan), at=at)
        self._await_answer(loan, at)

    def _await_answer(self, loan: Loan, at: datetime) -> None:
        """Some lenders answer within days, some keep silent."""
        question = BorrowingRequest.objects.get(pk=loan.key).questions.get(answered_at__isnull=True)
        loan.renewal_until = question.reply_by
        if self.random.random() < 0.6:
            self._plan[at.date() + timedelta(days=self.random.randint(1, 3))].append(("granted", loan))

    def _granted(self, loan: Loan, at: datetime) -> None:
        if loan.renewal_until is None:
            return
        later = max(loan.due, at.date()) + timedelta(days=self.random.randint(25, 35))
        loans.renewal_yes(request_id=loan.key, lender_due=later, actor=self._desk(loan), at=at)
        loan.renewal_until = None
        loan.renewals += 1
        self._read_date(loan)

    def _recall(self, loan: Loan, at: datetime) -> None:
        if loan.recall_again:
            return
        back_by = at.date() + timedelta(days=14)
        loans.recall(request_id=loan.key, back_by=back_by, actor=self._desk(loan), at=at)
        loan.renewal_until = None
        self._read_date(loan)
        loan.recall_again = loan.recall_after(at)

    def _change(self, loan: Loan, at: datetime) -> None:
        if loan.recall_again:
            return
        later = max(loan.due, at.date()) + timedelta(days=self.random.randint(12, 30))
        loans.change_due(request_id=loan.key, lender_due=later, actor=self._desk(loan), at=at)
        self._read_date(loan)

    def _read_date(self, loan: Loan) -> None:
        """The date that follows is the service's business; `check_dates` looks at it."""
        loan.due = BorrowingRequest.objects.values_list("patron_due", flat=True).get(pk=loan.key) or loan.due

    # -- What must follow --------------------------------------------------------------------------------------

    def expect(self, at: datetime) -> None:
        """The reminders that this tick must send: a silent lender's no first, since it sets others free."""
        for loan in self.loans:
            if not loan.on_loan:
                continue
            if loan.renewal_until is not None and loan.renewal_until <= at:
                loan.renewal_until = None
                self.expected[(loan.number, "renewal_no", at)] += 1
            self._expect_of_the_date(loan, at)
            if loan.recall_again is not None and loan.recall_again <= at:
                self.expected[(loan.number, "remind_recall", at)] += 1
                loan.recall_again = loan.recall_after(at)
        for library in self.libraries:
            local = at.astimezone(ZoneInfo(library.timezone))
            if local.hour >= opening.DIGEST_HOUR and self._is_open(library, local.date()):
                self.digests.add(f"digest:{library.pk}:{local.date()}")

    def _expect_of_the_date(self, loan: Loan, at: datetime) -> None:
        """What follows from the patron's date: a renewal by itself, which keeps the reminders away, or these."""
        renews = loan.renews_at()
        if renews is not None and renews <= at and ("ask_renewal", renews) not in loan.fired:
            loan.fired.add(("ask_renewal", renews))
            loan.asked_by_itself = True
            self.expected[(loan.number, "ask_renewal", at)] += 1
        if not loan.is_asked:
            for each in loan.moments():
                if each[1] <= at and each not in loan.fired:
                    loan.fired.add(each)
                    self.expected[(loan.number, each[0], at)] += 1

    def _is_open(self, library: Library, day: date) -> bool:
        closed = str(day.isoweekday()) in library.closed_weekdays
        return not closed and not ClosedDay.objects.filter(library=library, date=day).exists()

    def happened(self) -> Counter[str]:
        """What the clocks did, by action."""
        events = BorrowingEvent.objects.filter(pk__gt=self._since, actor_kind=ActorKind.CLOCK.value)
        return Counter(events.values_list("action", flat=True))

    def compare(self) -> tuple[int, int]:
        """How many reminders are missing in the history, and how many stand there that should not."""
        ours = {loan.number for loan in self.loans}
        events = BorrowingEvent.objects.filter(
            pk__gt=self._since, actor_kind=ActorKind.CLOCK.value, action__in=TOLD
        ).values_list("request__number", "action", "happened_at")
        got = Counter(event for event in events if event[0] in ours)
        return sum((self.expected - got).values()), sum((got - self.expected).values())

    def check_dates(self, at: datetime, faults: Counter[str]) -> None:
        """Dates of patrons as they stand this evening. A closed day is a fault where an open one was left; a closure
        that begins today and outlasts the lender's date leaves none."""
        days = {library.pk: open_days(library, "borrowing") for library in self.libraries}
        rows = BorrowingRequest.objects.filter(state="on_loan", patron_due__gte=at.date() - timedelta(days=1))
        for library_id, patron_due, lender_due in rows.values_list("library_id", "patron_due", "lender_due"):
            if patron_due is None:
                continue
            open_left = days[library_id].open_days_between(
                at.date() - timedelta(days=1), lender_due or patron_due
            )
            faults["date on a closed day"] += bool(open_left) and not days[library_id].is_open(patron_due)
            faults["date past the lender's"] += lender_due is not None and patron_due > lender_due

    def compare_mails(self, got: list[Any], at: datetime) -> Counter[str]:
        """Rows against mails, and who got them; `at` is the last tick: what was not to leave by then may wait."""
        faults: Counter[str] = Counter()
        whose = dict(BorrowingRequest.objects.exclude(patron=None).values_list("number", "patron__email"))
        partners = {"ask@lender.example"}
        desks = {library.email for library in self.libraries}
        sent = OutboxRow.objects.filter(kind="notice", state=OutboxState.DONE)
        results: dict[str, list[tuple[str, str]]] = {}
        for result, kind, number in sent.values_list("result", "payload__notice", "subject"):
            results.setdefault(result, []).append((kind, number))
        arrived = {mail.message_id for mail in got}
        faults["sent without a mail"] = len(set(results) - arrived)
        # A runner was killed between the server's yes and the note of it, and the reminder was no longer true when the
        # next tick came: a day later here, a hundred seconds later in service.
        overtaken = OutboxRow.objects.filter(state=OutboxState.SUPERSEDED, attempts__gt=1)
        for key, kind, number in overtaken.values_list("key", "payload__notice", "subject"):
            results.setdefault(message_id(key), []).append((kind, number))
        faults["mail without a row"] = len(arrived - set(results))
        faults["not sent"] = OutboxRow.objects.filter(
            state__in=[OutboxState.WAITING, OutboxState.LEASED, OutboxState.FAILED], not_before__lte=at
        ).count()
        for mail in got:
            # One mail may tell of several requests: each must be its reader's.
            for kind, number in results.get(mail.message_id, ()):
                allowed = {whose.get(number, "")}
                if kind == "digest" or kind.startswith("lender_"):
                    allowed = desks if kind == "digest" else partners
                faults["wrong person"] += mail.to not in allowed or mail.number not in ("", number)
        faults["lender asked twice"] = self._asked_twice()
        return faults

    def _asked_twice(self) -> int:
        rows = OutboxRow.objects.filter(payload__notice="lender_request").values_list("stream", flat=True)
        return sum(count - 1 for count in Counter(rows).values())

    def compare_digests(self) -> dict[str, int]:
        """Daily mails: how many there must be, and how many there are."""
        rows = set(OutboxRow.objects.filter(key__startswith="digest:").values_list("key", flat=True))
        return {
            "expected": len(self.digests),
            "missing": len(self.digests - rows),
            "extra": len(rows - self.digests),
        }

    def zones(self) -> list[str]:
        """The zones of the three libraries."""
        return [library.timezone for library in self.libraries]
