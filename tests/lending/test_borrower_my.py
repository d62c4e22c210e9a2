"""A borrowing library's own pages: its list, how far each request is in plain words, and what it can do."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from illservice.core import clock
from illservice.core.actors import ActorKind
from illservice.core.models import OutboxRow
from illservice.documents import services as documents
from lending.models import Channel, LendingDesk, LendingRequest
from lending.selectors.borrowers import OWN_PAGE
from lending.services import answers, items, loans, words
from lending.services.answers import Terms
from lending.services.items import Copy
from tests.lending import verbs
from tests.lending.borrower_walks import AT, person, signed_in, text_of
from tests.world import World


@pytest.fixture
def client(world: World) -> Client:
    cache.clear()
    return signed_in(person(world))


def asked(world: World, **values: Any) -> LendingRequest:
    """A request that Eastlake sent on the web."""
    return verbs.lend(
        world, actor=verbs.as_borrower(world), at=clock.now(), **{"channel": Channel.WEB} | values
    )


def url(request: LendingRequest, step: str = "") -> str:
    return f"{AT}requests/{request.number}/{step}"


def page(client: Client, request: LendingRequest) -> str:
    return text_of(client.get(url(request)))


def press(client: Client, request: LendingRequest, code: str, **values: Any) -> str:
    """Press a button that the page shows."""
    assert f'data-action="{code}"' in page(client, request)
    data = {"version": verbs.again(request).version} | values
    return text_of(client.post(url(request, f"do/{code}/"), data, follow=True))


def name_conditions(world: World, request: LendingRequest) -> None:
    terms = Terms(["LibraryUseOnly"], Decimal("12.00"), note="Handle with care")
    answers.conditional(request_id=request.pk, terms=terms, actor=verbs.desk(world), at=clock.now())


def test_the_list_has_open_requests_first_and_finds_by_words_and_numbers(
    world: World, client: Client
) -> None:
    closed = verbs.refused(world, asked(world))
    first = asked(world, borrower_number="EL-77")
    second = asked(world)
    shown = re.findall(r'<span class="number">(L\w+)</span>', text_of(client.get(AT)))
    assert shown == [second.number, first.number, closed.number]
    for words_typed in ("EL-77", first.title.split()[1], first.number):
        assert first.number in text_of(client.get(AT, {"q": words_typed}))
    assert second.number not in text_of(client.get(AT, {"q": "EL-77"}))
    assert "None of your requests fits" in text_of(client.get(AT, {"q": "nothing like it"}))


def test_pages_of_the_list_lead_on_and_back(world: World, client: Client) -> None:
    numbers = {asked(world).number for _each in range(OWN_PAGE + 2)}
    first = text_of(client.get(AT))
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    second = text_of(client.get(older[1].replace("&amp;", "&")))
    found = re.findall(r'<span class="number">(L\w+)</span>', first + second)
    assert len(found) == len(numbers)
    assert set(found) == numbers
    assert 'rel="prev"' in second


def test_nothing_of_another_library_is_there(world: World, client: Client) -> None:
    other = verbs.shipped(world, borrower=world.westport)
    steps = ["", "copy/", "label/", "cancel/"]
    assert {client.get(url(other, step)).status_code for step in steps} == {404}
    posts = ["write/", "statement/", "cancel/", "again/", "do/sent_back/", "do/ask_renewal/"]
    assert {client.post(url(other, step), {"text": "x"}).status_code for step in posts} == {404}
    assert client.get(f"{AT}sent/{other.number}/").status_code == 404
    assert verbs.again(other).version == other.version
    assert other.title not in text_of(client.get(AT))
    ben = world.north.patrons["ben"].user
    assert ben is not None
    mine = asked(world)
    assert signed_in(ben).get(url(mine)).status_code == 404
    assert Client().get(url(mine)).headers["Location"].startswith("/login/")


def test_each_place_has_its_plain_words(world: World, client: Client) -> None:
    for request, status, following in (
        (asked(world), "We have your request", "answers by"),
        (verbs.pulled(world, asked(world)), "Being fetched", "fetching it"),
        (
            verbs.shipped(world, asked(world), due=date(2026, 4, 20)),
            "Sent to you",
            "due back on April 20, 2026",
        ),
        (verbs.copied(world), "Sent to you", "copy was sent"),
        (verbs.coming_back(world, asked(world)), "On its way back to us", "You sent it back"),
        (verbs.checked_in(world, asked(world)), "Completed", "nothing more to do"),
        (verbs.refused(world, asked(world)), "Not available", "In use."),
        (verbs.overdue(world, asked(world)), "Sent to you", "send it back now"),
    ):
        shown = page(client, request)
        assert status in shown
        assert following in shown


def test_conditions_are_agreed_to_and_bind(world: World, client: Client) -> None:
    request = asked(world)
    name_conditions(world, request)
    shown = page(client, request)
    for said in ("Use in the library only", "12.00 USD", "Handle with care", "We need your answer"):
        assert said in shown
    assert "The library writes" in shown
    assert "You agreed" in press(client, request, "conditions_accepted")
    assert verbs.again(request).conditions == ["LibraryUseOnly"]
    second = client.post(url(request, "do/conditions_accepted/"), follow=True)
    assert "You agreed" in text_of(second)
    event = request.events.latest("pk")
    assert (event.action, event.actor_kind) == ("conditions_accepted", ActorKind.PARTNER)
    assert event.actor_id == world.eastlake.pk


def test_who_does_not_agree_ends_the_request(world: World, client: Client) -> None:
    request = asked(world)
    assert "do/conditions" not in page(client, request)
    name_conditions(world, request)
    assert "The request is closed" in press(client, request, "conditions_refused")
    assert verbs.again(request).state == "cancelled"


def test_cancelling_says_what_it_came_to(world: World, client: Client) -> None:
    new, fetched, out = asked(world), verbs.pulled(world, asked(world)), verbs.shipped(world, asked(world))
    assert "stops at once" in text_of(client.get(url(new, "cancel/")))
    assert "The request is cancelled." in text_of(client.post(url(new, "cancel/"), follow=True))
    assert "whether it can still stop" in text_of(client.get(url(fetched, "cancel/")))
    assert "was asked to cancel it" in text_of(client.post(url(fetched, "cancel/"), follow=True))
    assert 'data-action="cancel"' not in page(client, out)
    assert "too late to cancel" in text_of(client.post(url(out, "cancel/"), follow=True))
    states = [verbs.again(each).state for each in (new, fetched, out)]
    assert states == ["cancelled", "to_pull", "on_loan"]
    assert "was asked to cancel it" in text_of(client.post(url(fetched, "cancel/"), follow=True))
    assert fetched.questions.count() == 1


def test_cancelling_on_an_old_page_shows_the_new_meaning_first(world: World, client: Client) -> None:
    request = asked(world)
    version = request.version
    verbs.pulled(world, request)
    response = client.post(url(request, "cancel/"), {"version": version}, follow=True)
    assert "Please read this again" in text_of(response)
    assert not request.questions.exists()


def test_arrived_renewed_and_sent_back(world: World, client: Client) -> None:
    request = verbs.shipped(world, asked(world))
    assert "knows that it arrived" in press(client, request, "arrived")
    assert verbs.again(request).borrower_received_at is not None
    assert "asked for more time" in press(client, request, "ask_renewal")
    assert 'data-action="ask_renewal"' not in page(client, request)
    later_on = (verbs.again(request).due or date.max) + timedelta(days=300)
    loans.renew(request_id=request.pk, due=later_on, actor=verbs.desk(world), at=clock.now())
    assert "You may keep it longer" in page(client, request)
    assert "expects it" in press(client, request, "sent_back")
    assert verbs.again(request).state == "coming_back"
    version = verbs.again(request).version
    assert "expects it" in text_of(client.post(url(request, "do/sent_back/"), follow=True))
    assert verbs.again(request).version == version


def test_what_is_not_possible_is_not_done(world: World, client: Client) -> None:
    request = asked(world)
    for code in ("sent_back", "ask_renewal", "ask_resend", "conditions_accepted"):
        response = client.post(url(request, f"do/{code}/"), follow=True)
        assert "not possible any more" in text_of(response), code
    assert client.post(url(request, "do/check_in/")).status_code == 404
    assert verbs.again(request).version == request.version


def test_a_copy_is_opened_and_a_better_one_asked_for(world: World, client: Client) -> None:
    request = asked(world, new=verbs.new_copy(channel=Channel.WEB, delivery="link"))
    items.pull(
        request_id=request.pk, copies=[Copy(call_number="Q 1")], actor=verbs.desk(world), at=clock.now()
    )
    assert "Open the copy" not in page(client, request)
    assert "no link to a copy" in text_of(client.get(url(request, "copy/"), follow=True))
    scan = SimpleUploadedFile("scan", b"\x89PNG\r\n\x1a\nIEND")
    document = documents.attach_file(
        library_id=request.library_id,
        subject=request.number,
        upload=scan,
        actor=verbs.desk(world),
        at=clock.now(),
    )
    loans.send_copy(request_id=request.pk, document_id=document.pk, actor=verbs.desk(world), at=clock.now())
    assert "Open the copy" in page(client, request)
    opened = client.get(url(request, "copy/"))
    assert "/d/" in opened.headers["Location"]
    assert "asked for a better copy" in press(client, request, "ask_resend")
    assert verbs.again(request).marks.filter(kind="resend", cleared_at__isnull=True).exists()


def test_the_return_label_goes_from_them_to_us(world: World, client: Client) -> None:
    request = verbs.shipped(world, asked(world))
    form = text_of(client.get(url(request, "label/")))
    assert "Return label" in form
    assert "Northfield Library" in form
    pdf = client.post(url(request, "label/"), {"sheet": re.findall(r'option value="([^"]+)"', form)[0]})
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    before = asked(world)
    assert client.get(url(before, "label/")).status_code == 404
    assert verbs.again(request).version == request.version


def test_words_go_to_the_desk_once_and_answer_its_question(world: World, client: Client) -> None:
    request = asked(world)
    words.ask_borrower(request_id=request.pk, text="Which volume?", actor=verbs.desk(world), at=clock.now())
    shown = page(client, request)
    assert "The library asks you" in shown
    assert "Which volume?" in shown
    sent = {"text": "The second.", "key": "k1"}
    client.post(url(request, "write/"), sent)
    client.post(url(request, "write/"), sent)
    assert [each.text for each in request.messages.filter(from_borrower=True)] == ["The second."]
    assert not request.holds.filter(cleared_at__isnull=True).exists()
    empty = client.post(url(request, "write/"), {"text": ""})
    assert "<title>Error: " in text_of(empty)


def test_the_statement_that_was_missing_is_given(world: World, client: Client) -> None:
    LendingDesk.objects.create(library=world.north.library, statement_rule="ask")
    request = asked(world, new=verbs.new_copy(channel=Channel.WEB, copyright_statement=""))
    shown = page(client, request)
    assert "We need your answer" in shown
    assert "which copyright statement applies" in shown.lower()
    assert client.post(url(request, "statement/"), {}).status_code == 200
    assert "goes on with your request" in text_of(
        client.post(url(request, "statement/"), {"statement": "US-CCL"}, follow=True)
    )
    assert verbs.again(request).copyright_statement == "US-CCL"
    assert not request.holds.filter(cleared_at__isnull=True).exists()


def test_what_was_refused_is_asked_for_again_with_its_answers(world: World, client: Client) -> None:
    request = verbs.refused(world, asked(world, borrower_number="EL-77"))
    response = client.post(url(request, "again/"), follow=True)
    form = response.context["form"]
    assert form["title"].value() == request.title
    assert form["borrower_number"].value() == "EL-77"
    assert LendingRequest.objects.count() == 1


def test_what_the_librarys_own_system_asked_is_only_shown(world: World, client: Client) -> None:
    request = asked(world, channel=Channel.ISO18626, borrower_number="X1")
    shown = page(client, request)
    assert "data-action" not in shown
    assert "Send your message" not in shown
    assert client.post(url(request, "cancel/")).status_code == 409
    assert client.post(url(request, "write/"), {"text": "x"}).status_code == 409
    assert verbs.again(request).version == request.version


def test_answers_to_web_requests_go_by_mail(world: World, client: Client) -> None:
    request = asked(world)
    client.post(url(request, "cancel/"))
    assert OutboxRow.objects.filter(subject=request.number, payload__notice="borrower_cancelled").exists()
