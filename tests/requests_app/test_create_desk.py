"""The desk asks for a patron, and the help page says the table."""

import re
from typing import Any

from illservice.accounts.roles import Role
from requests_app.models import BorrowingRequest
from requests_app.workflow import TABLE
from tests.requests_app.desk_walks import clerk
from tests.world import World, ask_for, make_patron

NEW = "/desk/north/new/"


def typed(**values: Any) -> dict[str, Any]:
    """A filled form for a book."""
    return {
        "patron": "north-ada-001",
        "material": "book",
        "token": "t-1",
        "wanted": "loan",
        "delivery": "branch",
        "pickup_branch": "hill",
        "title": "The Hive",
        "author": "Moss, Ida",
    } | values


def made() -> list[BorrowingRequest]:
    return list(BorrowingRequest.objects.order_by("pk"))


def test_a_card_is_scanned_a_material_chosen_and_a_form_filled(world: World) -> None:
    client = clerk(world.north)
    assert client.get(NEW, {"q": " north-ada-001 "})["Location"] == f"{NEW}?patron=north-ada-001"
    assert "Ada Northfield" in client.get(NEW, {"q": "northfield ada"}).content.decode()
    assert "Nobody found" in client.get(NEW, {"q": "south-ada-001"}).content.decode()
    assert "Nobody found" in client.get(NEW, {"patron": "south-ada-001"}).content.decode()
    assert "material=thesis" in client.get(NEW, {"patron": "north-ada-001"}).content.decode()
    form = client.get(NEW, {"patron": "north-ada-001", "material": "thesis"}).content.decode()
    assert "University" in form
    token = re.search(r'name="token" value="(\w{32})"', form)
    assert token is not None
    answer = client.post(NEW, typed(token=token[1]))
    assert answer.status_code == 302
    (request,) = made()
    assert (request.title, request.source, request.pickup_branch) == ("The Hive", "desk", world.north.branch)
    assert request.number in client.get(answer["Location"]).content.decode()


def test_only_the_desk_of_the_patron_s_library_may(world: World) -> None:
    assert clerk(world.north, Role.STUDENT).post(NEW, typed()).status_code == 403
    assert clerk(world.south).post(NEW, typed()).status_code == 404
    assert clerk(world.south).post("/desk/south/new/", typed()).status_code == 200  # asks who it is for
    assert made() == []
    assert clerk(world.north, Role.HEAD).post(NEW, typed()).status_code == 302


def test_the_same_form_sent_twice_makes_one_request(world: World) -> None:
    client = clerk(world.north)
    first, second = client.post(NEW, typed()), client.post(NEW, typed(confirmed="1"))
    assert first["Location"] == second["Location"]
    assert len(made()) == 1


def test_what_speaks_against_it_is_said_first_and_is_no_wall(world: World) -> None:
    make_patron(world.north, "zoe", cleared_at=None)
    twin = ask_for(world.north)
    same = {"title": "A Short History of Bees", "author": "Hale, Miriam", "date": "1998", "isbn": "123"}
    checked = clerk(world.north).post(NEW, typed(**same)).content.decode()
    assert twin.number in checked
    assert "“123” is not a valid ISBN" in checked
    assert 'value="A Short History of Bees"' in checked
    assert len(made()) == 1
    new = clerk(world.north).post(NEW, typed(patron="north-zoe-001", token="t-2")).content.decode()
    assert "first request" in new
    assert len(made()) == 1
    done = clerk(world.north).post(NEW, typed(**same, confirmed="1", again_because="lost the copy"))
    assert done.status_code == 302
    request = made()[-1]
    assert (request.state, request.holds.get().kind) == ("in_review", "duplicate")
    assert request.notes.get().text == "lost the copy"


def test_nothing_asked_for_and_broken_values_are_refused_with_the_answers_kept(world: World) -> None:
    client = clerk(world.north)
    for wrong in (
        {"title": "", "author": ""},
        {"need_by": "tomorrow"},
        {"max_cost": "-1"},
        {"pickup_branch": "moon"},
        {"title": "x" * 3000},
        {"title": "nul \x00"},
        {"delivery": "office"},
    ):
        answer = client.post(NEW, typed(**wrong))
        assert answer.status_code == 422, wrong
        assert "Error:" in answer.content.decode()
    assert made() == []


def test_a_category_s_refusal_stands_at_the_form(world: World) -> None:
    world.north.category.may_loan = False
    world.north.category.save()
    answer = clerk(world.north).post(NEW, typed())
    assert answer.status_code == 422
    assert "cannot borrow" in answer.content.decode()
    assert made() == []


def test_the_help_page_prints_every_row_of_the_table(world: World) -> None:
    html = clerk(world.north, Role.STUDENT).get("/desk/north/help/workflow/").content.decode()
    assert set(re.findall(r'<tr id="(\w+)"', html)) == {row.action for row in TABLE.rows}
    assert clerk(world.south).get("/desk/north/help/workflow/").status_code == 404
