"""One person with unmistakable names, whose requests touch everything that keeps words; and where to look for them."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection

from illservice.accounts.models import User
from illservice.core import outbox, timers
from illservice.core.actors import Actor, ActorKind
from illservice.core.models import OutboxRow
from illservice.documents import services as documents
from illservice.documents.kinds import Audience
from lending.models import LendingRequest
from lending.services import loans as lending_loans
from lending.services import words as lending_words
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from requests_app.services import items, lender_news, lenders, loans, review, words
from requests_app.services.submit import submit
from tests.exchange.pair import Pair
from tests.illservice.documents.conftest import PDF, scan
from tests.lending import verbs
from tests.world import NOON, House, book, make_patron, new_loan

MARKS = ("Zebulon", "Quackenbush", "zq-778899", "marmalade", "555-0199", "zquack", "vexillology chair")
"""Name, card, address, telephone, sign-in and what only this person would write. Searched for without case."""
DUE = date(2026, 4, 20)


@dataclass
class Trail:
    """The person, and the request that went through a whole life."""

    pair: Pair
    patron: Patron
    request: BorrowingRequest
    lent: LendingRequest

    @property
    def user(self) -> User:
        user = self.patron.user
        assert user is not None
        return user

    @property
    def actor(self) -> Actor:
        return actor_of(self.patron)

    def again(self) -> BorrowingRequest:
        return BorrowingRequest.objects.get(pk=self.request.pk)


def actor_of(patron: Patron) -> Actor:
    return Actor(ActorKind.PATRON, id=patron.user_id, library_id=patron.library_id)


def make_zebulon(house: House) -> Patron:
    """A patron of the house whose every word can be told from anybody else's."""
    patron = make_patron(
        house,
        "zquack",
        barcode="ZQ-778899",
        email="zebulon.quackenbush@mail.example",
        phone="+1 555-0199",
        address="77 Marmalade Lane\nSampletown",
        department="History",
        note="Zebulon likes to be called by his first name",
    )
    patron.name = "Zebulon Quackenbush"
    patron.save()
    User.objects.filter(patrons=patron).update(email=patron.email, display_name=patron.name)
    return Patron.objects.get(pk=patron.pk)


def ask(patron: Patron, at: datetime = NOON, **values: Any) -> BorrowingRequest:
    """A request with words of the person in every column that takes some."""
    new = new_loan(
        **{
            "citation": book("Flags of forgotten islands", author="Hale, Miriam"),
            "delivery": "home",
            "delivery_address": "Quackenbush, 77 Marmalade Lane",
            "cited_in": "told to me by the vexillology chair",
            "note": "Please call Zebulon, +1 555-0199",
            "again_because": "Quackenbush lost the first one",
            "raw": {"req.name": ["Zebulon Quackenbush"], "rft.btitle": ["Flags"], "req_id": ["ZQ-778899"]},
            "source": "openurl",
        }
        | values
    )
    number = submit(patron_id=patron.pk, new=new, actor=actor_of(patron), at=at, key=f"form-{at.isoformat()}")
    return BorrowingRequest.objects.get(number=number)


def live(pair: Pair) -> Trail:
    """From the form to the return, over the loopback, with everything written down that can be."""
    patron = make_zebulon(pair.north)
    request, desk = ask(patron, pair.at), pair.desk
    while hold := request.holds.filter(cleared_at__isnull=True).first():
        _clear(request, hold.kind, desk, pair.at)
    words.patron_message(request_id=request.pk, text="Zebulon here", actor=actor_of(patron), at=pair.at)
    words.message_patron(request_id=request.pk, text="Dear Mr Quackenbush", actor=desk, at=pair.at)
    words.add_note(request_id=request.pk, text="Quackenbush rang", actor=desk, at=pair.at)
    lenders.plan_lenders(request_id=request.pk, partner_ids=[pair.south.library.pk], actor=desk, at=pair.at)
    lenders.ask(request_id=request.pk, actor=desk, at=pair.at)
    pair.post()
    lender_news.message_lender(request_id=request.pk, text="It is for Zebulon", actor=desk, at=pair.at)
    pair.post()
    lent = _supply(pair, request)
    _attach(pair.north, request, pair.at)
    _borrow(pair, request)
    _return(pair, lent, request)
    deliver_all(pair.at)
    return Trail(pair, patron, BorrowingRequest.objects.get(pk=request.pk), lent)


def _clear(request: BorrowingRequest, kind: str, desk: Actor, at: datetime) -> None:
    review.clear_hold(request_id=request.pk, kind=kind, actor=desk, at=at)


