"""A patron asks: the form of each material, the last look, and one request for however many clicks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from illservice.citations.kinds import FIELDS, Material
from illservice.core import clock
from illservice.core.models import OutboxRow
from requests_app.models import BorrowingEvent, BorrowingRequest
from tests.requests_app.patron_walks import answers, errors_of, send, signed_in, text_of, to_check
from tests.world import World, ask_for, book, make_patron, new_loan, set_terms


@pytest.fixture
def ada(world: World) -> Client:
    cache.clear()
    return signed_in(world.north.patrons["ada"])


@pytest.mark.parametrize("material", Material.values)
def test_each_material_goes_from_the_choice_to_the_number(ada: Client, material: str) -> None:
    chosen = ada.post("/ask/", {"material": material})
    assert chosen.headers["Location"] == f"/ask/{material}/"
    page = ada.get(f"/ask/{material}/")
    asked_for = [field.name for field in page.context["form"].citation_fields()]
    assert asked_for == [spec.name for spec in FIELDS[material]]
    done = send(ada, to_check(ada, material))
    request = BorrowingRequest.objects.get()
    assert done.headers["Location"] == f"/ask/done/{request.number}/"
    assert (request.material, request.source) == (material, "web")
    confirmation = text_of(ada.get(done.headers["Location"]))
    assert request.number in confirmation
    assert "What happens next" in confirmation


def test_all_that_was_said_arrives(ada: Client, world: World) -> None:
    need_by = clock.now().date() + timedelta(days=30)
    said = answers(
        title="  A Short\tHistory of Bees ",
        isbn="978 0 306 40615-7",
        volume="2",
        need_by=need_by.isoformat(),
        any_edition="on",
        any_language="on",
        max_cost="15,50",
        cited_in="A friend",
        note="Line one\r\nLine two",
        branch="hill",
    )
    send(ada, ada.post("/ask/book/", said).headers["Location"])
    request = BorrowingRequest.objects.get()
    assert (request.title, request.volume_wanted, request.need_by) == (
        "A Short History of Bees",
        "2",
        need_by,
    )
    assert request.identifiers.get().normalised == "9780306406157"
    assert (request.any_edition, request.any_language, request.max_cost) == (True, True, Decimal("15.50"))
    assert (request.cited_in, request.patron_note) == ("A friend", "Line one\nLine two")
    assert request.pickup_branch == world.north.branch


def test_what_is_missing_is_said_with_the_answers_kept(ada: Client) -> None:
    page = ada.post("/ask/article/", answers("article", title="", note="Keep me"))
    body = text_of(page)
    assert errors_of(page) == {"title": ["Fill in “Title of the journal”."]}
    assert "<title>Error: " in body
    assert 'href="#id_title"' in body
    assert "Keep me" in body
    assert not BorrowingRequest.objects.exists()


def test_an_article_with_a_good_number_needs_no_titles_but_one_with_a_bad_number_does(ada: Client) -> None:
    without = {"title": "", "article_title": ""}
    assert ada.post("/ask/article/", answers("article", **without, doi="doi: 10.1000/182")).status_code == 302
    assert ada.post("/ask/article/", answers("article", **without, pmid="12345")).status_code == 302
    wrong = ada.post("/ask/article/", answers("article", **without, doi="nothing"))
    assert set(errors_of(wrong)) == {"title", "article_title"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"wanted": "loan", "delivery": "electronic"}, "delivery"),
        ({"wanted": "gift"}, "wanted"),
        ({"wanted": ""}, "wanted"),
        ({"delivery": "pigeon"}, "delivery"),
        ({"branch": ""}, "branch"),
        ({"branch": "south-main"}, "branch"),
        ({"delivery": "office"}, "delivery_address"),
        ({"delivery": "home"}, "delivery_address"),
        ({"need_by": "2020-01-01"}, "need_by"),
        ({"need_by": "9999-12-31"}, "need_by"),
        ({"need_by": "tomorrow"}, "need_by"),
        ({"max_cost": "a lot"}, "max_cost"),
        ({"max_cost": "NaN"}, "max_cost"),
        ({"max_cost": "-5"}, "max_cost"),
        ({"title": "x" * 100_000}, "title"),
        ({"title": "\x00\x01\x02"}, "title"),
        ({"isbn": "9" * 600}, "isbn"),
        ({"note": "y" * 100_000}, "note"),
        ({"volume": "v" * 300}, "volume"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(ada: Client, values: dict[str, str], field: str) -> None:
    page = ada.post("/ask/book/", answers(**values))
    assert page.status_code == 200
    assert list(errors_of(page)) == [field]
    assert not BorrowingRequest.objects.exists()


def test_emoji_and_control_characters_pass_cleaned(ada: Client) -> None:
    send(ada, to_check(ada, title="Bees 🐝 and\x00 flowers\x07 \u202e<script>alert(1)</script>"))
    assert BorrowingRequest.objects.get().title == "Bees 🐝 and flowers <script>alert(1)</script>"
    assert "<script>alert" not in text_of(ada.get("/my/"))


def test_the_address_on_the_card_is_enough_for_home(ada: Client, world: World) -> None:
    patron = world.north.patrons["ada"]
    patron.address = "5 Hill Road"
    patron.save(update_fields=["address"])
    send(ada, to_check(ada, delivery="home"))
    send(ada, to_check(ada, title="Other bees", delivery="office", delivery_address="Room 12"))
    assert list(BorrowingRequest.objects.order_by("id").values_list("delivery_address", flat=True)) == [
        "5 Hill Road",
        "Room 12",
    ]


def test_a_wrong_number_is_a_warning_and_no_wall(ada: Client) -> None:
    url = to_check(ada, isbn="978-0-306-40615-0")
    assert "978-0-306-40615-0” does not look right" in text_of(ada.get(url))
    assert send(ada, url).status_code == 302
    assert not BorrowingRequest.objects.get().identifiers.get().valid


def test_what_would_help_is_named(ada: Client) -> None:
    assert "We find it faster" in text_of(ada.get(to_check(ada, "article")))
    assert "We find it faster" not in text_of(ada.get(to_check(ada, "article", doi="10.1000/182")))


def test_the_same_thing_again_is_told_by_words_and_can_be_explained(ada: Client, world: World) -> None:
    first = ask_for(world.north, new_loan(citation=book("The Life of the Bee")))
    url = to_check(ada, title="Life of the bee /", author="Hale, M.")
    page = text_of(ada.get(url))
    assert "You may have asked for this already" in page
    assert f"/my/requests/{first.number}/" in page
    send(ada, url, again_because="I lost it")
    again = BorrowingRequest.objects.exclude(pk=first.pk).get()
    assert again.holds.get().kind == "duplicate"
    assert again.notes.get().text == "I lost it"
    other = text_of(ada.get(to_check(ada, title="Another book entirely")))
    assert "You may have asked" not in other


def test_limit_block_expiry_and_newness_are_told_and_wait_for_the_library(world: World) -> None:
    cache.clear()
    patron = make_patron(world.north, "carl", cleared_at=None, is_blocked=True, expires_on=date(2020, 1, 1))
    set_terms(world.north, category="student", open_limit=0)
    carl = signed_in(patron)
    url = to_check(carl)
    page = text_of(carl.get(url))
    for words in ("is blocked", "has expired", "first request", "have reached the number"):
        assert words in page
    assert "waits until the library has looked" in page
    send(carl, url)
    assert BorrowingRequest.objects.get().state == "in_review"


def test_what_a_category_may_not_have_is_not_offered_and_not_taken(ada: Client, world: World) -> None:
    category = world.north.category
    category.may_loan = False
    category.refused_materials = ["score"]
    category.save()
    assert "You cannot ask for this" in text_of(ada.get("/ask/score/"))
    assert ada.post("/ask/score/", answers("score")).status_code == 200
    offered = dict(ada.get("/ask/book/").context["form"].fields["wanted"].choices)
    assert list(offered) == ["copy"]
    assert errors_of(ada.post("/ask/book/", answers(wanted="loan")))["wanted"]


def test_a_right_lost_between_check_and_sending_is_said_on_the_page(ada: Client, world: World) -> None:
    url = to_check(ada)
    world.north.category.refused_materials = ["book"]
    world.north.category.save()
    page = send(ada, url)
    assert page.status_code == 200
    assert "does not get this kind of material" in text_of(page)
    assert not BorrowingRequest.objects.exists()


def test_five_clicks_make_one_request_one_event_and_one_notice(ada: Client) -> None:
    url = to_check(ada)
    targets = {ada.post(url, {"seen": "1"}).headers["Location"] for _click in range(5)}
    request = BorrowingRequest.objects.get()
    assert targets == {f"/ask/done/{request.number}/"}
    assert BorrowingEvent.objects.filter(request=request).count() == 1
    assert OutboxRow.objects.filter(subject=request.number).count() == 1
    assert ada.get(url).headers["Location"] == f"/ask/done/{request.number}/"


def test_back_after_sending_and_another_title_is_another_request(ada: Client) -> None:
    check = to_check(ada)
    send(ada, check)
    form = f"/ask/book/{check.rstrip('/').rsplit('/', 1)[1]}/"
    new_check = ada.post(form, answers(title="Something else about wasps")).headers["Location"]
    assert new_check != check
    send(ada, new_check)
    assert BorrowingRequest.objects.count() == 2


def test_answers_changed_in_another_window_are_shown_before_they_are_sent(ada: Client) -> None:
    check = to_check(ada)
    form = f"/ask/book/{check.rstrip('/').rsplit('/', 1)[1]}/"
    ada.post(form, answers(title="Changed in the other tab"))
    page = ada.post(check, {"seen": "1"})
    assert "Your answers have changed" in text_of(page)
    assert "Changed in the other tab" in text_of(page)
    assert not BorrowingRequest.objects.exists()
    assert ada.post(check, {"seen": "²"}).status_code == 200
    assert ada.post(check, {"seen": "2"}).status_code == 302


def test_change_links_lead_to_the_field_and_back(ada: Client) -> None:
    check = to_check(ada, isbn="9780306406157")
    page = text_of(ada.get(check))
    key = check.rstrip("/").rsplit("/", 1)[1]
    assert f'href="/ask/book/{key}/#id_title"' in page
    assert ada.get(f"/ask/book/{key}/").context["form"]["isbn"].value() == "9780306406157"
    moved = ada.post(f"/ask/change/{key}/", {"material": "chapter"}).headers["Location"]
    assert moved == f"/ask/chapter/{key}/"
    kept = ada.get(moved).context["form"]
    assert (kept["title"].value(), kept["isbn"].value()) == ("Bees and their title", "9780306406157")


def test_the_usual_way_follows_the_material_and_a_chosen_one_stays(ada: Client) -> None:
    for wanted, delivery, kept in (
        ("loan", "branch", ("copy", "electronic")),
        ("either", "branch", ("either", "branch")),
    ):
        key = to_check(ada, wanted=wanted, delivery=delivery).rstrip("/").rsplit("/", 1)[1]
        form = ada.get(ada.post(f"/ask/change/{key}/", {"material": "article"}).headers["Location"]).context[
            "form"
        ]
        assert (form["wanted"].value(), form["delivery"].value()) == kept


def test_what_has_no_field_in_the_new_form_is_carried_along(ada: Client) -> None:
    key = to_check(ada, isbn="9780306406157").rstrip("/").rsplit("/", 1)[1]
    form = ada.post(f"/ask/change/{key}/", {"material": "thesis"}).headers["Location"]
    check = ada.post(form, answers("thesis")).headers["Location"]
    assert "9780306406157" in text_of(ada.get(check))
    send(ada, check)
    assert BorrowingRequest.objects.get().identifiers.get().normalised == "9780306406157"


def test_a_draft_is_its_owners_alone(ada: Client, world: World) -> None:
    check = to_check(ada)
    key = check.rstrip("/").rsplit("/", 1)[1]
    ben = signed_in(world.north.patrons["ben"])
    for url in (check, f"/ask/book/{key}/", f"/ask/change/{key}/"):
        assert ben.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert ben.post(check, {"seen": "1"}).status_code == 404
    assert "We no longer have these answers" in text_of(ben.get(check))
    assert not BorrowingRequest.objects.exists()


def test_a_sign_in_that_ended_meanwhile_loses_no_answers(world: World) -> None:
    cache.clear()
    visitor = Client()
    kept = visitor.post("/ask/book/", answers(title="Typed for an hour")).headers["Location"]
    to_login = visitor.get(kept).headers["Location"]
    assert to_login.startswith("/login/?next=/openurl/")
    user = world.north.patrons["ada"].user
    assert user is not None
    visitor.force_login(user)
    form = visitor.get(visitor.get(kept).headers["Location"])
    assert form.context["form"]["title"].value() == "Typed for an hour"


def test_the_confirmation_can_be_saved(ada: Client) -> None:
    done = send(ada, to_check(ada, title="Bees & <b>Wasps</b>")).headers["Location"]
    saved = ada.get(done + "save/")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "Bees & <b>Wasps</b>" in text_of(saved)


def test_nobody_asks_without_a_card_and_unknown_materials_are_not_there(ada: Client, world: World) -> None:
    assert ada.get("/ask/unicorn/").status_code == 404
    clerk = Client()
    clerk.force_login(world.north.people["borrowing"])
    for url in ("/ask/", "/ask/book/", "/my/"):
        page = clerk.get(url)
        assert page.status_code == 404
        assert "not connected to a library card" in text_of(page)
        assert Client().get(url).headers["Location"].startswith("/login/")
