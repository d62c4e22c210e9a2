"""Choosing lenders, asking them, and pasting the numbers of another system."""

from typing import Any

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.models import AuditEntry, OutboxRow
from illservice.directory.models import Library, Partnership, Symbol
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.services import lenders
from tests.requests_app.desk_walks import again, another, arrived, asked, clerk, door, page, press
from tests.world import World

NUMBERS = "/desk/north/numbers/"


def choose(client: Any, request: BorrowingRequest, do: str, *partners: str, **more: Any) -> Any:
    data = {"version": again(request).version, "do": do, "partners": list(partners)} | more
    return client.post(door(request, "plan_lenders"), data)


def slugs(answer: Any) -> list[str]:
    return [line["slug"] for line in answer.context["lines"]]


def planned(request: BorrowingRequest) -> list[str]:
    return [each.partner.slug for each in again(request).tries.all()]


def test_lenders_are_found_added_moved_and_saved_without_scripts(world: World) -> None:
    request, client = another(world), clerk(world.north)
    Symbol.objects.create(library=world.westport, value="WPL")
    found = client.get(door(request, "plan_lenders") + "?q=wpl")
    assert [each["slug"] for each in found.context["found"]] == ["westport"]
    assert slugs(choose(client, request, "add:westport")) == ["westport"]
    assert slugs(choose(client, request, "add:eastlake", "westport")) == ["westport", "eastlake"]
    assert slugs(choose(client, request, "up:eastlake", "westport", "eastlake")) == ["eastlake", "westport"]
    assert slugs(choose(client, request, "down:eastlake", "eastlake", "westport")) == ["westport", "eastlake"]
    assert slugs(choose(client, request, "drop:westport", "westport", "eastlake")) == ["eastlake"]
    assert slugs(choose(client, request, "find", "eastlake", "nowhere", q="x")) == ["eastlake"]
    assert planned(request) == []
    assert choose(client, request, "save", "eastlake", "westport").status_code == 302
    assert planned(request) == ["eastlake", "westport"]
    assert press(client, request, "ask").status_code == 302
    assert OutboxRow.objects.filter(subject=request.number, payload__notice="lender_request").count() == 1


