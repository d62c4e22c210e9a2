"""A lender answers by the link in our mail: once, for its own try, without signing in and without seeing a patron."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from illservice.core import clock, outbox
from illservice.core.actors import ActorKind
from illservice.notices.kinds import kind_of
from requests_app.models import BorrowingRequest, LenderTry, TryStatus
from requests_app.services import lenders, loans
from requests_app.services.answer_links import Purpose, link_for, read_token
from tests.requests_app import standing
from tests.world import World, ask_for, new_loan


@pytest.fixture
def asked(world: World) -> BorrowingRequest:
    """Eastlake is asked, Westport is next; the patron has a note and a name that nobody else may see."""
    request = ask_for(world.north, new_loan(note="for Ada’s own thesis"), at=clock.now())
    ids = [world.eastlake.pk, world.westport.pk]
    lenders.plan_lenders(request_id=request.pk, partner_ids=ids, actor=world.north.actor(), at=clock.now())
    lenders.ask(request_id=request.pk, actor=world.north.actor(), at=clock.now())
    return BorrowingRequest.objects.get(pk=request.pk)


def open_try(request: BorrowingRequest) -> LenderTry:
    return LenderTry.objects.select_related("request").get(request=request, open=True)


def path_of(lender_try: LenderTry, purpose: Purpose = Purpose.SUPPLY, at: datetime | None = None) -> str:
    address = link_for(lender_try, purpose, at or clock.now())
    return address[address.index("/answer/") :]


def say(path: str, action: str, **values: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(path, {"do": action} | values, follow=True)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def test_looking_changes_nothing_and_shows_no_patron(asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    for address in (path, f"{path}?do=lender_will", f"{path}?do=lender_no", f"{path}?do=nothing"):
        response = Client().get(address)
        assert response.status_code == 200
        assert "Short History of Bees" in text_of(response)
        assert f"{asked.number}-1" in text_of(response)
        for private in ("Ada", "north-ada-001", "thesis"):
            assert private not in text_of(response)
        assert "no-store" in response.headers["Cache-Control"]
    assert (again(asked).version, open_try(asked).status) == (asked.version, TryStatus.ASKED)


def test_yes_with_the_lenders_number(asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    response = say(path, "lender_will", system_number="EL-9")
    assert "You will send it" in text_of(response)
    lender_try = open_try(asked)
    assert (lender_try.status, lender_try.system_number) == (TryStatus.PROMISED, "EL-9")
    event = asked.events.latest("pk")
    assert (event.action, event.actor_kind, event.actor_id) == (
        "lender_will",
        ActorKind.PARTNER,
        lender_try.partner_id,
    )


def test_no_needs_a_reason_and_asks_the_next_library(world: World, asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    refused = say(path, "lender_no")
    assert "reason" in refused.context["form"].errors
    assert open_try(asked).partner == world.eastlake
    response = say(path, "lender_no", reason="on-loan")
    assert "we ask elsewhere" in text_of(response)
    first = LenderTry.objects.get(request=asked, ordinal=1)
    assert (first.status, first.reason) == (TryStatus.UNFILLED, world.no_reason)
    assert open_try(asked).partner == world.westport


def test_an_answer_never_counts_for_the_next_library(world: World, asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    say(path, "lender_no", reason="on-loan")
    again_no = say(path, "lender_no", reason="on-loan")
    assert "How this request stands" in text_of(again_no)
    assert (open_try(asked).partner, open_try(asked).status) == (world.westport, TryStatus.ASKED)


def test_conditions_go_to_the_desk_and_end_the_link(asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    assert "conditions" in say(path, "lender_conditional").context["form"].errors
    say(path, "lender_conditional", conditions=["LibraryUseOnly"], cost="12,50", note="Reading room")
    question = asked.questions.get(answered_at__isnull=True)
    assert question.terms == {
        "conditions": ["LibraryUseOnly"],
        "cost": "12.50",
        "currency": "USD",
        "note": "Reading room",
    }
    assert "We have your answer" in text_of(Client().get(path))
    assert "We have your answer" in text_of(say(path, "lender_will"))
    assert open_try(asked).status == TryStatus.ASKED


def test_shipped_with_a_due_date(asked: BorrowingRequest) -> None:
    due = clock.now().date() + timedelta(days=40)
    say(path_of(open_try(asked)), "lender_shipped", lender_due=due.isoformat(), system_number="EL-9")
    assert (again(asked).state, again(asked).lender_due) == ("on_the_way", due)


def test_after_a_yes_a_later_mail_still_takes_shipped(asked: BorrowingRequest) -> None:
    say(path_of(open_try(asked)), "lender_will")
    path = path_of(open_try(asked))
    page = text_of(Client().get(path))
    assert "It is on its way" in page
    assert "Yes, we will send it" not in page
    say(path, "lender_shipped")
    assert again(asked).state == "on_the_way"


def test_a_link_ends_when_the_desk_moves_on(world: World, asked: BorrowingRequest) -> None:
    path = path_of(open_try(asked))
    lenders.move_on(request_id=asked.pk, actor=world.north.actor(), at=clock.now())
    assert "We ask another library now" in text_of(Client().get(path))
    assert "We ask another library now" in text_of(say(path, "lender_will"))
    assert open_try(asked).status == TryStatus.ASKED


def test_a_link_ends_a_month_after_the_answer_was_due(asked: BorrowingRequest) -> None:
    lender_try = open_try(asked)
    assert lender_try.answer_by is not None
    token = path_of(lender_try).split("/")[2]
    assert read_token(token, lender_try.answer_by + timedelta(days=29)).is_open
    late = read_token(token, lender_try.answer_by + timedelta(days=31))
    assert (late.is_open, late.expired) == (False, True)
    LenderTry.objects.filter(pk=lender_try.pk).update(answer_by=clock.now() - timedelta(days=60))
    old = path_of(open_try(asked), at=clock.now() - timedelta(days=90))
    assert "The time for this link is over" in text_of(say(old, "lender_will"))
    assert open_try(asked).status == TryStatus.ASKED


@pytest.mark.parametrize("token", ["x", "x:y", "x" * 900, "eyJhIjoxfQ:abc"])
def test_what_we_did_not_make_opens_nothing(asked: BorrowingRequest, token: str) -> None:
    for response in (Client().get(f"/answer/{token}/"), say(f"/answer/{token}/", "lender_will")):
        assert response.status_code == 404
        assert "We do not know this link" in text_of(response)
    changed = path_of(open_try(asked)).replace("/answer/", "/answer/A")
    assert Client().get(changed).status_code == 404


def test_a_renewal_is_granted_with_a_date_or_refused(world: World) -> None:
    for action, said in (("renewal_yes", "We may keep it until"), ("renewal_no", "The date stays")):
        request = standing.on_loan(world)
        loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=clock.now())
        lender_try = LenderTry.objects.select_related("request").get(request=request, status="received")
        path = path_of(lender_try, Purpose.RENEWAL)
        if action == "renewal_yes":
            assert "lender_due" in say(path, action).context["form"].errors
        due = date(2099, 5, 1)
        assert said in text_of(say(path, action, lender_due=due.isoformat()))
        assert request.questions.latest("pk").answer == action.removeprefix("renewal_")
        assert (again(request).lender_due == due) is (action == "renewal_yes")
        other = "renewal_no" if action == "renewal_yes" else "renewal_yes"
        assert said in text_of(say(path, other, lender_due="2099-06-01"))
        assert request.questions.latest("pk").answer == action.removeprefix("renewal_")


@pytest.mark.parametrize("action", ["cancel_accepted", "cancel_refused"])
def test_a_cancellation_is_confirmed_or_comes_too_late(
    world: World, asked: BorrowingRequest, action: str
) -> None:
    assert link_for(open_try(asked), Purpose.CANCEL, clock.now()) == ""
    lenders.ask_cancel(request_id=asked.pk, actor=world.north.actor(), at=clock.now())
    lender_try = open_try(asked)
    response = say(path_of(lender_try, Purpose.CANCEL), action)
    if action == "cancel_accepted":
        assert again(asked).state == "cancelled"
        assert "This is cancelled" in text_of(response)
    else:
        assert again(asked).state == "asked"
        assert "too late to cancel" in text_of(response)


def test_the_mail_to_the_lender_holds_a_link_that_works_and_a_preview_does_not(
    asked: BorrowingRequest, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    at = clock.now() + timedelta(minutes=5)
    for row_id in outbox.due_rows(at=at):
        outbox.deliver(row_id, at=at)
    (mail,) = [each for each in mailoutbox if each.to == ["lend@eastlake.example"]]
    found = re.search(r"/answer/[^\s/]+/", str(mail.body))
    assert found is not None
    assert found[0] in str(mail.alternatives[0][0])
    assert "You will send it" in text_of(say(found[0], "lender_will"))
    letter = kind_of("lender_request").preview(asked.library_id, asked.number, at)
    assert letter is not None
    assert Client().get("/answer/example/").status_code == 404
    assert str(letter.context["answer_url"]).endswith("/answer/example/")
