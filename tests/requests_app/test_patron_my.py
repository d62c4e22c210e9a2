"""A patron's own pages: every state in eight wordings, the patron's own steps, and nobody else's requests."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from illservice.core import clock
from illservice.core.models import OutboxRow
from requests_app.models import BorrowingEvent, BorrowingRequest
from requests_app.services import closing, copies, items, lenders, loans, review, words
from requests_app.workflow.states import Wording
from tests.requests_app.patron_walks import send, signed_in, text_of
from tests.world import World, ask_for, book, new_copy, new_loan

Step = Callable[[World, BorrowingRequest], Any]


@pytest.fixture
def ada(world: World) -> Client:
    cache.clear()
    return signed_in(world.north.patrons["ada"])


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def asked(world: World) -> BorrowingRequest:
    """A loan that a lender was asked for, now; each time another book."""
    at = clock.now()
    request = ask_for(world.north, new_loan(citation=book(f"Volume {at:%M%S%f} of the bees")), at=at)
    desk = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    return again(request)


def here(world: World, **arrival: Any) -> BorrowingRequest:
    """A loan on the hold shelf, due in sixty days."""
    request, at = asked(world), clock.now()
    due = at.date() + timedelta(days=60)
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(**{"lender_due": due} | arrival),
        actor=world.north.actor(),
        at=at,
    )
    items.shelve(request_id=request.pk, actor=world.north.actor(), at=at)
    return again(request)


def with_patron(world: World) -> BorrowingRequest:
    """A loan in the patron's hands."""
    request = here(world)
    items.hand_over(request_id=request.pk, actor=world.north.actor(), at=clock.now())
    return again(request)


def copy_ready(world: World, until: date | None = None) -> BorrowingRequest:
    """A copy that can be opened by its link."""
    request, at = ask_for(world.north, new_copy(), at=clock.now()), clock.now()
    desk = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=at)
    lenders.ask(request_id=request.pk, actor=desk, at=at)
    copies.deliver_copy(
        request_id=request.pk, link="https://example.org/a.pdf", until=until, actor=desk, at=at
    )
    return again(request)


def unfilled(world: World) -> BorrowingRequest:
    """A request that nobody could fill."""
    request = ask_for(world.north)
    closing.close_unfilled(
        request_id=request.pk, actor=world.north.actor(), at=clock.now(), reason=world.no_reason
    )
    return again(request)


def page_of(client: Client, request: BorrowingRequest) -> str:
    return text_of(client.get(f"/my/requests/{request.number}/"))


# -- The list ------------------------------------------------------------------------------------------------


def test_open_requests_stand_first_and_pages_lead_both_ways(ada: Client, world: World) -> None:
    for n in range(30):
        ask_for(world.north, new_loan(citation=book(f"Open book {n} about bees")))
    closed = unfilled(world)
    first = ada.get("/my/")
    assert len(first.context["rows"]) == 25
    second = ada.get(first.context["pager"]["older_url"])
    assert [row["number"] for row in second.context["rows"]][-1] == closed.number
    assert "All copies are on loan." in text_of(second)
    third = ada.get(second.context["pager"]["newer_url"])
    assert [row["number"] for row in third.context["rows"]] == [
        row["number"] for row in first.context["rows"]
    ]
    assert ada.get("/my/?page=broken").status_code == 200


def test_the_list_takes_as_many_statements_for_3000_requests_as_for_10(ada: Client, world: World) -> None:
    for n in range(10):
        ask_for(world.north, new_loan(citation=book(f"Book {n} about bees")))

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ada.get("/my/").status_code == 200
        return len(seen)

    few = statements()
    model = BorrowingRequest.objects.latest("id")
    copies = []
    for n in range(2990):
        model.pk, model.number = None, f"X{n:07d}"
        copies.append(
            BorrowingRequest(**{f.attname: getattr(model, f.attname) for f in model._meta.concrete_fields})
        )
    BorrowingRequest.objects.bulk_create(copies, batch_size=500)
    assert statements() == few <= 6