def _supply(pair: Pair, request: BorrowingRequest) -> LendingRequest:
    lent, lender = pair.lent(request), pair.lender
    lending_words.add_note(request_id=lent.pk, text="Quackenbush again?", actor=lender, at=pair.at)
    verbs_world = type("W", (), {"north": pair.south})()
    verbs.found(verbs_world, lent, at=pair.at)
    lending_loans.ship(request_id=lent.pk, due=DUE, note="Greetings to Zebulon", actor=lender, at=pair.at)
    pair.pass_time(days=3)
    return lent


def _attach(house: House, request: BorrowingRequest, at: datetime) -> None:
    """A scan of the title page with the person's name on it."""
    upload = scan(PDF + b"% for Zebulon Quackenbush\n%%EOF\n", "Quackenbush.pdf")
    actor = house.actor()
    copy = documents.attach_file(
        library_id=house.library.pk, subject=request.number, upload=upload, actor=actor, at=at
    )
    documents.release(document_id=copy.pk, actor=actor, at=at)
    documents.make_link(document_id=copy.pk, audience=Audience.PATRON, actor=actor, at=at)
    documents.attach_link(
        library_id=house.library.pk,
        subject=request.number,
        url="https://copies.example/zquack/1",
        actor=actor,
        at=at,
    )


def _borrow(pair: Pair, request: BorrowingRequest) -> None:
    desk = pair.desk
    arrival = items.Arrival(lender_due=DUE)
    items.receive(request_id=request.pk, arrival=arrival, actor=desk, at=pair.at)
    request.items.update(condition="coffee stain, Quackenbush swears it was there")
    items.shelve(request_id=request.pk, actor=desk, at=pair.at)
    items.hand_over(request_id=request.pk, actor=desk, at=pair.pass_time(days=1))
    patron = Patron.objects.get(name="Zebulon Quackenbush")
    loans.ask_renewal(request_id=request.pk, actor=actor_of(patron), at=pair.pass_time(days=10))


def _return(pair: Pair, lent: LendingRequest, request: BorrowingRequest) -> None:
    pair.post()
    items.take_back(request_id=request.pk, actor=pair.desk, at=pair.pass_time(days=5))
    items.send_back(request_id=request.pk, actor=pair.desk, at=pair.at)
    pair.pass_time(days=2)
    lending_loans.check_in(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.pass_time(hours=1)


def deliver_all(at: datetime) -> None:
    """Everything that waits leaves."""
    for _round in range(20):
        due = outbox.due_rows(at=at)
        if not due:
            return
        for row in due:
            outbox.deliver(row, at=at)
    raise AssertionError(OutboxRow.objects.filter(pk__in=outbox.due_rows(at=at)).values())


def run_clocks(at: datetime) -> None:
    """Every clock once, as the sweeper does it; a failure is a failure here."""
    for clock in timers.clocks().values():
        clock.tallies(at)


def sweep(start: datetime, **delta: float) -> datetime:
    """Let all clocks run after a gap, twice: what one leaves for the next is done, too."""
    at = start + timedelta(**delta)
    for moment in (at, at + timedelta(minutes=1)):
        run_clocks(moment)
        deliver_all(moment)
    return at


# -- Where to look ------------------------------------------------------------------------------------------


def rows_with(*marks: str, without: tuple[str, ...] = ()) -> list[str]:
    """Every table and column of the database in which one of these words stands."""
    wanted = re.compile("|".join(re.escape(mark) for mark in marks), re.IGNORECASE)
    return [place for place, text in _all_text(without) if wanted.search(text)]


def _all_text(without: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in without:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names come from the database itself
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}: {value}", str(value)


def files_with(*marks: str) -> list[Path]:
    """The stored files in which one of these words stands, or whose name has it."""
    folder = Path(settings.ILL_DOCUMENT_FOLDER)
    found = []
    for path in (each for each in folder.rglob("*") if each.is_file()):
        text = path.name + path.read_bytes().decode("latin-1")
        if any(mark.casefold() in text.casefold() for mark in marks):
            found.append(path)
    return found


def cached_with(*marks: str) -> list[str]:
    """The keys of the cache, which also keeps the sessions, under which one of these words stands."""
    kept: dict[str, bytes] = vars(caches["default"])["_cache"]
    return [
        key
        for key, value in kept.items()
        if any(mark.casefold() in (key + value.decode("latin-1")).casefold() for mark in marks)
    ]


def lines_with(records: list[logging.LogRecord], *marks: str) -> list[str]:
    """The log lines in which one of these words stands."""
    lines = [record.getMessage() + str(record.exc_text or "") for record in records]
    return [line for line in lines if any(mark.casefold() in line.casefold() for mark in marks)]
