"""Acting through the web: forms, conflicts, double clicks, the way back."""

from typing import Any

import pytest
from django.core.cache import cache

from illservice.accounts.roles import Role
from illservice.core import clock, outbox
from illservice.core.desk.side import Side
from illservice.core.errors import Refused
from illservice.core.models import OutboxRow, OutboxState
from requests_app.models import BorrowingRequest
from requests_app.services import lenders, review
from tests.requests_app.desk_walks import again, another, arrived, asked, clerk, door, page, press
from tests.world import NOON, World, ask_for

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh_sessions() -> None:
    cache.clear()


def undo(client: Any, request: BorrowingRequest, act: str, slug: str = "north") -> Any:
    return client.post(page(request, slug) + "undo/", {"act": act}, follow=True)


def last_act(request: BorrowingRequest) -> str:
    kept = again(request).undo
    assert kept is not None
    return str(kept["act"])


def test_one_click_acts_for_the_desk_and_for_nobody_else(world: World) -> None:
    request = arrived(world)
    url, data = door(request, "shelve"), {"version": request.version}
    assert clerk(world.north, Role.COPYRIGHT).post(url, data).status_code == 403
    assert clerk(world.south).post(url, data).status_code == 404
    assert clerk(world.south).post(door(request, "shelve", "south"), data).status_code == 404
    assert again(request).state == "at_desk"
    answer = clerk(world.north, Role.STUDENT).post(url, data, follow=True)
    assert again(request).state == "on_shelf"
    html = answer.content.decode()
    assert f"On the hold shelf under {again(request).shelf_code}" in html
    assert last_act(request) in html
    assert "data-until" in html


def test_an_action_nobody_knows_is_not_found(world: World) -> None:
    request = ask_for(world.north)
    for action in ("delete", "submit", "mark_overdue"):
        assert clerk(world.north).get(door(request, action)).status_code == 404, action
        assert press(clerk(world.north), request, action).status_code == 404, action


