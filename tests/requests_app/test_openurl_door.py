"""/openurl: from a database's link to the filled form, also with the sign-in between."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from illservice.citations.drafts import VISITS_A_MINUTE
from patrons.models import Patron
from requests_app.models import BorrowingRequest
from tests.requests_app.patron_walks import answers, send, signed_in, text_of
from tests.world import World

MESSY = (
    "genre=article&issn=0317-8471&title=Journal of Bees & Wasps&atitle=On <i>Flight</i>&date=20190401&spage=45",
    "?genre=book&isbn=0306406152&title=Bees&aulast=Hale&aufirst=M.",
    "url_ver=Z39.88-2004&rft_val_fmt=info:ofi/fmt:kev:mtx:article&rft.atitle=X&rft.jtitle=Y&rft_id=info:doi/&rft_id=",
    "rft.genre=dissertation&rft.title=On%20Bees&rft.au=,&rft.date=2003-9-5",
    "sid=google&id=doi:10.1000/182&id=pmid:31452104",
    "=&genre=book&title=AT&T%20and%20bees",
    "genre=unknown&title=100%%20bees%zz&volume=2003:4&pages=123 - 130",
    "ctx_enc=info:ofi/enc:ISO-8859-1&rft.btitle=Gr%FC%DFe&genre=book",
    "title=%00%01%02%F0%9F%90%9D&genre=book&isbn=12345&issn=NBID.ZCBE",
    "genre=article&atitle=%3Cscript%3Ealert(1)%3C/script%3E&title=T",
    "foo=bar",
    "just some words",
    "&&&&",
    "rft.jtitle=" + "x" * 30_000,
    "genre=" + "%" * 500,
    "date=9999999999&volume=" + "9" * 400,
)


@pytest.fixture
def ada(world: World) -> Client:
    cache.clear()
    return signed_in(world.north.patrons["ada"])


def enter(client: Client, raw: str, method: str = "GET") -> Any:
    """Arrive with a link or a form; the last page of the redirects."""
    if method == "GET":
        return client.get(f"/openurl?{raw}", follow=True)
    return client.post("/openurl", raw, content_type="application/x-www-form-urlencoded", follow=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("raw", MESSY)
def test_messy_links_lead_to_the_form_and_send_nothing(ada: Client, raw: str, method: str) -> None:
    page = enter(ada, raw, method)
    assert page.status_code == 200
    assert page.request["PATH_INFO"].startswith("/ask/")
    assert "<script>alert" not in text_of(page)
    assert not BorrowingRequest.objects.exists()


def test_what_the_link_says_stands_in_the_form_and_all_of_it_is_kept(ada: Client) -> None:
    raw = (
        "url_ver=Z39.88-2004&rfr_id=info:sid/ebsco.com:a9h&rft.genre=article&rft.atitle=On+Bees&rft.jtitle=Nature"
        "&rft.volume=3&rft.issn=1234-0000&rft.eissn=0317-8471&rft.au=Hale,+M.&foo=bar"
    )
    page = enter(ada, raw)
    form = page.context["form"]
    assert form["article_title"].value() == "On Bees"
    assert form["issn"].value() == "1234-0000"
    assert form["cited_in"].value() == "ebsco.com:a9h"
    url = page.request["PATH_INFO"]
    shown = {bound.name: bound.value() or "" for bound in form if bound.name in form.initial}
    sent = send(ada, ada.post(url, answers("article", **shown)).headers["Location"])
    assert sent.status_code == 302
    request = BorrowingRequest.objects.get()
    assert (request.source, request.cited_in, request.title) == ("openurl", "ebsco.com:a9h", "Nature")
    assert request.raw["openurl"]["unknown"]["foo"] == "bar"
    found = {one.kind: one.valid for one in request.identifiers.all()}
    assert found == {"issn": False, "eissn": True}


def test_the_way_and_the_day_that_a_link_asks_for_are_taken_over(ada: Client) -> None:
    raw = "rft.genre=article&rft.atitle=X&svc_id=loan&svc.neededBy=2099-05-01&svc.note=Please"
    form = enter(ada, raw).context["form"]
    assert (form["wanted"].value(), form["delivery"].value()) == ("loan", "branch")
    assert (form["need_by"].value(), form["note"].value()) == ("2099-05-01", "Please")


@pytest.mark.parametrize(
    ("raw", "method"),
    [("genre=book&title=Bees+%26+Wasps", "GET"), ("genre=book&title=Bees+%26+Wasps", "POST")],
)
def test_somebody_signed_out_comes_back_to_the_filled_form(world: World, raw: str, method: str) -> None:
    cache.clear()
    visitor = Client()
    login = enter(visitor, raw, method)
    assert login.request["PATH_INFO"] == "/login/"
    back = login.request["QUERY_STRING"]
    assert (method == "POST") == ("Wasps" not in back)
    form = visitor.post(
        f"/login/?{back}", {"username": "north-ada", "password": "correct horse"}, follow=True
    )
    assert form.context["form"]["title"].value() == "Bees & Wasps"


def test_a_long_link_is_kept_on_the_server_while_signing_in(world: World) -> None:
    cache.clear()
    title = "Bees " * 400
    login = enter(Client(), f"genre=book&title={title}")
    assert len(login.request["QUERY_STRING"]) < 100


def test_a_form_with_files_and_a_query_in_its_address_is_read_too(ada: Client) -> None:
    page = ada.post("/openurl?sid=abc", {"genre": "book", "title": "Bees"}, follow=True)
    assert page.context["form"]["title"].value() == "Bees"
    assert page.context["form"]["cited_in"].value() == "abc"


def test_too_long_and_empty_get_kind_pages(ada: Client) -> None:
    long = "title=" + "x" * 70_000
    for method in ("GET", "POST"):
        page = enter(ada, long, method)
        assert page.status_code == 413
        assert "too long" in text_of(page)
    assert enter(ada, "x" * 3_000_000, "POST").status_code == 413
    assert enter(ada, "").request["PATH_INFO"] == "/ask/"


def test_strangers_cannot_fill_the_memory(world: World) -> None:
    cache.clear()
    answered = [
        Client().post("/openurl", "title=x", content_type="application/x-www-form-urlencoded")
        for _each in range(VISITS_A_MINUTE + 30)
    ]
    codes = [each.status_code for each in answered]
    assert codes[:10] == [302] * 10
    # The minute may turn over once while the test runs.
    if 429 in codes:
        assert answered[codes.index(429)].headers["Retry-After"] == "60"
    assert codes.count(302) <= 2 * VISITS_A_MINUTE
    form = "application/x-www-form-urlencoded"
    from_elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/openurl", "title=x", content_type=form)
    assert from_elsewhere.status_code == 302


def test_the_library_is_the_one_named_if_there_is_a_card(ada: Client, world: World) -> None:
    own = world.north.patrons["ada"]
    enter(ada, "genre=book&title=Bees&library=SOUTH")
    assert "Northfield" in text_of(ada.get("/my/"))
    Patron.objects.filter(pk=world.south.patrons["ben"].pk).update(user=own.user)
    page = enter(ada, "genre=book&title=Bees&library=south")
    assert page.context["draft"].owner == world.south.patrons["ben"].pk
    assert "Southfield" in text_of(page)
    assert "library" not in page.context["draft"].raw["openurl"]["unknown"]
    assert enter(ada, "genre=book&title=Bees&library=nowhere").status_code == 200


def test_staff_without_a_card_are_told_so(world: World) -> None:
    clerk = Client()
    clerk.force_login(world.north.people["borrowing"])
    for method in ("GET", "POST"):
        page = enter(clerk, "genre=book&title=Bees", method)
        assert page.status_code == 404
        assert "not connected to a library card" in text_of(page)
