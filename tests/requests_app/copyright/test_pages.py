"""The pages of the copyright desk: the queue with its counts and ways out, the year's report, royalties, the rules."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.accounts.roles import Role
from illservice.citations.models import Journal, JournalIssn, TitleLink
from illservice.core import clock
from requests_app.models import CopyrightRules, Royalty, RoyaltyBatch
from requests_app.services import closing
from requests_app.services.closing import Supplied
from requests_app.services.copyright.clearing import Fee, get_elsewhere, pay_royalty, wait_year
from requests_app.services.review import open_hold
from tests.requests_app.copyright.desk import PRINT, again, ask, came, clerk, day, filled, record, said
from tests.requests_app.desk_walks import clerk as browser
from tests.world import World, make_house

pytestmark = pytest.mark.django_db
QUEUE, REPORT = "/desk/north/copyright/", "/desk/north/copyright/report/?year=2026"
PAY = "/desk/north/copyright/pay/"


def text(html: str) -> str:
    """What is read, without the marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def page(client: Client, url: str = QUEUE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def paid(world: World, fee: str = "41.50", **values: Any) -> Any:
    """A copy that came against a royalty, where staff look at every copy."""
    CopyrightRules.objects.get_or_create(library=world.north.library, defaults={"clear_by_law": False})
    request = ask(world, **values)
    pay_royalty(
        request_id=request.pk,
        fee=Fee(pages=8, fee=Decimal(fee), rightsholder="=Press & Co", title_number="1234"),
        actor=clerk(world),
        at=day("2026-03-02"),
    )
    return came(world, request, "2026-03-05")


def over(world: World) -> Any:
    """Five came, the sixth waits."""
    known = filled(world, 5)
    return known, ask(world)


def ways(world: World, request: Any) -> list[str]:
    """The ways out that a line offers."""
    return re.findall(rf"/{request.number}/do/(\w+)/", page(browser(world.north, Role.COPYRIGHT)))


def test_a_line_says_the_count_who_made_it_why_and_the_ways_out(world: World) -> None:
    known, request = over(world)
    html = page(browser(world.north, Role.COPYRIGHT))
    words = text(html)
    assert "5 of 5 in 2026" in words
    assert all(each.number in words for each in known)
    assert "D9 Recent, and 5 copies from this journal count this year already" in words
    for way in ("pay_royalty", "get_elsewhere", "wait_year", "clear_copyright", "cancel"):
        assert f"/{request.number}/do/{way}/" in html
    assert "Ada" not in html


def test_a_whole_work_can_be_bought_or_cleared_with_where_somebody_looked(world: World) -> None:
    whole = ask(world, material="thesis", article_title="", issn="", pages="", volume="")
    html = page(browser(world.north, Role.COPYRIGHT))
    assert ways(world, whole) == ["clear_copyright", "get_elsewhere", "get_elsewhere", "cancel"]
    assert f"/{whole.number}/do/clear_copyright/?ground=not_sold" in html
    assert f"/{whole.number}/do/get_elsewhere/?way=buy" in html


def test_the_borrowing_desk_sees_the_queue_and_only_those_who_answer_for_it_decide(world: World) -> None:
    _known, request = over(world)
    html = page(browser(world.north, Role.BORROWING))
    assert request.number in html
    assert "do/pay_royalty/" not in html
    assert "clear_copyright" not in html
    assert browser(world.north, Role.STUDENT).get(QUEUE).status_code == 403
    assert browser(world.north, Role.BORROWING).get(REPORT).status_code == 403
    assert browser(world.south, Role.COPYRIGHT).get(QUEUE).status_code == 404
    assert request.number not in page(browser(world.south, Role.COPYRIGHT), "/desk/south/copyright/")
    answer = browser(world.north, Role.BORROWING).post(
        f"/desk/north/requests/{request.number}/do/clear_copyright/",
        {"version": again(request).version, "ground": "licensed"},
    )
    assert answer.status_code == 403
    assert said(request) == ("copyright", "D9", "")


def test_several_plain_ones_are_cleared_at_once_and_what_is_over_the_limit_says_so(world: World) -> None:
    _known, request = over(world)
    plain = [ask(world, date="", title=f"Bee World {number}", issn="") for number in range(2)]
    chosen = [each.number for each in (*plain, request)]
    client = browser(world.north, Role.COPYRIGHT)
    answer = client.post(
        "/desk/north/batch/", {"do": "clear_copyright", "chosen": chosen, "back": QUEUE}, follow=True
    )
    words = text(answer.content.decode())
    assert "Done: 2 of 3" in words
    assert "5 of 5 copies count this year already" in words
    assert {said(each) for each in plain} == {("ready", "D13", "US-CCG")}
    assert said(request) == ("copyright", "D9", "")


def test_a_decision_can_be_taken_back(world: World) -> None:
    _known, request = over(world)
    client = browser(world.north, Role.COPYRIGHT)
    door = f"/desk/north/requests/{request.number}/do/pay_royalty/"
    data = {"version": again(request).version, "pages": 8, "base_fee": "20", "page_fee": "0,50", "copies": 1}
    assert client.post(door, data | {"pages": ""}).status_code == 422
    assert client.post(door, data).status_code == 302
    royalty = Royalty.objects.get()
    assert (royalty.fee, royalty.currency, royalty.pages) == (Decimal("24.00"), "USD", 8)
    assert said(request) == ("ready", "D9", "US-CCG")
    undo = again(request).undo
    assert undo is not None
    client.post(f"/desk/north/requests/{request.number}/undo/", {"act": undo["act"]})
    assert said(request) == ("copyright", "D9", "")
    assert not Royalty.objects.exists()


def test_the_request_page_says_what_was_decided(world: World) -> None:
    _known, request = over(world)
    client = browser(world.north, Role.HEAD)
    url = f"/desk/north/requests/{request.number}/"
    assert "Recent, and 5 copies from this journal count this year already" in text(page(client, url))
    client.post(
        f"{url}do/clear_copyright/",
        {"version": again(request).version, "ground": "override", "reason": "For a hearing", "copies": 1},
    )
    words = text(page(client, url))
    assert "conforms to the copyright guidelines (CCG) · D9" in words
    assert "For a hearing Recent, and 5 copies from this journal count this year already" in words


def test_the_request_page_says_the_sentence_of_the_rule_with_what_stands_in_it(world: World) -> None:
    request, client = ask(world), browser(world.north, Role.HEAD)
    known = record(request)
    known.rule, known.words = "D6", "We subscribe to it and cannot use our own copy (%(why)s): CONTU 2(a)."
    known.details = {"why": "at the bindery"}
    known.save()
    words = text(page(client, f"/desk/north/requests/{request.number}/"))
    assert "We subscribe to it and cannot use our own copy (at the bindery): CONTU 2(a)." in words


def test_the_queue_costs_the_same_for_many(world: World) -> None:
    over(world)
    client = browser(world.north, Role.COPYRIGHT)

    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            page(client)
        return len(statements)

    page(client)
    one = cost()
    for number in range(6):
        ask(world, title=f"Bee World {number}", issn="", date="")
        ask(world)
    assert cost() == one


def test_what_waits_for_next_year_says_so_and_is_nobodys_work_before(world: World) -> None:
    _known, request = over(world)
    wait_year(request_id=request.pk, actor=clerk(world), at=day("2026-03-03"))
    words = text(page(browser(world.north, Role.COPYRIGHT)))
    assert "waits until 01/01/2027" in words
    assert "0 of 5 in 2027" in words
    assert "On 1 January it is looked at again" in words
    assert "count this year already" not in words
    assert ways(world, request) == ["pay_royalty", "get_elsewhere", "clear_copyright", "cancel"]


def test_a_line_that_was_within_the_limit_offers_what_helps_when_the_last_place_is_taken(
    world: World,
) -> None:
    rules = CopyrightRules.objects.create(library=world.north.library, clear_by_law=False)
    request, undated = ask(world), ask(world, date="")
    assert ways(world, request) == ["clear_copyright", "get_elsewhere", "cancel"]
    rules.clear_by_law = True
    rules.save()
    filled(world, 5)
    over_ = ["pay_royalty", "get_elsewhere", "wait_year", "clear_copyright", "cancel"]
    assert ways(world, request) == ways(world, undated) == over_
    words = text(page(browser(world.north, Role.COPYRIGHT)))
    assert "D8 5 of 5 copies count this year already" in words
    assert "number 6 of 5" not in words
    assert said(request) == ("copyright", "D8", "")


def test_what_is_decided_and_held_back_by_hand_says_so(world: World) -> None:
    request = ask(world)
    assert said(request) == ("ready", "D8", "US-CCG")
    open_hold(request_id=request.pk, kind="copyright", actor=world.north.actor(), at=day("2026-03-03"))
    assert "Held back by hand. D8 Recent" in text(page(browser(world.north, Role.COPYRIGHT)))
    ask(world, date="")
    assert text(page(browser(world.north, Role.COPYRIGHT))).count("Held back by hand.") == 1


@pytest.mark.parametrize("year", ["0202699999", "99999999999999", "0000", "20 6", "²026"])
def test_a_year_that_is_none_is_the_present_one(world: World, year: str) -> None:
    client, this = browser(world.north, Role.COPYRIGHT), clock.now().year
    for name in ("report", "counts", "royalties"):
        answer = client.get(f"/desk/north/copyright/{name}/", {"year": year})
        assert answer.status_code == 200
        told = answer.get("Content-Disposition") or text(answer.content.decode())
        assert str(this) in told


def test_an_empty_queue_and_a_library_without_a_law(world: World) -> None:
    client = browser(world.north, Role.COPYRIGHT)
    assert "No copy waits for a decision" in page(client)
    world.north.library.entity = None
    world.north.library.save()
    request = ask(world)
    html = page(client)
    assert "Nobody said whose law binds this library" in html
    assert request.number in html


def test_the_year_is_counted_by_journal_and_the_file_runs_in_no_spreadsheet(world: World) -> None:
    over(world)
    ask(world, title="=cmd()", issn="", date="2025")
    client = browser(world.north, Role.COPYRIGHT)
    words = text(page(client, REPORT))
    assert "Nature: 1 request over the limit" in words
    filled(world, 5, title="Bee World", issn="")
    assert "0 requests over the limit" not in text(page(client, REPORT))
    answer = client.get("/desk/north/copyright/counts/?year=2026")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[1][:7] == ["2026", "Nature", PRINT, "5", "0", "5", "1"]
    assert rows[0][0] == "Year"
    assert all(cell[:1] not in "=+-@" for row in rows for cell in row if cell)
    assert "No copy was asked for" in page(client, "/desk/north/copyright/report/?year=1999")


def test_what_a_subscription_would_have_saved_is_royalties_and_document_suppliers(world: World) -> None:
    _known, request = over(world)
    get_elsewhere(request_id=request.pk, way="supplier", actor=clerk(world), at=day("2026-03-03"))
    client, at = browser(world.north, Role.COPYRIGHT), day("2026-03-04")
    assert "got elsewhere" not in text(page(client, REPORT))
    bill = Supplied("supplier", cost=Decimal("35.50"))
    closing.close_supplied(request_id=request.pk, supplied=bill, actor=world.north.actor(), at=at)
    paid(world)
    assert "41.50 USD of royalties, 35.50 USD for copies got elsewhere" in text(page(client, REPORT))
    answer = client.get("/desk/north/copyright/counts/?year=2026")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[1][-3:] == ["41.50", "USD", "35.50"]


def test_journals_that_staff_linked_are_one_line(world: World) -> None:
    filled(world, 2)
    later = Journal()
    later.set_title("Nature Letters")
    later.save()
    JournalIssn.objects.create(journal=later, value="2167-8359")
    earlier = JournalIssn.objects.get(value=PRINT).journal
    TitleLink.objects.create(earlier=earlier, later=later)
    assert record(ask(world, title="Nature Letters", issn="2167-8359")).count == 2
    rows = page(browser(world.north, Role.COPYRIGHT), REPORT)
    assert len(re.findall(r"<tr><th scope=.row.>Nature", rows)) == 1


def test_royalties_become_payable_when_the_copy_came_and_are_paid_in_batches(world: World) -> None:
    came_ = paid(world)
    open_ = ask(world)
    pay_royalty(
        request_id=open_.pk, fee=Fee(pages=3, fee=Decimal(9)), actor=clerk(world), at=day("2026-03-02")
    )
    client = browser(world.north, Role.COPYRIGHT)
    words = text(page(client, REPORT))
    assert "Make a batch of 1 royalty: 41.50 USD" in words
    assert "1 more is noted for a copy that has not come." in words

    def do(what: str, **data: Any) -> str:
        return text(client.post(PAY, {"do": what} | data, follow=True).content.decode())

    made = do("make", currency="USD")
    assert "was made" in made
    assert "1 41.50 USD" in made
    batch = RoyaltyBatch.objects.get()
    for nothing in ("USD", "\x00", ""):
        assert "Nothing is to be paid in this currency" in do("make", currency=nothing)
    assert "That day is not over yet" in do("pay", batch=batch.pk, paid_on="2199-01-01")
    today = clock.local_date(clock.now(), "America/Chicago").isoformat()
    assert "The batch is paid" in do("pay", batch=batch.pk, paid_on=today)
    assert "is paid already" in do("pay", batch=batch.pk, paid_on=today)
    assert "Take that back first" in do("apart", batch=batch.pk)
    assert Royalty.objects.get(record__request=came_).status == "paid"
    answer = client.get(f"/desk/north/copyright/royalties/?batch={batch.pk}")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2
    assert line["Request"] == came_.number
    assert (line["ISSN"], line["Fee in all"], line["Currency"]) == (PRINT, "41.50", "USD")
    assert (line["Publisher or rightsholder"], line["State"]) == ("'=Press & Co", "paid")
    do("unpay", batch=batch.pk)
    do("apart", batch=batch.pk)
    assert not RoyaltyBatch.objects.exists()
    assert "Make a batch of 1 royalty" in text(page(client, REPORT))
    do("settle", number=came_.number, state="elsewhere")
    html = page(client, REPORT)
    assert "No royalty is to be paid" in html
    assert "Take it back" in html
    do("settle", number=came_.number, state="unpaid")
    assert Royalty.objects.get(record__request=came_).status == "unpaid"


def test_another_librarys_royalties_are_not_there(world: World) -> None:
    request = paid(world)
    stranger, url = browser(world.south, Role.COPYRIGHT), "/desk/south/copyright/pay/"
    answer = stranger.post(url, {"do": "settle", "number": request.number, "state": "waived"})
    assert answer.status_code == 404
    assert Royalty.objects.get().status == "unpaid"
    assert stranger.post(url, {"do": "pay", "batch": 1, "paid_on": "2026-01-01"}).status_code == 404
    assert stranger.post(url, {"do": "burn"}).status_code == 400


def test_what_no_form_sends_is_refused_and_changes_nothing(world: World) -> None:
    request, client = paid(world), browser(world.north, Role.COPYRIGHT)
    for forged, status in (
        ({"do": "settle", "number": "\0", "state": "waived"}, 404),
        ({"do": "settle", "number": request.number, "state": "\0"}, 302),
        ({"do": "settle", "number": request.number, "state": "paid"}, 302),
        ({"do": "make", "currency": "\0"}, 302),
        ({"do": "pay", "batch": "9" * 30, "paid_on": "2026-01-01"}, 404),
    ):
        assert client.post(PAY, forged).status_code == status
    assert client.get(PAY).status_code == 405
    assert Royalty.objects.get().status == "unpaid"
    assert not RoyaltyBatch.objects.exists()


def test_the_rules_page_keeps_what_is_right_and_rewrites_nothing_decided(world: World) -> None:
    request = ask(world)
    client = browser(world.north, Role.HEAD)
    url = "/desk/north/copyright/rules/"
    assert "goes by “United States: 17 USC 108 and the CONTU guidelines”" in text(page(client, url))
    data = {
        "clear_by_law": "on",
        "contu_enabled": "on",
        "contu_limit": "1",
        "contu_window_mode": "calendar6",
        "contu_count_year_basis": "request_date",
        "contu_reserve_pending": "on",
        "chapter_rule_enabled": "on",
        "chapter_statement": "US-CCG",
    }
    assert client.post(url, data | {"contu_limit": "0"}).status_code == 422
    assert client.post(url, data | {"contu_window_mode": "moon"}).status_code == 422
    assert not CopyrightRules.objects.exists()
    assert client.post(url, data).status_code == 302
    rules = CopyrightRules.objects.get()
    assert (rules.contu_limit, rules.contu_window_mode, rules.chapter_statement) == (1, "calendar6", "US-CCG")
    assert (record(request).limit, record(request).mode) == (5, "rolling")
    assert said(ask(world)) == ("copyright", "D9", "")
    assert browser(world.north, Role.COPYRIGHT).get(url).status_code == 403


def test_where_the_rules_clear_nothing_by_themselves_staff_see_what_they_say(world: World) -> None:
    CopyrightRules.objects.create(library=world.north.library, clear_by_law=False)
    request = ask(world)
    words = text(page(browser(world.north, Role.COPYRIGHT)))
    assert "0 of 5 in 2026" in words
    assert "Recent, and number 1 of 5 from this journal this year" in words
    client = browser(world.north, Role.COPYRIGHT)
    client.post("/desk/north/batch/", {"do": "clear_copyright", "chosen": [request.number]})
    assert said(request) == ("ready", "D8", "US-CCG")


def test_another_library_of_the_entity_is_counted_and_not_named(world: World) -> None:
    sister = make_house("lakeside", "Lakeside Library")
    sister.library.entity = world.north.library.entity
    sister.library.save()
    other = ask(world, house=sister)
    filled(world, 4)
    ask(world)
    html = page(browser(world.north, Role.COPYRIGHT))
    assert "and 1 of another library of ours" in text(html)
    assert other.number not in html


def test_dates_are_kept_as_the_year_of_the_request(world: World) -> None:
    assert record(ask(world, "2026-01-01")).asked_on == date(2026, 1, 1)