def test_a_lender_that_was_asked_twice_is_named_once(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    LenderTry.objects.create(
        request=request, ordinal=9, partner=world.eastlake, asked_at=request.submitted_at
    )
    assert client.get(door(request, "plan_lenders")).context["asked"] == [world.eastlake.name]


def test_choosing_is_the_desk_s_own_work(world: World) -> None:
    request = another(world)
    for role in (Role.STUDENT, Role.COPYRIGHT):
        assert clerk(world.north, role).get(door(request, "plan_lenders")).status_code == 403
        assert choose(clerk(world.north, role), request, "save", "eastlake").status_code == 403
    assert choose(clerk(world.south), request, "save", "eastlake").status_code == 404
    assert choose(clerk(world.north), request, "save", "south").status_code == 400  # nobody's partner
    assert planned(request) == []
    assert clerk(world.north).get(door(arrived(world), "plan_lenders")).status_code == 409


def test_two_who_choose_at_once_lose_neither_list(world: World) -> None:
    request, client = another(world), clerk(world.north)
    version = request.version
    choose(client, request, "save", "westport")
    answer = choose(clerk(world.north, Role.HEAD), request, "save", "eastlake", version=version)
    assert answer.status_code == 409
    assert "Eastlake University" in answer.content.decode()
    assert planned(request) == ["westport"]


def test_a_list_saved_twice_is_saved_once_and_another_list_is_not_lost(world: World) -> None:
    request, client = another(world), clerk(world.north)
    version = request.version
    for _click in range(2):
        answer = choose(client, request, "save", "westport", "eastlake", version=version)
        assert (answer.status_code, answer["Location"]) == (302, page(request))
    assert again(request).version == version + 1
    other = choose(client, request, "save", "eastlake", version=version)
    assert other.status_code == 409
    assert planned(request) == ["westport", "eastlake"]


def test_a_new_library_becomes_a_partner_and_stands_in_the_list(world: World) -> None:
    request, client = another(world), clerk(world.north)
    data = {"name": "Uptown College", "symbol": "UPT", "email": "ill@uptown.example", "system": "mail"}
    wrong = choose(client, request, "new", "eastlake", **data | {"email": ""})
    assert wrong.status_code == 422
    assert slugs(wrong) == ["eastlake"]
    assert slugs(choose(client, request, "new", "eastlake", **data)) == ["eastlake", "uptown-college"]
    made = Partnership.objects.get(partner__slug="uptown-college")
    assert (made.library, made.email) == (world.north.library, "ill@uptown.example")
    assert AuditEntry.objects.filter(action="create").count() == 1
    assert choose(client, request, "new", **data).status_code == 422  # there already
    assert Library.objects.filter(name="Uptown College").count() == 1
    assert (
        choose(client, request, "new", **data | {"name": "Northfield Library", "symbol": ""}).status_code
        == 422
    )


def test_the_directory_s_own_entry_is_taken_for_a_symbol_that_is_known(world: World) -> None:
    request, client = another(world), clerk(world.north)
    stranger = Library.objects.create(name="Coast Library", slug="coast")
    Symbol.objects.create(library=stranger, value="US-CST")
    answer = choose(
        client, request, "new", name="Coast", symbol="us-cst", email="a@coast.example", system="mail"
    )
    assert slugs(answer) == ["coast"]


def test_a_lender_in_another_system_is_asked_with_its_number(world: World) -> None:
    request, client = another(world), clerk(world.north)
    Partnership.objects.filter(partner=world.eastlake).update(system="oclc")
    choose(client, request, "save", "eastlake")
    html = client.get(page(request)).content.decode()
    assert f'href="{door(request, "ask")}"' in html  # a form, not one click
    press(client, request, "ask", system="oclc", system_number="224466880")
    lender = again(request).tries.get()
    assert (lender.system, lender.system_number, lender.status) == ("oclc", "224466880", "asked")
    assert not OutboxRow.objects.filter(subject=request.number, payload__notice="lender_request").exists()
    press(client, request, "record_number", lender="1", system="oclc", system_number="99")
    assert again(request).tries.get().system_number == "99"


def test_conditions_are_shown_and_answered_where_they_stand(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    terms = lenders.Terms(conditions=["LibraryUseOnly"], cost=None, note="for five days")
    lenders.lender_conditional(request_id=request.pk, terms=terms, actor=world.north.actor(), at=clock.now())
    html = client.get(page(request)).content.decode()
    for words in ("use in the library only", "for five days", 'data-action="refuse_conditions"'):
        assert words in html
    press(client, request, "refuse_conditions")
    assert again(request).tries.get(open=True).partner == world.westport


def test_many_numbers_are_pasted_at_once_and_a_bad_line_loses_nothing(world: World) -> None:
    one, two, gone = asked(world), asked(world, patron="ben"), another(world)
    foreign = BorrowingRequest.objects.get(pk=another(world).pk)
    BorrowingRequest.objects.filter(pk=foreign.pk).update(library=world.south.library)
    lines = [
        f"{one.number}\t111",
        f"  {two.number.lower()} 22 2 ",
        "",
        "B0000011 333",
        f"{gone.number} 444",
        f"{foreign.number} 555",
        f"{one.number}",
        f"{one.number} {'9' * 70}",
        "<script>alert(1)</script> 1",
    ]
    data = {"system": "oclc", "pasted": "\n".join(lines)}
    assert clerk(world.south).post(NUMBERS, data).status_code == 404
    assert clerk(world.north, Role.STUDENT).post(NUMBERS, data).status_code == 403
    answer = clerk(world.north).post(NUMBERS, data)
    html = answer.content.decode()
    assert [each["ok"] for each in answer.context["results"]] == [True, True, *[False] * 6]
    assert again(one).tries.get(open=True).system_number == "111"
    assert again(two).tries.get(open=True).system_number == "22 2"
    left = answer.context["form"].initial["pasted"].splitlines()
    assert left == [lines[3], *lines[4:]]
    assert "<script>alert" not in html
    assert clerk(world.north).post(NUMBERS, {"system": "oclc", "pasted": "x 1\n" * 501}).status_code == 422
    assert clerk(world.north).post(NUMBERS, {"system": "fax", "pasted": ""}).status_code == 422
