"""The queue page: rows, filters, search, batches, and what it costs."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.models import Membership
from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from illservice.core.numbers import make_number
from requests_app.models import BorrowingEvent, BorrowingMark, BorrowingRequest, LenderTry
from requests_app.services import items, lenders, review, words
from requests_app.services.closing import cancel
from tests.world import World, article, ask_for, book, later, new_copy, new_loan

QUEUE = "/desk/north/"
MOST_STATEMENTS = 8


def page_of(client: Client, url: str = QUEUE) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return str(response.content.decode())


def shown(page: str, *requests: BorrowingRequest) -> list[bool]:
    return [f'id="row-{each.number}"' in page for each in requests]


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.BORROWING])
    return client


def planned(world: World, *requests: BorrowingRequest) -> None:
    for request in requests:
        lenders.plan_lenders(
            request_id=request.pk,
            partner_ids=[world.eastlake.pk],
            actor=world.north.actor(Role.BORROWING),
            at=later(hours=1),
        )


def at_desk(world: World, request: BorrowingRequest) -> BorrowingRequest:
    planned(world, request)
    desk = world.north.actor(Role.BORROWING)
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    items.receive(request_id=request.pk, arrival=items.Arrival(), actor=desk, at=later(days=2))
    return BorrowingRequest.objects.get(pk=request.pk)


def test_a_row_says_what_it_is_for_whom_and_who_acts_next(world: World, clerk: Client) -> None:
    request = ask_for(world.north, new_copy())
    words.flag(request_id=request.pk, kind="need_by", at=later(days=1))
    page = page_of(clerk)
    for text in (
        request.number,
        "On the Flight of Bees",
        "Hale, Miriam",
        "article – copy",
        "Journal of Apiculture 12",
        "Ada Northfield Library",
        "Main Library",
        "Choose lenders",
        "the borrowing desk",
        "the need-by date has passed",
    ):
        assert text in page


def test_days_are_written_as_people_of_the_language_write_them(world: World, clerk: Client) -> None:
    ask_for(world.north, new_loan(need_by=date(2026, 4, 9)))
    assert "needed by 04/09/2026" in page_of(clerk)


def test_what_is_late_says_so_in_words(world: World, clerk: Client) -> None:
    request = ask_for(world.north)
    BorrowingRequest.objects.filter(pk=request.pk).update(act_by=later(days=-30))
    assert "· late" in page_of(clerk)


def test_the_side_shows_true_counts_and_the_lists_their_rows(world: World, clerk: Client) -> None:
    first, second = ask_for(world.north), ask_for(world.north, new_copy())
    review.open_hold(
        request_id=second.pk, kind="citation", actor=world.north.actor(Role.HEAD), at=later(hours=1)
    )
    page = page_of(clerk)
    assert shown(page, first, second) == [True, True]
    assert 'href="/desk/north/?queue=citation"' in page
    assert shown(page_of(clerk, f"{QUEUE}?queue=citation"), first, second) == [False, True]
    assert shown(page_of(clerk, f"{QUEUE}?queue=ready"), first, second) == [True, False]
    assert shown(page_of(clerk, f"{QUEUE}?queue=nonsense&sort=nonsense&cursor=nonsense"), first, second) == [
        True,
        True,
    ]
    cancel(request_id=first.pk, actor=world.north.actor(Role.HEAD), at=later(days=1))
    assert shown(page_of(clerk, f"{QUEUE}?queue=closed"), first, second) == [True, False]


def test_rush_stands_first_in_every_order_but_the_alphabet(world: World, clerk: Client) -> None:
    early, late = (ask_for(world.north, new_loan(citation=book(title))) for title in ("Aa", "Zz"))
    review.rush(request_id=late.pk, on=True, actor=world.north.actor(Role.HEAD), at=later(hours=1))
    for sort in ("act_by", "newest", "oldest", "need_by"):
        page = page_of(clerk, f"{QUEUE}?sort={sort}")
        assert page.index(f"row-{late.number}") < page.index(f"row-{early.number}")
    page = page_of(clerk, f"{QUEUE}?sort=title")
    assert page.index(f"row-{early.number}") < page.index(f"row-{late.number}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=copy", [False, True]),
        ("kind=loan", [True, False]),
        ("material=book", [True, False]),
        ("mark=need_by", [True, False]),
        ("need_by=7", [False, False]),
        ("rush=1", [False, True]),
        ("since=2026-03-02&until=2026-03-02", [True, True]),
        ("since=2026-03-03", [False, False]),
        ("lender={lender}", [True, False]),
        ("branch={branch}", [False, True]),
        ("lender=999999", [True, True]),
        ("kind=nonsense&since=nonsense", [True, True]),
    ],
)
def test_filters_narrow_and_wrong_ones_are_said(
    world: World, clerk: Client, query: str, expected: list[bool]
) -> None:
    loan = ask_for(world.north)
    copy = ask_for(world.north, new_copy(pickup_branch_id=world.north.branch.pk))
    planned(world, loan)
    words.flag(request_id=loan.pk, kind="need_by", at=later(days=1))
    review.rush(request_id=copy.pk, on=True, actor=world.north.actor(Role.HEAD), at=later(hours=1))
    query = query.format(lender=world.eastlake.pk, branch=world.north.branch.pk)
    assert shown(page_of(clerk, f"{QUEUE}?{query}"), loan, copy) == expected


def test_a_number_opens_its_request_and_words_find_a_list(world: World, clerk: Client) -> None:
    request = ask_for(world.north)
    other = ask_for(world.south)
    response = clerk.get(QUEUE, {"q": request.number})
    assert (response.status_code, response["Location"]) == (302, f"/desk/north/requests/{request.number}/")
    assert shown(page_of(clerk, f"{QUEUE}?q=short+history"), request, other) == [True, False]
    assert "Nothing found" in page_of(clerk, f"{QUEUE}?q={other.number}")
    assert shown(page_of(clerk, f"{QUEUE}?q=%00"), request) == [True]


def test_people_of_one_library_see_nothing_of_another(world: World, client: Client) -> None:
    ask_for(world.south)
    client.force_login(world.north.people[Role.BORROWING])
    assert client.get("/desk/south/").status_code == 404
    assert client.get("/desk/nowhere/").status_code == 404
    client.logout()
    assert client.get(QUEUE)["Location"].startswith("/login/")


def test_those_who_need_not_know_see_no_names(world: World, client: Client) -> None:
    ask_for(world.north)
    client.force_login(world.north.people[Role.COPYRIGHT])
    assert "Ada Northfield" not in page_of(client)
    assert "Nothing found" in page_of(client, f"{QUEUE}?q=ada")
    client.force_login(world.north.people[Role.STUDENT])
    assert "Ada Northfield" in page_of(client)


def test_somebody_of_two_libraries_can_switch(world: World, clerk: Client) -> None:
    assert 'href="/desk/south/"' not in page_of(clerk)
    Membership.objects.create(
        user=world.north.people[Role.BORROWING], library=world.south.library, role=Role.HEAD
    )
    assert 'href="/desk/south/"' in page_of(clerk)
    assert "Southfield Library" in page_of(clerk, "/desk/south/")


def many(world: World, count: int, *, closed: bool = False) -> None:
    """Requests with lenders and marks, written at once."""
    pattern = ask_for(world.north, new_loan(citation=book("Pattern"), again_because="x"))
    start = BorrowingRequest.objects.count() + 1000
    made = []
    for position in range(count):
        made.append(BorrowingRequest(**_copy_of(pattern, make_number("B", start + position))))
        if closed:
            made[-1].closed_at = later(days=1, minutes=position)
            made[-1].queue = "completed"
    BorrowingRequest.objects.bulk_create(made)
    LenderTry.objects.bulk_create(
        LenderTry(request=each, ordinal=1, partner=world.eastlake, asked_at=later(), open=False)
        for each in made
    )
    BorrowingMark.objects.bulk_create(BorrowingMark(request=each, kind="posted", at=later()) for each in made)


def _copy_of(pattern: BorrowingRequest, number: str) -> dict[str, Any]:
    names = [field.attname for field in BorrowingRequest._meta.concrete_fields if not field.primary_key]
    return {name: getattr(pattern, name) for name in names} | {"number": number}


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        page_of(client, url)
    return len(seen)


@pytest.mark.parametrize("query", ["", "?sort=title", "?queue=ready", "?q=pattern", "?queue=closed"])
def test_the_page_costs_the_same_few_statements_however_many_requests(
    world: World, clerk: Client, query: str
) -> None:
    many(world, 10, closed="closed" in query)
    few = statements(clerk, QUEUE + query)
    many(world, 60, closed="closed" in query)
    full = statements(clerk, QUEUE + query)
    many(world, 3000, closed=True)
    huge = statements(clerk, QUEUE + query)
    assert few == full == huge
    assert huge <= MOST_STATEMENTS


def test_a_batch_does_what_it_can_and_says_why_not(world: World, clerk: Client) -> None:
    first, second, third = (
        ask_for(world.north, new_loan(citation=book(title))) for title in ("Aa", "Bb", "Cc")
    )
    planned(world, first, second)
    foreign = ask_for(world.south)
    chosen = [each.number for each in (first, second, third, foreign)]
    response = clerk.post(
        "/desk/north/batch/", {"do": "ask", "chosen": chosen, "back": f"{QUEUE}?queue=ready"}
    )
    assert response["Location"] == f"{QUEUE}?queue=ready"
    page = page_of(clerk, response["Location"])
    assert "Done: 2 of 4" in page
    assert "Add a lender to ask first." in page
    assert page.count(">Undo<") == 2
    states = {each.number: each.state for each in BorrowingRequest.objects.all()}
    assert [states[number] for number in chosen] == ["asked", "asked", "ready", "ready"]
    assert "Done: 2 of 4" not in page_of(clerk)


def test_each_of_a_batch_can_be_undone_alone(world: World, clerk: Client) -> None:
    first, second = (
        at_desk(world, ask_for(world.north, new_loan(citation=book(title)))) for title in ("Aa", "Bb")
    )
    clerk.post("/desk/north/batch/", {"do": "shelve", "chosen": [first.number, second.number]})
    act = BorrowingEvent.objects.filter(request=first).latest("id").act
    clerk.post(f"/desk/north/requests/{first.number}/undo/", {"act": str(act), "back": QUEUE})
    states = [BorrowingRequest.objects.get(pk=each.pk).state for each in (first, second)]
    assert states == ["at_desk", "on_shelf"]
    waiting = OutboxRow.objects.filter(payload__notice="ready", state="waiting")
    assert [row.subject for row in waiting] == [second.number]


def test_one_key_on_one_row_offers_to_take_it_back(world: World, clerk: Client) -> None:
    request = at_desk(world, ask_for(world.north))
    page = page_of(clerk)
    assert 'name="do" value="shelve"' in page
    sent = {
        "do": "shelve",
        "chosen": request.number,
        f"version-{request.number}": request.version,
        "back": QUEUE,
    }
    assert clerk.post("/desk/north/batch/", sent)["Location"] == QUEUE
    assert "data-undo" in page_of(clerk)
    again = clerk.post("/desk/north/batch/", sent, follow=True).content.decode()
    assert "Somebody else changed this request" in again


def test_a_batch_takes_no_rights_and_no_strange_addresses(world: World, client: Client) -> None:
    request = ask_for(world.north)
    planned(world, request)
    client.force_login(world.north.people[Role.STUDENT])
    sent = {"do": "ask", "chosen": request.number, "back": "https://evil.example/"}
    response = client.post("/desk/north/batch/", sent, follow=True)
    assert response.redirect_chain[-1][0] == QUEUE
    assert "Your role does not include this action." in response.content.decode()
    assert BorrowingRequest.objects.get(pk=request.pk).state == "ready"
    for wrong in ({"do": "reopen", "chosen": request.number}, {"do": "ask"}, {}):
        assert (
            "Choose requests in the list"
            in client.post("/desk/north/batch/", wrong, follow=True).content.decode()
        )
    assert client.get("/desk/north/batch/").status_code == 405


def test_clearing_many_clears_the_hold_they_stand_in(world: World, clerk: Client) -> None:
    both = [ask_for(world.north, new_loan(citation=book(title))) for title in ("Aa", "Bb")]
    for request in both:
        review.open_hold(
            request_id=request.pk, kind="owned", actor=world.north.actor(Role.HEAD), at=later(hours=1)
        )
    clerk.post("/desk/north/batch/", {"do": "clear_hold", "chosen": [each.number for each in both]})
    assert {each.state for each in BorrowingRequest.objects.all()} == {"ready"}


def test_hostile_titles_are_shown_as_text(world: World, clerk: Client) -> None:
    ask_for(world.north, new_copy(citation=article("<script>alert(1)</script>")))
    page = page_of(clerk)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_filter_that_makes_no_sense_is_said(world: World, clerk: Client) -> None:
    ask_for(world.north)
    page = page_of(clerk, f"{QUEUE}?since=nonsense&kind=nonsense")
    assert "Enter a valid date." in page
    assert "<details open>" in page
