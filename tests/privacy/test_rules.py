"""How long: the library's rules, a patron's wish, what came from elsewhere; and that only what is due is looked at."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core import retention
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.models import AuditEntry, OutboxRow
from illservice.core.retention import RETIME, Occasion
from lending.models import LendingRequest, LendingTimer
from lending.services import privacy as lending_privacy
from lending.services.clocks import run_due_timers as run_lending
from patrons.models import Erasure, History, Patron, PrivacyRules
from patrons.selectors import privacy_rules
from patrons.services import choose_history, erase_person, set_privacy_rules
from requests_app.models import BorrowingRequest, BorrowingTimer
from requests_app.services.clocks import run_due_timers
from requests_app.services.closing import cancel, reopen, undo_last
from requests_app.services.privacy import case_of
from tests.lending import verbs
from tests.privacy.trail import deliver_all, make_zebulon
from tests.world import NOON, World, ask_for, book, later, make_world, new_loan


def closed(world: World, number: int = 0, at: Any = NOON) -> BorrowingRequest:
    """A request that was cancelled at once."""
    wanted = new_loan(citation=book(f"Volume {number} of {number * 7919}", author=f"Author{number}, A."))
    request = ask_for(world.north, wanted, at=at)
    cancel(request_id=request.pk, actor=world.north.actor(), at=at)
    return BorrowingRequest.objects.get(pk=request.pk)


def due(request: BorrowingRequest, kind: str = "unlink") -> Any:
    open_timers = BorrowingTimer.objects.filter(request=request, kind=kind, finished_at__isnull=True)
    return open_timers.values_list("due_at", flat=True).first()


def set_rules(world: World, at: Any = NOON, **values: Any) -> PrivacyRules:
    actor = world.north.actor(Role.ADMINISTRATOR)
    rules = set_privacy_rules(library_id=world.north.library.pk, values=values, actor=actor, at=at)
    deliver_all(at + timedelta(minutes=1))
    return rules


def test_ninety_days_and_an_own_rule_which_also_counts_for_what_is_over(world: World) -> None:
    request = closed(world)
    assert due(request) == later(days=90)
    set_rules(world, anonymise_days=10)
    assert due(request) == later(days=10)
    assert due(closed(world, 1, later(days=1))) == later(days=11)
    set_rules(world, later(hours=1), anonymise_days=None)
    assert due(request) is None
    assert due(request, "forget") is not None, "the words go all the same"
    assert set(
        AuditEntry.objects.filter(model="ill_patrons.PrivacyRules").values_list("action", flat=True)
    ) == {
        "create",
        "change",
    }


def test_rules_out_of_bounds_or_of_a_stranger_are_refused_and_change_nothing(world: World) -> None:
    for wrong in ({"anonymise_days": 0}, {"anonymise_days": 366}, {"citation_years": 2}, {"colour": 1}):
        with pytest.raises(InvalidInput):
            set_rules(world, **wrong)
    with pytest.raises(InvalidInput):
        set_rules(world, kept_categories=["nobody"])
    for actor, refusal in (
        (world.north.actor(Role.BORROWING), NotPermitted),
        (world.south.actor(Role.ADMINISTRATOR), NotFound),
    ):
        with pytest.raises(refusal):
            set_privacy_rules(
                library_id=world.north.library.pk, values={"anonymise_days": 5}, actor=actor, at=NOON
            )
    assert not PrivacyRules.objects.exists()
    assert privacy_rules(world.north.library).anonymise_days == 90


def test_a_patron_may_keep_the_past_or_have_it_unlinked_at_once(world: World) -> None:
    request, ada = closed(world), world.north.patrons["ada"]
    client = Client()
    client.force_login(world.north.patrons["ada"].user)  # type: ignore[arg-type]
    assert "What shall happen to your past requests?" in client.get("/my/data/").content.decode()
    client.post("/my/data/choose/", {"history": History.KEEP})
    deliver_all(OutboxRow.objects.get(kind=RETIME).not_before)
    assert due(request) is None
    actor = world.north.patron_actor()
    choose_history(patron_id=ada.pk, history=History.FORGET, actor=actor, at=later(days=5))
    deliver_all(later(days=5))
    assert run_due_timers(later(days=5)) >= 1
    request.refresh_from_db()
    assert request.patron_id is None
    set_rules(world, later(days=6), patrons_choose=False)
    with pytest.raises(NotPermitted):
        choose_history(patron_id=ada.pk, history=History.KEEP, actor=actor, at=later(days=7))
    assert "What shall happen" not in client.get("/my/data/").content.decode()


def test_a_category_on_the_keep_list_stays_linked(world: World) -> None:
    request = closed(world)
    set_rules(world, kept_categories=["student"])
    assert due(request) is None


def test_what_came_from_another_system_waits_for_the_administrators_word(world: World) -> None:
    request = closed(world)
    BorrowingRequest.objects.filter(pk=request.pk).update(source="illiad", source_key="illiad:1")
    set_rules(world, anonymise_days=30)
    assert due(request) is None
    set_rules(world, later(days=100), imports_too=True)
    assert due(request) == later(days=100, minutes=1), "long due, so from now on"


def test_a_request_that_is_taken_up_again_keeps_its_person(world: World) -> None:
    request, desk = closed(world), world.north.actor()
    reopen(request_id=request.pk, why="it came after all", actor=desk, at=later(days=1))
    assert due(request) is None
    again = closed(world, 1)
    assert again.undo is not None
    undo_last(request_id=again.pk, act=again.undo["act"], actor=desk, at=NOON)
    assert due(again) is None
    assert run_due_timers(later(days=400)) >= 0
    assert Patron.objects.filter(requests__in=[request, again]).count() == 2


def test_the_lending_side_keeps_its_own_clock(world: World) -> None:
    lent = verbs.refused(world, verbs.lend(world))
    timers = LendingTimer.objects.filter(request=lent, finished_at__isnull=True)
    assert set(timers.values_list("kind", flat=True)) == {"unlink", "forget"}
    run_lending(later(days=91))
    lent.refresh_from_db()
    assert (lent.anonymised_at is None, lent.title == "") == (False, False)
    run_lending(later(days=365 * 5))
    assert LendingRequest.objects.get(pk=lent.pk).title == ""


def test_neither_side_touches_a_request_of_the_other_with_the_same_key(world: World) -> None:
    request = closed(world)
    lent = verbs.refused(world, verbs.lend(world, note="for a reader"))
    retention.erase(Occasion.PERSON, case_of(request), later(days=1))
    retention.erase(Occasion.CITATION, case_of(request), later(days=1))
    lent.refresh_from_db()
    assert (lent.borrower_note, lent.title == "", lent.forgotten_at) == ("for a reader", False, None)
    other = closed(world, 1)
    case = replace(lending_privacy.case_of(lent), pk=other.pk)
    retention.erase(Occasion.PERSON, case, later(days=1))
    retention.erase(Occasion.CITATION, case, later(days=1))
    other.refresh_from_db()
    assert (other.patron_id, other.title == "") == (world.north.patrons["ada"].pk, False)


def test_only_what_is_due_is_read(world: World) -> None:
    """Targets P14: rows read ÷ rows due ≤ 1.2. The sweep asks an index over what is open for what is due."""
    for number in range(6):
        closed(world, number, later(days=number * 30))
    with CaptureQueriesContext(connection) as queries:
        assert run_due_timers(later(days=90 + 35)) == 2
    keys = {str(pk) for pk in BorrowingTimer.objects.filter(kind="unlink").values_list("pk", flat=True)}
    read = {key for key in keys if any(f'"id" = {key} ' in each["sql"] for each in queries)}
    assert len(read) <= 2
    found = BorrowingTimer.objects.filter(finished_at__isnull=True, due_at__lte=NOON).order_by("due_at", "id")
    plan = found.explain()
    # PostgreSQL reads a table of one page as a whole, or by any index over what is open.
    assert any(way in plan for way in ("timer_due", "timer_one_open", "Seq Scan")), plan


def test_the_desk_erases_who_asks_there_and_nobody_else_may(world: World) -> None:
    patron = make_zebulon(world.north)
    client = Client()
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    shown = client.get("/desk/north/data/ZQ-778899/").content.decode()
    assert "77 Marmalade Lane" in shown
    assert "Erase everything about this person now" in shown
    assert client.get("/desk/north/data-file/ZQ-778899/").json()["held"]
    with pytest.raises(NotPermitted):
        erase_person(patron_id=patron.pk, actor=world.north.actor(Role.HEAD), at=NOON)
    for stranger in (world.south.actor(Role.ADMINISTRATOR), world.north.patron_actor("ben")):
        with pytest.raises(NotFound):
            erase_person(patron_id=patron.pk, actor=stranger, at=NOON)
    assert client.post("/desk/north/data/ZQ-778899/").headers["Location"] == "/desk/north/patrons/"
    assert client.get("/desk/north/data/ZQ-778899/").status_code == 404
    noted = Erasure.objects.get()
    assert (noted.asked_by, noted.complete) == ("staff", True)
    assert "The last erasures" in client.get("/desk/north/privacy/").content.decode()


def test_who_also_works_here_keeps_the_sign_in(world: World) -> None:
    clerk = world.north.people[Role.BORROWING]
    patron = make_zebulon(world.north)
    Patron.objects.filter(pk=patron.pk).update(user=clerk)
    erase_person(patron_id=patron.pk, actor=world.north.actor(Role.ADMINISTRATOR), at=NOON)
    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.username) == (True, "north-borrowing")
    assert not Patron.objects.filter(user=clerk).exists()


def test_the_rules_page_keeps_what_is_right_and_says_what_is_wrong(world: World) -> None:
    client = Client()
    client.force_login(world.north.people[Role.HEAD])
    wrong = client.post("/desk/north/privacy/", {"anonymise_days": "400", "citation_years": "3"})
    assert wrong.status_code == 422
    assert "Give a number of days between 1 and 365" in wrong.content.decode()
    right = client.post("/desk/north/privacy/", {"anonymise_days": "30", "citation_years": "3"})
    assert right.status_code == 302
    rules = privacy_rules(world.north.library)
    assert (rules.anonymise_days, rules.anonymise_days_charged, rules.patrons_choose) == (30, None, False)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_do_each_request_once(on_postgresql: None) -> None:
    world = make_world()
    requests = [closed(world, number) for number in range(12)]
    done: list[int] = []

    def run() -> None:
        try:
            done.append(run_due_timers(later(days=91)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == len(requests)
    assert not BorrowingRequest.objects.filter(patron__isnull=False).exists()
    assert not BorrowingTimer.objects.filter(kind="unlink", finished_at__isnull=True).exists()