def test_a_requests_page_keeps_to_its_statements(ada: Client, world: World) -> None:
    request, at = here(world), clock.now()
    request.location = world.north.main
    request.save(update_fields=["location"])
    words.patron_message(request_id=request.pk, text="Hello", actor=world.north.patron_actor(), at=at)
    for n in range(5):
        words.message_patron(request_id=request.pk, text=f"Hello {n}", actor=world.north.actor(), at=at)
        words.add_note(request_id=request.pk, text=f"Note {n}", actor=world.north.actor(), at=at)
    with CaptureQueriesContext(connection) as seen:
        assert "Hello 4" in page_of(ada, request)
    assert len(seen) <= 12


def test_an_empty_list_says_what_to_do(ada: Client) -> None:
    assert "You have not asked for anything yet" in text_of(ada.get("/my/"))


# -- One request ---------------------------------------------------------------------------------------------


def test_each_place_has_its_wording_and_the_next_step(ada: Client, world: World) -> None:
    shelf = here(world, conditions=["LibraryUseOnly", "SomethingNew"])
    page = page_of(ada, shelf)
    assert "Ready for you" in page
    assert shelf.shelf_code in page
    assert "You may use it in the library only" in page
    assert "special rule" in page
    loan = with_patron(world)
    page = page_of(ada, loan)
    assert "With you until" in page
    assert "Ask to keep it longer" in page
    copy = copy_ready(world, clock.now().date() + timedelta(days=3))
    assert 'href="https://example.org/a.pdf"' in page_of(ada, copy)
    page = page_of(ada, unfilled(world))
    assert "Closed without it" in page
    assert "All copies are on loan." in page
    assert "Ask for it again" in page


def test_a_link_that_has_ended_is_not_shown(ada: Client, world: World) -> None:
    copy = copy_ready(world, clock.now().date() + timedelta(days=3))
    assert "https://example.org/a.pdf" in page_of(ada, copy)
    ended = clock.now().date() - timedelta(days=3)
    BorrowingRequest.objects.filter(pk=copy.pk).update(copy_link_until=ended)
    assert "https://example.org/a.pdf" not in page_of(ada, copy)


def test_no_lender_and_no_staff_words_reach_the_patron(ada: Client, world: World) -> None:
    request = with_patron(world)
    words.add_note(request_id=request.pk, text="secret note", actor=world.north.actor(), at=clock.now())
    page = page_of(ada, request)
    for hidden in ("Eastlake", "lender", "Lender", "ILL", "secret note", "Received", "Hand over"):
        assert hidden not in page.replace("ILL-", "")


def test_the_timeline_forgets_what_was_taken_back(ada: Client, world: World) -> None:
    request = here(world)
    items.hand_over(request_id=request.pk, actor=world.north.actor(), at=clock.now())
    kept = again(request).undo
    assert kept is not None
    closing.undo_last(request_id=request.pk, act=kept["act"], actor=world.north.actor(), at=clock.now())
    told = [each.title for each in ada.get(f"/my/requests/{request.number}/").context["entries"]]
    assert "You picked it up" not in told
    assert told == [
        "We have your request",
        "We ask other libraries",
        "It is on its way",
        "Ready for you",
        "You have it",
        "Finished",
    ]


def test_only_the_eight_wordings_are_ever_shown(ada: Client, world: World) -> None:
    for make in (with_patron, copy_ready, unfilled, here):
        make(world)
    shown = {str(row["status"].text).split(" until")[0] for row in ada.get("/my/").context["rows"]}
    assert shown <= {str(label) for label in Wording.labels}


# -- What the patron does ------------------------------------------------------------------------------------


def version(client: Client, request: BorrowingRequest) -> dict[str, str]:
    return {"version": str(again(request).version)}


def do(client: Client, request: BorrowingRequest, what: str, **sent: str) -> str:
    """Press a button; the words on the page after it."""
    url = f"/my/requests/{request.number}/{what}/"
    return text_of(client.post(url, sent or version(client, request), follow=True))


