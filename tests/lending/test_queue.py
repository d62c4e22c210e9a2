"""The lending desk's lists: rows, counts, filters, search, batches, and what they cost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.models import OutboxRow
from illservice.core.numbers import make_number
from lending.models import LendingEvent, LendingItem, LendingMark, LendingRequest
from lending.services import words
from lending.services.editing import Correction, edit
from lending.services.items import Copy
from tests.lending.verbs import (
    again,
    checked_in,
    coming_back,
    desk,
    found,
    lend,
    new_copy,
    overdue,
    pulled,
    shipped,
    wrote,
)
from tests.world import World, article, book, later

QUEUE = "/lend/north/"
BATCH = "/lend/north/batch/"
MOST_STATEMENTS = 8


def page_of(client: Client, url: str = QUEUE) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return str(response.content.decode())


def shown(page: str, *requests: LendingRequest) -> list[bool]:
    return [f'id="row-{each.number}"' in page for each in requests]


def staff(world: World, client: Client, role: str = Role.LENDING) -> Client:
    client.force_login(world.north.people[role])
    return client


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    return staff(world, client)


def test_a_row_says_what_it_is_for_whom_where_it_stands_and_who_acts_next(
    world: World, clerk: Client
) -> None:
    copy = Copy(call_number="SF 521", shelf="Periodicals", location_id=world.north.branch.pk)
    request = pulled(world, lend(world, new_copy(citation=article(), borrower_number="EL-77")), copies=[copy])
    wrote(world, request)
    page = page_of(clerk)
    for text in (
        request.number,
        "On the Flight of Bees",
        "Hale, Miriam",
        "article – copy",
        "Journal of Apiculture 12",
        "Eastlake University · their EL-77",
        "Hill Branch · Periodicals · SF 521",
        "To fetch",
        "the stacks",
        "the borrower wrote",
    ):
        assert text in page


def test_the_side_shows_true_counts_and_the_lists_their_rows(world: World, clerk: Client) -> None:
    first, second, third = lend(world), shipped(world, due=date(2026, 3, 30)), checked_in(world)
    page = page_of(clerk)
    assert shown(page, first, second, third) == [True, True, False]
    assert "Can we supply?" in page
    for queue, expected in (
        ("new", [True, False, False]),
        ("on_loan", [False, True, False]),
        ("overdue", [False, True, False]),
        ("closed", [False, False, True]),
        ("nonsense", [True, True, False]),
    ):
        assert shown(page_of(clerk, f"{QUEUE}?queue={queue}"), first, second, third) == expected, queue
    stages = clerk.get(QUEUE).context["stages"]
    counts = {stage["code"]: stage["count"] for stage in stages}
    assert counts | {"": 2, "new": 1, "on_loan": 1, "overdue": 1, "attention": 0} == counts


def test_what_is_due_today_is_not_overdue(world: World, clerk: Client) -> None:
    today = clock.local_date(clock.now(), world.north.library.timezone)
    late, due = (shipped(world, at=clock.now(), due=today) for _ in range(2))
    LendingRequest.objects.filter(pk=late.pk).update(due=today - timedelta(days=1))
    assert shown(page_of(clerk, f"{QUEUE}?queue=overdue"), late, due) == [True, False]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=copy", [False, True]),
        ("kind=loan", [True, False]),
        ("material=book", [True, False]),
        ("borrower={westport}", [False, True]),
        ("location={branch}", [True, False]),
        ("channel=desk", [True, True]),
        ("channel=iso18626", [False, False]),
        ("mark=borrower_wrote", [False, True]),
        ("due=past", [False, False]),
        ("need_by=past", [False, True]),
        ("slips=no", [True, False]),
        ("slips=yes", [False, False]),
        ("rush=1", [False, True]),
        ("borrower=999999", [True, True]),
        ("kind=nonsense", [True, True]),
    ],
)
def test_filters_narrow_and_wrong_ones_are_said(
    world: World, clerk: Client, query: str, expected: list[bool]
) -> None:
    loan = pulled(world, copies=[Copy(call_number="A 1", location_id=world.north.branch.pk)])
    copy = lend(world, new_copy(need_by=date(2026, 3, 9), service_level="Rush"), borrower=world.westport)
    wrote(world, copy)
    query = query.format(westport=world.westport.pk, branch=world.north.branch.pk)
    assert shown(page_of(clerk, f"{QUEUE}?{query}"), loan, copy) == expected


def test_days_are_written_as_people_of_the_language_write_them(world: World, clerk: Client) -> None:
    lend(world, new_copy(need_by=date(2026, 3, 9)))
    assert "needed by 03/09/2026" in page_of(clerk)


@pytest.mark.parametrize("sort", ["act_by", "newest", "oldest", "due", "need_by", "title", "borrower"])
def test_every_order_shows_every_row_page_by_page(world: World, clerk: Client, sort: str) -> None:
    many(world, 60)
    page = clerk.get(f"{QUEUE}?sort={sort}")
    seen = [row["number"] for row in page.context["page"]["rows"]]
    rest = clerk.get(page.context["page"]["older_url"])
    seen += [row["number"] for row in rest.context["page"]["rows"]]
    assert len(seen) == len(set(seen)) == 61
    assert rest.context["page"]["older_url"] == ""


@pytest.mark.parametrize(
    "query", ["EL-77", "N-1001", "QL 568 .A6", "ql 568 .a6", "{number}", "{number_as_typed}", "9780306406157"]
)
def test_a_code_opens_its_request(world: World, clerk: Client, query: str) -> None:
    request = pulled(world, lend(world, citation=book(isbn="0306406152"), borrower_number="EL-77"))
    pulled(world, copies=[Copy(call_number="X 1", barcode="N-2")])
    typed = f"{request.number[:3]} {request.number[3:].lower()}"
    text = query.format(number=request.number, number_as_typed=typed)
    response = clerk.get(QUEUE, {"q": text})
    assert (response.status_code, response["Location"]) == (302, f"{QUEUE}requests/{request.number}/")


def test_words_find_by_title_and_by_the_borrowers_name_and_symbol(world: World, clerk: Client) -> None:
    world.westport.symbols.create(scheme="oclc", value="WPL")
    first = lend(world, citation=book("Bees of the North"))
    second = lend(world, citation=book("Wasps of the North"), borrower=world.westport)
    for text, expected in (
        ("north", [True, True]),
        ("bees north", [True, False]),
        ("westport", [False, True]),
        ("wpl wasps", [False, True]),
        ("eastlake wasps", [False, False]),
    ):
        page = page_of(clerk, f"{QUEUE}?q={text.replace(' ', '+')}")
        assert shown(page, first, second) == expected, text
    assert "Nothing found" in page_of(clerk, f"{QUEUE}?q=hornets")
    assert shown(page_of(clerk, f"{QUEUE}?q=%00"), first) == [True]


def test_people_of_one_library_see_nothing_of_another(world: World, client: Client) -> None:
    request = lend(world)
    client.force_login(world.south.people[Role.LENDING])
    assert client.get(QUEUE).status_code == 404
    assert "Nothing found" in page_of(client, f"/lend/south/?q={request.number}")
    client.logout()
    assert client.get(QUEUE)["Location"].startswith("/login/")


def test_people_of_a_branch_see_what_stands_there(world: World, client: Client) -> None:
    here = pulled(world, copies=[Copy(call_number="A 1", location_id=world.north.branch.pk)])
    there = pulled(world, copies=[Copy(call_number="B 1", location_id=world.north.main.pk)])
    page = page_of(staff(world, client, Role.BRANCH))
    assert shown(page, here, there) == [True, False]
    counts = {stage["code"]: stage["count"] for stage in client.get(QUEUE).context["stages"]}
    assert (counts["to_pull"], counts[""]) == (1, 1)


def test_a_batch_does_what_it_can_and_says_why_not(world: World, clerk: Client) -> None:
    ready, unknown = lend(world), lend(world)
    LendingItem.objects.create(request=ready, call_number="A 1")
    out = shipped(world)
    chosen = [ready.number, unknown.number, out.number, "L0000000"]
    response = clerk.post(BATCH, {"do": "pull", "chosen": chosen, "back": f"{QUEUE}?queue=new"})
    assert response["Location"] == f"{QUEUE}?queue=new"
    page = page_of(clerk, response["Location"])
    assert "Done: 1 of 4" in page
    assert "Say first which item it is and where it stands." in page
    assert [again(each).state for each in (ready, unknown, out)] == ["to_pull", "new", "on_loan"]
    assert "Done: 1 of 4" not in page_of(clerk)


@pytest.mark.parametrize(
    ("do", "make", "state"),
    [("ship", found, "on_loan"), ("check_in", coming_back, "completed"), ("mark_printed", pulled, "to_pull")],
)
def test_what_many_parcels_need_is_one_step(
    world: World, clerk: Client, do: str, make: Any, state: str
) -> None:
    both = [make(world) for _ in range(2)]
    clerk.post(BATCH, {"do": do, "chosen": [each.number for each in both]})
    assert "Done: 2 of 2" in page_of(clerk)
    assert {again(each).state for each in both} == {state}
    assert set(LendingEvent.objects.filter(action=do).values_list("request_id", flat=True)) == {
        each.pk for each in both
    }


def test_each_of_a_batch_can_be_undone_alone_and_then_nothing_leaves(world: World, clerk: Client) -> None:
    first, second = found(world), found(world)
    clerk.post(BATCH, {"do": "ship", "chosen": [first.number, second.number]})
    act = LendingEvent.objects.filter(request=first).latest("id").act
    clerk.post(f"{QUEUE}requests/{first.number}/undo/", {"act": str(act), "back": QUEUE})
    assert [again(each).state for each in (first, second)] == ["found", "on_loan"]
    waiting = OutboxRow.objects.filter(payload__notice="borrower_shipped", state="waiting")
    assert [row.subject for row in waiting] == [second.number]


def test_one_key_on_one_row_offers_to_take_it_back_here(world: World, clerk: Client) -> None:
    request = found(world)
    assert 'name="do" value="ship"' in page_of(clerk)
    sent = {"do": "ship", "chosen": request.number, f"version-{request.number}": request.version}
    assert clerk.post(BATCH, sent | {"back": QUEUE})["Location"] == QUEUE
    page = page_of(clerk)
    assert f'action="{QUEUE}requests/{request.number}/undo/"' in page
    assert "data-undo" in page
    stale = clerk.post(BATCH, sent, follow=True).content.decode()
    assert "Somebody else changed this request" in stale
    assert LendingEvent.objects.filter(request=request, action="ship").count() == 1


def test_a_batch_takes_no_rights_and_no_strange_addresses(world: World, client: Client) -> None:
    request = found(world)
    staff(world, client, Role.STUDENT)
    sent = {"do": "ship", "chosen": request.number, "back": "https://evil.example/"}
    response = client.post(BATCH, sent, follow=True)
    assert response.redirect_chain[-1][0] == QUEUE
    assert "Your role does not include this action." in response.content.decode()
    for wrong in ({"do": "refuse", "chosen": request.number}, {"do": "ship"}, {}):
        assert "Choose requests in the list" in client.post(BATCH, wrong, follow=True).content.decode()
    assert (again(request).state, client.get(BATCH).status_code) == ("found", 405)


def test_a_row_without_a_place_leads_to_the_form_for_it(world: World, clerk: Client) -> None:
    request = lend(world)
    page = page_of(clerk)
    assert f'href="{QUEUE}requests/{request.number}/do/pull/"' in page
    assert 'name="do" value="pull"' not in page


def test_hostile_titles_are_shown_as_text(world: World, clerk: Client) -> None:
    lend(world, new_copy(citation=article("<script>alert(1)</script>")))
    page = page_of(clerk)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_empty_lists_say_so(world: World, clerk: Client) -> None:
    assert "No request stands in this list now." in page_of(clerk)
    assert "Nothing fits these filters" in page_of(clerk, f"{QUEUE}?kind=copy")


def many(world: World, count: int, *, closed: bool = False) -> None:
    """Requests with items and marks, written at once."""
    start = LendingRequest.objects.count() + 1000
    pattern = overdue(world, citation=book("Pattern", author=f"Author{start}, A."))
    names = [each.attname for each in LendingRequest._meta.concrete_fields if not each.primary_key]
    values = {name: getattr(pattern, name) for name in names}
    made = [
        LendingRequest(**values | {"number": make_number("L", start + position)}) for position in range(count)
    ]
    for position, each in enumerate(made):
        if closed:
            each.closed_at, each.queue = later(days=1, minutes=position), "completed"
    LendingRequest.objects.bulk_create(made)
    LendingItem.objects.bulk_create(LendingItem(request=each, call_number="A 1") for each in made)
    LendingMark.objects.bulk_create(LendingMark(request=each, kind="overdue", at=later()) for each in made)


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        page_of(client, url)
    return len(seen)


@pytest.mark.parametrize(
    "query",
    ["", "?sort=title", "?queue=on_loan", "?queue=overdue", "?q=pattern", "?queue=closed", "?sort=borrower"],
)
def test_the_page_costs_the_same_few_statements_however_many_requests(
    world: World, clerk: Client, query: str
) -> None:
    many(world, 10, closed="closed" in query)
    few = statements(clerk, QUEUE + query)
    many(world, 60, closed="closed" in query)
    full = statements(clerk, QUEUE + query)
    assert few == full <= MOST_STATEMENTS


def test_somebody_who_wrote_stands_under_attention_with_the_button_that_settles_it(
    world: World, clerk: Client
) -> None:
    request = wrote(world, lend(world))
    page = page_of(clerk, f"{QUEUE}attention/")
    assert "Read what the borrower wrote, and answer." in page
    sent = {"number": request.number, "kind": "borrower_wrote"}
    assert clerk.post(f"{QUEUE}attention/settle/", sent)["Location"] == f"{QUEUE}attention/"
    assert "is settled" in page_of(clerk, f"{QUEUE}attention/")
    assert not again(request).attention
    assert clerk.post(f"{QUEUE}attention/settle/", sent | {"kind": "nonsense"}).status_code == 404


def test_what_waits_for_us_too_long_is_counted(world: World, clerk: Client) -> None:
    lend(world)
    words.flag(request_id=shipped(world).pk, kind="not_arrived", at=later(days=1))
    page = page_of(clerk, f"{QUEUE}attention/")
    assert "1 open request waits for us longer than it should." in page
    assert "Look where the parcel is" in page


def test_a_corrected_request_is_still_found_by_its_borrower(world: World, clerk: Client) -> None:
    request = lend(world)
    correction = Correction(citation=book("Hornets at Home"))
    edit(request_id=request.pk, correction=correction, actor=desk(world), at=later(hours=1))
    assert shown(page_of(clerk, f"{QUEUE}?q=eastlake+hornets"), request) == [True]
    assert "Nothing found" in page_of(clerk, f"{QUEUE}?q=eastlake+voyage")
