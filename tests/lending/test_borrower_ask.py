"""A library without a system asks on the web: what it types arrives, once, and only where it is known."""

import pytest
from django.core.cache import cache

from illservice.citations.kinds import Material
from illservice.directory.models import Partnership
from lending.models import BorrowerAccount, Channel, DeliveryWay, LendingDesk, LendingRequest
from tests.lending.borrower_walks import AT, answers, errors_of, person, send, signed_in, text_of, to_check
from tests.world import World


@pytest.fixture(autouse=True)
def _no_drafts() -> None:
    cache.clear()


@pytest.mark.parametrize("material", Material.values)
def test_each_material_goes_from_the_choice_to_the_number(world: World, material: str) -> None:
    client = signed_in(person(world))
    first = client.post(f"{AT}ask/", {"material": material})
    assert first.headers["Location"] == f"{AT}ask/{material}/"
    assert client.get(first.headers["Location"]).status_code == 200
    response = send(client, to_check(client, material))
    request = LendingRequest.objects.get()
    assert response.headers["Location"] == f"{AT}sent/{request.number}/"
    assert request.number in text_of(client.get(f"{AT}sent/{request.number}/"))
    assert (request.library, request.borrower) == (world.north.library, world.eastlake)
    assert (request.channel, request.material, request.state) == (Channel.WEB, material, "new")


def test_everything_that_was_typed_arrives(world: World) -> None:
    client = signed_in(person(world))
    send(
        client,
        to_check(
            client,
            "article",
            wanted="copy",
            borrower_number="EL-77",
            copyright_statement="US-CCL",
            delivery="mail",
            ship_to="Eastlake\n1 Lake Road",
            max_cost="15,50",
            note="As soon as you can",
        ),
    )
    request = LendingRequest.objects.get()
    assert (request.borrower_number, request.copyright_statement) == ("EL-77", "US-CCL")
    assert (request.delivery, request.ship_to) == (DeliveryWay.MAIL, "Eastlake\n1 Lake Road")
    assert (str(request.max_cost), request.max_cost_currency) == ("15.50", "USD")
    assert request.borrower_note == "As soon as you can"
    assert request.article_title.startswith("Bees")


def test_a_pasted_openurl_fills_the_form_and_a_number_alone_too(world: World) -> None:
    client = signed_in(person(world))
    link = (
        "https://resolver.example/?genre=article&atitle=On+Wings&title=Bee+World&volume=4&spage=9&date=2019"
    )
    response = client.post(f"{AT}ask/", {"pasted": link})
    page = client.get(response.headers["Location"])
    assert page.context["form"]["article_title"].value() == "On Wings"
    assert page.context["form"]["volume"].value() == "4"
    nothing = client.post(f"{AT}ask/", {"pasted": "no number here"})
    assert nothing.status_code == 200
    assert "pasted" in errors_of(nothing)
    assert not LendingRequest.objects.exists()


def test_the_address_is_filled_in_from_the_partnership_and_a_parcel_needs_one(world: World) -> None:
    Partnership.objects.filter(partner=world.eastlake, library=world.north.library).update(
        return_address="Dock 4\nLake Road"
    )
    client = signed_in(person(world))
    form = client.get(f"{AT}ask/book/").context["form"]
    assert form["ship_to"].value() == "Eastlake University\nDock 4\nLake Road"
    refused = client.post(f"{AT}ask/book/", answers(ship_to=""))
    assert list(errors_of(refused)) == ["ship_to"]
    assert text_of(refused).count("<title>Error: ") == 1
    by_link = client.post(f"{AT}ask/article/", answers("article", ship_to=""))
    assert by_link.status_code == 302


@pytest.mark.parametrize("rule", ["warn", "ask", "refuse"])
def test_a_copy_without_a_statement_is_warned_of_or_not_taken(world: World, rule: str) -> None:
    LendingDesk.objects.create(library=world.north.library, statement_rule=rule)
    client = signed_in(person(world))
    response = client.post(f"{AT}ask/article/", answers("article", copyright_statement=""))
    if rule == "warn":
        assert "which copyright statement applies" in text_of(client.get(response.headers["Location"]))
        send(client, response.headers["Location"])
        assert LendingRequest.objects.get().copyright_statement == ""
    else:
        assert list(errors_of(response)) == ["copyright_statement"]
        assert not LendingRequest.objects.exists()


def test_a_form_sent_twice_is_one_request(world: World) -> None:
    client = signed_in(person(world))
    check = to_check(client)
    first, second = send(client, check), client.post(check, {"seen": "1"})
    assert first.headers["Location"] == second.headers["Location"]
    assert LendingRequest.objects.count() == 1


def test_answers_changed_in_another_window_are_shown_before_they_are_sent(world: World) -> None:
    client = signed_in(person(world))
    check = to_check(client)
    key = check.rstrip("/").rpartition("/")[2]
    client.post(f"{AT}ask/book/{key}/", answers(title="Another one"))
    assert "Your answers have changed" in text_of(client.post(check, {"seen": "1"}))
    assert not LendingRequest.objects.exists()
    send(client, check)
    assert LendingRequest.objects.get().title == "Another one"


def test_a_draft_is_its_persons_own_and_ends_kindly(world: World) -> None:
    check = to_check(signed_in(person(world)))
    other = signed_in(person(world, "eastlake-two")).get(check)
    assert other.status_code == 404
    assert "We no longer have these answers" in text_of(other)


def test_who_is_blocked_hears_no_at_once(world: World) -> None:
    Partnership.objects.filter(partner=world.eastlake).update(standing="blocked")
    client = signed_in(person(world))
    response = send(client, to_check(client))
    request = LendingRequest.objects.get()
    assert request.state == "not_supplied"
    assert "Not available" in text_of(client.get(f"{AT}requests/{request.number}/"))
    assert response.status_code == 302


def test_only_libraries_that_know_the_borrower_are_offered(world: World) -> None:
    user = person(world)
    client = signed_in(user)
    assert client.get("/from/").headers["Location"] == AT
    assert client.get("/from/south/").status_code == 404
    Partnership.objects.create(library=world.south.library, partner=world.eastlake)
    assert client.get("/from/south/").status_code == 404, "an account of one lender opens nothing at another"
    BorrowerAccount.objects.create(user=user, library=world.eastlake, lender=world.south.library)
    page = text_of(client.get("/from/"))
    assert "Northfield Library" in page
    assert "Southfield Library" in page
    assert client.get("/from/south/").status_code == 200
    Partnership.objects.filter(library=world.south.library).update(is_active=False)
    assert client.get("/from/south/").status_code == 404


def test_who_asks_for_two_libraries_chooses_one_and_mixes_nothing(world: World) -> None:
    user = person(world)
    BorrowerAccount.objects.create(user=user, library=world.westport, lender=world.north.library)
    client = signed_in(user)
    assert client.post("/from/", {"lender": "north", "borrower": "westport"}).headers["Location"] == AT
    send(client, to_check(client))
    assert LendingRequest.objects.get().borrower == world.westport
    assert client.post("/from/", {"lender": "south", "borrower": "westport"}).status_code == 404
    client.post("/from/", {"lender": "north", "borrower": "eastlake"})
    assert "not asked for anything" in text_of(client.get(AT))


def test_after_sign_in_the_person_is_led_to_these_pages(world: World) -> None:
    assert signed_in(person(world)).get("/").headers["Location"] == AT
    ada = world.north.patrons["ada"].user
    assert ada is not None
    assert signed_in(ada).get("/").headers["Location"] == "/my/"
    assert signed_in(ada).get("/from/").status_code == 404