def test_cancelling_says_honestly_what_it_comes_to(ada: Client, world: World) -> None:
    early, late = ask_for(world.north, at=clock.now()), asked(world)
    arrived = here(world)
    for request, before, after in (
        (early, "we can stop at once", "Your request is cancelled."),
        (late, "We ask it to stop", "We have asked the other library to stop"),
        (arrived, "too late to stop it", "Noted. It was too late to stop it"),
    ):
        assert before in text_of(ada.get(f"/my/requests/{request.number}/cancel/"))
        assert after in do(ada, request, "cancel")
        events = BorrowingEvent.objects.filter(request=request).count()
        assert after in do(ada, request, "cancel", version="0")
        assert BorrowingEvent.objects.filter(request=request).count() == events
    assert again(early).state == "cancelled"
    assert again(late).questions.get().kind == "cancel"
    assert again(arrived).marks.filter(kind="not_wanted").exists()


def test_cancelling_on_an_old_page_shows_the_new_meaning_first(ada: Client, world: World) -> None:
    request = ask_for(world.north, at=clock.now())
    seen = version(ada, request)
    desk = world.north.actor()
    lenders.plan_lenders(request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=clock.now())
    lenders.ask(request_id=request.pk, actor=desk, at=clock.now())
    page = do(ada, request, "cancel", **seen)
    assert "has moved on" in page
    assert "We ask it to stop" in page
    assert again(request).state == "asked"


def test_what_is_in_the_patrons_hands_cannot_be_cancelled(ada: Client, world: World) -> None:
    request = with_patron(world)
    assert "not possible any more" in do(ada, request, "cancel")


@pytest.mark.parametrize(
    ("make", "move", "words_after", "kind"),
    [
        (with_patron, "ask_renewal", "We have asked for more time", "renewal"),
        (with_patron, "claim_returned", "We look for it", "claimed_returned"),
        (copy_ready, "ask_resend", "We have asked for a better copy", "resend"),
    ],
)
def test_each_wish_is_noted_once(
    ada: Client,
    world: World,
    make: Callable[[World], BorrowingRequest],
    move: str,
    words_after: str,
    kind: str,
) -> None:
    request = make(world)
    old = version(ada, request)
    for _click in range(3):
        assert words_after in do(ada, request, f"do/{move}", **old)
    noted = [*request.questions.filter(kind=kind), *request.marks.filter(kind=kind)]
    assert len(noted) == 1
    assert BorrowingEvent.objects.filter(request=request, action=move).count() == 1


def test_a_wish_that_is_not_possible_changes_nothing_and_is_said(ada: Client, world: World) -> None:
    request = ask_for(world.north)
    before = again(request).version
    for move in ("ask_renewal", "claim_returned", "ask_resend"):
        assert "not possible any more" in do(ada, request, f"do/{move}")
    assert ada.post(f"/my/requests/{request.number}/do/hand_over/").status_code == 404
    assert "not possible any more" in do(ada, request, "do/ask_renewal", version="²")
    assert again(request).version == before


def test_who_brought_it_back_cannot_ask_to_keep_it_longer(ada: Client, world: World) -> None:
    request = with_patron(world)
    assert "do/ask_renewal/" in page_of(ada, request)
    do(ada, request, "do/claim_returned")
    assert "do/ask_renewal/" not in page_of(ada, request)
    assert "not possible any more" in do(ada, request, "do/ask_renewal")
    assert not request.questions.exists()


def test_asking_again_for_a_closed_one_fills_the_form(ada: Client, world: World) -> None:
    request = unfilled(world)
    form = ada.post(f"/my/requests/{request.number}/again/")
    url = form.headers["Location"]
    page = ada.get(url).context["form"]
    assert page["title"].value() == request.title
    values = {
        bound.name: bound.value() or "" for bound in page if bound.name not in {"any_edition", "any_language"}
    }
    send(ada, ada.post(url, values).headers["Location"])
    assert BorrowingRequest.objects.exclude(pk=request.pk).get().copied_from == request
    still_open = ask_for(world.north, new_loan(citation=book("Wasps")))
    back = ada.post(f"/my/requests/{still_open.number}/again/")
    assert back.headers["Location"] == f"/my/requests/{still_open.number}/"