def test_a_form_opens_as_a_page_and_as_a_part_and_keeps_what_was_typed(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    whole = client.get(door(request, "lender_conditional"))
    part = client.get(door(request, "lender_conditional"), headers=HTMX)
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "hx-post" in part.content.decode()
    for headers in ({}, HTMX):
        data = {"version": request.version, "note": "", "cost": "much", "currency": "EUR"}
        answer = client.post(door(request, "lender_conditional"), data, headers=headers)
        assert answer.status_code == 422
        assert 'value="much"' in answer.content.decode()
    done = client.post(
        door(request, "lender_conditional"),
        {"version": request.version, "cost": "12", "currency": "eur"},
        headers=HTMX,
    )
    assert done["HX-Redirect"] == page(request)
    assert request.questions.get().terms["currency"] == "EUR"


def test_what_the_service_refuses_stands_at_its_field(world: World) -> None:
    request = arrived(world)
    answer = press(clerk(world.north), request, "hand_over", patron_due="2031-01-01")
    assert answer.status_code == 422
    assert "later than the lender" in answer.content.decode()
    assert 'id="id_patron_due_error"' in answer.content.decode()
    assert again(request).state == "at_desk"


def test_the_second_of_two_clerks_is_told_what_the_first_did(world: World) -> None:
    request = asked(world)
    ann, ben = clerk(world.north, Role.BORROWING), clerk(world.north, Role.HEAD)
    assert press(ann, request, "lender_will", system_number="E-1").status_code == 302
    answer = ben.post(door(request, "lender_no"), {"version": request.version, "reason": "on-loan"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Lender promised it" in html
    assert "borrowing of Northfield Library" in html
    assert "On loan" in html  # what the second one chose
    assert 'data-action="lender_shipped"' in html  # what is possible now
    assert (again(request).state, request.tries.filter(open=True).count()) == ("promised", 1)


def test_what_is_not_possible_any_more_says_where_the_request_is(world: World) -> None:
    request, client = arrived(world), clerk(world.north)
    for answer in (client.get(door(request, "ask")), press(client, request, "ask")):
        assert answer.status_code == 409
        assert "Arrived, to process" in answer.content.decode()
        assert 'data-action="shelve"' in answer.content.decode()
    refused = client.get(door(another(world), "ask"))
    assert refused.status_code == 409
    assert "Add a lender to ask first." in refused.content.decode()


def test_a_double_click_does_it_once_and_both_are_well(world: World) -> None:
    request, client = asked(world), clerk(world.north)
    data = {"version": request.version, "reason": "on-loan"}
    assert [client.post(door(request, "lender_no"), data).status_code for _ in range(2)] == [302, 302]
    assert [each.status for each in request.tries.all()] == ["unfilled", "asked"]
    assert OutboxRow.objects.filter(subject=request.number, payload__notice="lender_request").count() == 2


def test_a_click_that_meets_the_first_one_halfway_is_a_double_click_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read the request before the first click's commit and the lenders after it: the condition is gone."""
    request, client = asked(world), clerk(world.north)
    data = {"version": request.version}
    assert client.post(door(request, "remind_lender"), data).status_code == 302

    def gone(*_args: Any) -> None:
        raise Refused("No lender is asked.", code="lender_asked")

    monkeypatch.setattr(Side, "row_of", gone)
    assert client.post(door(request, "remind_lender"), data)["Location"] == page(request)
    assert press(client, request, "remind_lender").status_code == 409


def test_a_person_acts_on_what_was_seen(world: World) -> None:
    request = arrived(world)
    for version in ("", "x", "-1"):
        assert clerk(world.north).post(door(request, "shelve"), {"version": version}).status_code == 400
    assert again(request).state == "at_desk"


def test_undo_in_time_cancels_the_mail_and_a_second_click_changes_nothing(world: World) -> None:
    request, client = arrived(world), clerk(world.north)
    press(client, request, "shelve")
    act = last_act(request)
    row = OutboxRow.objects.get(act=act)
    assert row.not_before > row.created_at
    assert undo(clerk(world.south), request, act).status_code == 404
    assert undo(clerk(world.north, Role.COPYRIGHT), request, act).status_code == 403
    assert again(request).state == "on_shelf"
    assert "Taken back" in undo(client, request, act).content.decode()
    row.refresh_from_db()
    assert (again(request).state, row.state) == ("at_desk", OutboxState.CANCELLED)
    version = again(request).version
    assert "Taken back" in undo(client, request, act).content.decode()
    assert again(request).version == version
    html = client.get(page(request)).content.decode()
    assert "<s>Put on the hold shelf</s>" in html
    press(client, request, "shelve")
    queue = "http://testserver/desk/north/?queue=at_desk"
    answer = client.post(page(request) + "undo/", {"act": last_act(request)}, headers={"Referer": queue})
    assert answer["Location"] == "/desk/north/?queue=at_desk"


def test_undo_after_the_mail_was_taken_is_refused_with_words(world: World) -> None:
    request, client = arrived(world), clerk(world.north)
    press(client, request, "shelve")
    row = OutboxRow.objects.get(act=last_act(request))
    OutboxRow.objects.filter(subject=request.number).exclude(pk=row.pk).update(state=OutboxState.DONE)
    assert outbox.claim(row.pk, at=row.not_before) is not None
    assert "the message has left" in undo(client, request, last_act(request)).content.decode()
    assert again(request).state == "on_shelf"
    assert "moved on" in undo(client, request, "no-such-act").content.decode()


def test_after_acting_one_goes_where_one_came_from_but_never_outside(world: World) -> None:
    client = clerk(world.north)
    for back, target in (
        ("/desk/north/?queue=at_desk", None),
        ("https://evil.example/", ""),
        ("//evil.example", ""),
    ):
        request = arrived(world)
        answer = press(client, request, "shelve", back=back)
        assert answer["Location"] == (back if target is None else page(request)), back


def edit_data(client: Any, request: BorrowingRequest) -> dict[str, Any]:
    """What a browser sends when nothing was changed: the fields and what they showed."""
    form = client.get(door(request, "edit")).context["form"]
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        text = "" if value is None else value
        if bound.field.show_hidden_initial:
            data[bound.html_initial_name] = "" if text is False else text
        if text is not False:
            data[bound.html_name] = text
    return data


def test_an_edit_that_meets_another_keeps_both_until_somebody_decides(world: World) -> None:
    request, ann, ben = another(world), clerk(world.north), clerk(world.north, Role.HEAD)
    first, second = edit_data(ann, request), edit_data(ben, request)
    assert (
        ann.post(door(request, "edit"), first | {"author": "Hale, Miriam", "title": "Bees"}).status_code
        == 302
    )
    answer = ben.post(door(request, "edit"), second | {"publisher": "Hive Press", "title": "The Bees"})
    html = answer.content.decode()
    assert answer.status_code == 409
    now = again(request)
    assert (now.title, now.author, now.publisher) == ("Bees", "Hale, Miriam", "")
    assert [each["typed"] for each in answer.context["differences"]] == ["The Bees", "Hive Press"]
    assert [each["now"] for each in answer.context["differences"]] == ["Bees", ""]
    assert 'value="The Bees"' in html
    merged = {bound.html_name: bound.value() or "" for bound in answer.context["form"]}
    merged = {name: value for name, value in merged.items() if value is not False}
    assert ben.post(door(request, "edit"), merged).status_code == 302
    now = again(request)
    assert (now.title, now.author, now.publisher) == ("The Bees", "Hale, Miriam", "Hive Press")
    assert clerk(world.north, Role.STUDENT).get(door(request, "edit")).status_code == 403


def test_two_windows_of_one_clerk_lose_no_words_either(world: World) -> None:
    request, client = another(world), clerk(world.north)
    first = edit_data(client, request)
    changed = first | {"title": "Bees"}
    assert client.post(door(request, "edit"), changed).status_code == 302
    assert client.post(door(request, "edit"), changed).status_code == 302  # the same form, sent twice
    answer = client.post(door(request, "edit"), first | {"publisher": "Hive Press"})
    assert answer.status_code == 409
    assert "Hive Press" in answer.content.decode()
    assert (again(request).title, again(request).publisher) == ("Bees", "")


def test_control_characters_and_emoji_make_no_harm(world: World) -> None:
    request, client = another(world), clerk(world.north)
    data = edit_data(client, request) | {"title": "Bees \x01\x02🐝", "publisher": "\u202eevil"}
    answer = client.post(door(request, "edit"), data)
    assert answer.status_code in {302, 422}
    bad = client.post(door(request, "message_patron"), {"text": "a\x00b"})
    assert bad.status_code in {302, 422}


def test_a_message_reaches_the_patron_without_a_version(world: World) -> None:
    request, client = another(world), clerk(world.north, Role.STUDENT)
    assert client.post(door(request, "message_patron"), {"text": "Hello"}).status_code == 302
    assert client.post(door(request, "message_patron"), {"text": ""}).status_code == 422
    assert [each.text for each in request.messages.all()] == ["Hello"]
    assert again(request).version == request.version


def test_the_copyright_hold_is_cleared_only_by_those_who_answer_for_it(world: World) -> None:
    request = another(world)
    review.open_hold(request_id=request.pk, kind="copyright", actor=world.north.actor(), at=NOON)
    html = clerk(world.north).get(page(request)).content.decode()
    assert 'data-action="clear_hold"' not in html
    assert press(clerk(world.north), request, "clear_hold", kind="copyright").status_code == 403
    done = press(clerk(world.north, Role.COPYRIGHT), request, "clear_hold", kind="copyright", reason="within")
    assert (done.status_code, again(request).state) == (302, "ready")


def test_a_row_between_page_and_click_is_not_overwritten(world: World) -> None:
    request = asked(world)
    lenders.remind_lender(request_id=request.pk, actor=world.north.actor(), at=clock.now())
    html = (
        clerk(world.north, Role.HEAD)
        .post(door(request, "move_on"), {"version": request.version})
        .content.decode()
    )
    assert "Remind the lender" in html
    assert again(request).tries.get(open=True).partner == world.eastlake
