"""The desk types in what another library asked by mail, telephone or in another system."""

from typing import Any

from django.test import Client

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.directory.models import Partnership
from lending.models import LendingRequest
from tests.lending.pages import clerk, page
from tests.lending.verbs import lend, new_loan, partnership
from tests.world import World, book

URL = "/lend/north/new/"


def typed(**values: Any) -> dict[str, Any]:
    """The form of a book, filled in."""
    answers = {
        "borrower": "eastlake", "material": "book", "wanted": "loan", "title": "On Bees", "author": "Hale, M.",
        "system": "docline", "borrower_number": "DOC-12", "delivery": "mail", "token": "t-1",
    }  # fmt: skip
    return answers | values


def test_a_library_is_chosen_then_a_material_then_the_form(world: World) -> None:
    client = clerk(world.north)
    assert "Eastlake University" in client.get(URL, {"q": "eastl"}).content.decode()
    assert "No partner found" in client.get(URL, {"q": "atlantis"}).content.decode()
    choose = client.get(URL, {"borrower": "eastlake"}).content.decode()
    assert "New request for Eastlake University" in choose
    form = client.get(URL, {"borrower": "eastlake", "material": "article"}).content.decode()
    assert 'name="article_title"' in form
    assert 'name="copyright_statement"' in form


def test_only_the_desk_of_the_library_may(world: World) -> None:
    for role in (Role.STUDENT, Role.BORROWING, Role.COPYRIGHT):
        assert clerk(world.north, role).post(URL, typed()).status_code == 403
    assert clerk(world.south).post(URL, typed()).status_code == 404
    # Southfield has no such partner: it is asked who it is, and nothing is made.
    assert clerk(world.south).post(URL.replace("north", "south"), typed()).status_code == 422
    assert not LendingRequest.objects.exists()


def test_a_pasted_link_fills_the_form(world: World) -> None:
    client = clerk(world.north)
    link = "https://x.example/openurl?genre=article&atitle=On+Flight&title=Bees&volume=3&date=2019"
    html = client.get(URL, {"borrower": "eastlake", "pasted": link}).content.decode()
    assert 'value="On Flight"' in html
    assert 'name="article_title"' in html
    doi = client.get(URL, {"borrower": "eastlake", "pasted": "doi:10.1000/182"}).content.decode()
    assert 'value="10.1000/182"' in doi
    nothing = client.get(URL, {"borrower": "eastlake", "pasted": "hello"}).content.decode()
    assert "We found no number or link" in nothing


def test_what_is_typed_stands_on_the_page(world: World) -> None:
    client = clerk(world.north)
    done = client.post(URL, typed(max_cost="12,50", max_cost_currency="eur", note="for a course", rush="on"))
    request = LendingRequest.objects.get()
    assert done["Location"] == page(request)
    assert (request.borrower, request.borrower_number, request.system) == (
        world.eastlake,
        "DOC-12",
        "docline",
    )
    assert (str(request.max_cost), request.max_cost_currency, request.rush) == ("12.50", "EUR", True)
    html = client.get(page(request)).content.decode()
    for words in ("On Bees", "DOC-12", "DOCLINE", "for a course", "12.50 EUR"):
        assert words in html, words


def test_the_same_form_sent_twice_makes_one_request(world: World) -> None:
    client = clerk(world.north)
    first, second = client.post(URL, typed()), client.post(URL, typed(confirmed="1"))
    assert first["Location"] == second["Location"]
    assert LendingRequest.objects.count() == 1


def test_nothing_asked_for_is_refused_with_the_answers_kept(world: World) -> None:
    answer = clerk(world.north).post(URL, typed(title="", author="Somebody"))
    assert answer.status_code == 422
    assert 'value="Somebody"' in answer.content.decode()
    broken = clerk(world.north).post(URL, typed(max_cost="much", need_by="soon", wanted="gift", system="fax"))
    assert broken.status_code == 422
    assert not LendingRequest.objects.exists()


def test_what_speaks_against_it_is_said_first_and_is_no_wall(world: World) -> None:
    client = clerk(world.north)
    twin = lend(world, new_loan(citation=book()), at=clock.now())
    same = {"title": "A Short History of Bees", "author": "Hale, Miriam", "date": "1998", "isbn": "123"}
    answer = client.post(URL, typed(**same))
    html = answer.content.decode()
    assert twin.number in html
    assert "is not a valid ISBN" in html
    assert LendingRequest.objects.count() == 1
    assert client.post(URL, typed(**same, confirmed="1")).status_code == 302
    assert LendingRequest.objects.latest("pk").holds.get().kind == "duplicate"


def test_what_our_rules_answer_is_said_before(world: World) -> None:
    Partnership.objects.filter(pk=partnership(world).pk).update(standing="blocked")
    client: Client = clerk(world.north)
    assert "answered no at once" in client.post(URL, typed()).content.decode()
    assert not LendingRequest.objects.exists()
    client.post(URL, typed(confirmed="1"))
    assert LendingRequest.objects.get().state == "not_supplied"


def test_a_library_that_is_no_partner_becomes_one(world: World) -> None:
    client = clerk(world.north)
    assert client.post(URL, {"name": "", "system": "phone"}).status_code == 422
    assert client.post(URL, {"name": "Hillside", "system": "mail", "email": ""}).status_code == 422
    done = client.post(URL, {"name": "Hillside", "system": "phone", "symbol": "HIL"})
    assert done["Location"] == f"{URL}?borrower=hillside"
    assert Partnership.objects.filter(library=world.north.library, partner__slug="hillside").count() == 1