def test_words_reach_the_desk_once_and_its_answer_is_read(ada: Client, world: World) -> None:
    request = ask_for(world.north)
    page = ada.get(f"/my/requests/{request.number}/")
    key = page.context["form"]["key"].value()
    for _click in range(3):
        ada.post(f"/my/requests/{request.number}/write/", {"text": "When is\r\nit here? 🐝", "key": key})
    assert request.messages.get().text == "When is\nit here? 🐝"
    words.message_patron(request_id=request.pk, text="On Monday.", actor=world.north.actor(), at=clock.now())
    page_text = page_of(ada, request)
    assert "On Monday." in page_text
    assert "borrowing of Northfield" not in page_text
    for text in ("", "   ", "\x00", "x" * 100_000):
        answer = ada.post(f"/my/requests/{request.number}/write/", {"text": text})
        assert answer.status_code == 200
        assert "Error: " in text_of(answer)
    assert request.messages.count() == 2


def test_answering_the_desks_question_lets_the_request_go_on(ada: Client, world: World) -> None:
    request = ask_for(world.north)
    review.ask_patron(request_id=request.pk, text="Which edition?", actor=world.north.actor(), at=clock.now())
    page = page_of(ada, request)
    assert "We need your answer" in page
    assert "Which edition?" in page
    assert "Send your answer" in page
    ada.post(f"/my/requests/{request.number}/write/", {"text": "The second."})
    assert again(request).state == "ready"
    assert OutboxRow.objects.filter(subject=request.number).count() == 2


# -- Whose it is ---------------------------------------------------------------------------------------------


def test_a_request_is_its_patrons_alone(world: World) -> None:
    cache.clear()
    request = ask_for(world.north)
    others = [signed_in(world.north.patrons["ben"]), signed_in(world.south.patrons["ada"])]
    for role in ("borrowing", "administrator"):
        clerk = Client()
        clerk.force_login(world.north.people[role])
        others.append(clerk)
    base = f"/my/requests/{request.number}/"
    before = again(request).version
    for stranger in others:
        for url in (
            base,
            f"{base}cancel/",
            f"/ask/done/{request.number}/",
            f"/ask/done/{request.number}/save/",
        ):
            assert stranger.get(url).status_code == 404
        for what in ("cancel", "again", "write", "do/ask_renewal"):
            assert stranger.post(f"{base}{what}/", {"text": "x"}).status_code == 404
    for url in (base, f"{base}cancel/"):
        assert Client().get(url).headers["Location"].startswith("/login/")
    assert Client().post(f"{base}cancel/").headers["Location"].startswith("/login/")
    assert again(request).version == before
    assert signed_in(world.north.patrons["ada"]).get(base).status_code == 200


def test_somebody_with_two_cards_changes_between_them(ada: Client, world: World) -> None:
    own = world.north.patrons["ada"]
    world.south.patrons["ben"].user = own.user
    world.south.patrons["ben"].save(update_fields=["user"])
    theirs = ask_for(world.south, patron="ben")
    assert "Change to Southfield Library" in text_of(ada.get("/my/"))
    assert ada.get(f"/my/requests/{theirs.number}/").status_code == 404
    ada.post("/my/library/", {"library": "south"})
    assert ada.get(f"/my/requests/{theirs.number}/").status_code == 200
    assert ada.post("/my/library/", {"library": "eastlake"}).status_code == 404


def test_pages_of_a_patron_are_stored_by_nobody(ada: Client, world: World) -> None:
    request = ask_for(world.north)
    for url in ("/my/", f"/my/requests/{request.number}/", "/ask/"):
        assert "no-store" in ada.get(url).headers["Cache-Control"]


def test_due_dates_of_overdue_and_recalled_items_are_said_plainly(ada: Client, world: World) -> None:
    request = with_patron(world)
    loans.recall(
        request_id=request.pk,
        back_by=clock.now().date() + timedelta(days=5),
        actor=world.north.actor(),
        at=clock.now(),
    )
    assert "The owner needs it back sooner" in page_of(ada, request)
    loans.mark_overdue(request_id=request.pk, at=clock.now())
    assert "Please bring it back now" in page_of(ada, request)
