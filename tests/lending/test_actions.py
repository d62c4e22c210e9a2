"""Acting at the lending desk: every action has its form, and a form does what it says, once."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from illservice.directory.models import Reason
from lending.forms.actions import ACTIONS
from lending.models import ItemPlace, LendingDesk, LendingRequest
from lending.services import answers, loans, words
from lending.services.answers import Terms
from lending.services.items import Copy
from lending.workflow import TABLE
from tests.lending.pages import clerk, door, page, press
from tests.lending.verbs import (
    a_reason,
    again,
    as_borrower,
    checked_in,
    desk,
    found,
    lend,
    new_copy,
    pulled,
    refused,
    shipped,
)
from tests.world import NOON, World, later

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh_sessions() -> None:
    cache.clear()


def test_every_button_has_a_form_and_no_form_lacks_a_row() -> None:
    assert {row.action for row in TABLE.rows if row.button} - set(ACTIONS) == set()
    assert set(ACTIONS) - {row.action for row in TABLE.rows} == set()


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_form_opens_and_takes_its_own_defaults_as_data(world: World, action: str) -> None:
    request = pulled(world)
    actor, form = desk(world), ACTIONS[action]
    form.form(request=request, actor=actor, at=later()).as_p()
    form.filled({}, request=request, actor=actor, at=later()).is_valid()


def test_one_click_acts_for_the_desk_and_for_nobody_else(world: World) -> None:
    request = shipped(world)
    url, data = door(request, "check_in"), {"version": request.version}
    assert clerk(world.north, Role.COPYRIGHT).post(url, data).status_code == 403
    assert clerk(world.north, Role.BORROWING).post(url, data).status_code == 403
    assert clerk(world.south).post(url, data).status_code == 404
    assert clerk(world.south).post(door(request, "check_in", "south"), data).status_code == 404
    assert again(request).state == "on_loan"
    html = clerk(world.north, Role.STUDENT).post(url, data, follow=True).content.decode()
    assert again(request).state == "completed"
    assert "Checked in" in html
    assert "data-until" in html


def test_where_it_stands_is_said_and_it_is_fetched_in_one_step(world: World) -> None:
    request, client = lend(world), clerk(world.north)
    assert press(client, request, "pull").status_code == 422 or again(request).state == "new"
    html = client.get(door(request, "pull")).content.decode()
    assert 'name="call_number_1"' in html
    rows: dict[str, Any] = {"rows": 3, "call_number_1": "QL 568", "location_1": "hill", "volume_1": "1"}
    rows |= {"barcode_2": "N-7", "volume_2": "2", "pieces_2": "2", "volume_3": "3"}
    assert press(client, request, "pull", **rows).status_code == 302
    kept = [(each.volume, each.call_number, each.barcode, each.pieces) for each in request.items.all()]
    assert kept == [("1", "QL 568", "", 1), ("2", "", "N-7", 2)]  # the third row says no place
    assert again(request).state == "to_pull"
    assert request.items.all()[0].location == world.north.branch


def test_a_branch_of_another_library_is_no_location(world: World) -> None:
    request = lend(world)
    wrong = press(clerk(world.north), request, "pull", rows=1, call_number_1="QL", location_1="elsewhere")
    assert wrong.status_code == 422
    assert not request.items.exists()


def test_each_volume_is_found_or_not_by_its_own_button(world: World) -> None:
    request = pulled(world, copies=[Copy("QL 1", volume="1"), Copy("QL 2", volume="2")])
    client = clerk(world.north, Role.STUDENT)
    assert press(client, request, "item_found").status_code == 422  # which one?
    assert press(client, request, "item_found", item="1", barcode="N-1").status_code == 302
    assert press(client, request, "item_not_found", item="2").status_code == 302
    places = [each.place for each in request.items.order_by("position")]
    assert places == [ItemPlace.FOUND, ItemPlace.NOT_FOUND]
    assert request.items.get(position=0).barcode == "N-1"
    assert "not found on the shelf" in client.get(page(request)).content.decode()


def test_a_loan_is_sent_with_its_date_conditions_and_charge(world: World) -> None:
    request, client = found(world), clerk(world.north)
    html = client.get(door(request, "ship")).content.decode()
    assert 'value="N-1001"' in html
    over = press(client, request, "ship", due="2020-01-01")
    assert over.status_code == 422
    assert "That day is over already." in over.content.decode()
    done = press(
        client,
        request,
        "ship",
        due="2030-06-03",
        conditions=["LibraryUseOnly"],
        cost="7,50",
        currency="usd",
        note="Wrap it",
    )
    assert done.status_code == 302
    sent = again(request)
    assert (sent.state, sent.due, sent.conditions) == ("on_loan", date(2030, 6, 3), ["LibraryUseOnly"])
    assert (str(sent.cost), sent.cost_currency, sent.messages.get().text) == ("7.50", "USD", "Wrap it")


def test_a_no_needs_a_reason_of_the_list(world: World) -> None:
    request, client, reason = lend(world), clerk(world.north), a_reason("not_supplied")
    Reason.objects.create(
        library=world.south.library, purpose="not_supplied", code="theirs", staff_text="Theirs"
    )
    assert press(client, request, "refuse").status_code == 422
    assert press(client, request, "refuse", reason="theirs").status_code == 422
    assert again(request).state == "new"
    assert press(client, request, "refuse", reason=reason.code, note="Sorry").status_code == 302
    assert (again(request).state, again(request).reason) == ("not_supplied", reason)


def test_later_names_a_day_and_terms(world: World) -> None:
    request, reason = lend(world), a_reason("retry")
    answer = press(
        clerk(world.north),
        request,
        "retry_later",
        reason=reason.code,
        retry_after="2031-02-01",
        cost="12",
        currency="EUR",
    )
    assert answer.status_code == 302
    assert again(request).retry_after == date(2031, 2, 1)


def test_conditions_are_named_in_words_and_answered_where_they_stand(world: World) -> None:
    request, client = lend(world), clerk(world.north)
    assert press(client, request, "conditional").status_code == 422
    assert press(client, request, "conditional", conditions=["Whim"]).status_code == 422
    assert press(client, request, "conditional", conditions=["NoReproduction"], cost="5").status_code == 302
    html = client.get(page(request)).content.decode()
    assert "no copies to be made" in html
    assert "Borrower agrees" in html
    assert press(client, request, "conditions_accepted").status_code == 302
    assert again(request).conditions == ["NoReproduction"]


def test_a_question_names_its_day(world: World) -> None:
    request, client = lend(world), clerk(world.north)
    assert press(client, request, "ask_borrower", text="Which?", reply_by="2020-01-01").status_code == 422
    assert press(client, request, "ask_borrower", text="Which?", reply_by="2031-03-01").status_code == 302
    assert again(request).wording == "answer_needed"
    held = request.holds.get()
    assert held.reply_by is not None
    assert held.reply_by.date() >= date(2031, 3, 1)
    assert press(client, request, "clear_hold", kind="waiting_borrower", reason="answered").status_code == 302
    assert again(request).wording == "received"


def test_what_the_borrower_says_by_telephone_is_noted(world: World) -> None:
    client = clerk(world.north)
    out = shipped(world)
    assert press(client, out, "arrived").status_code == 302
    assert again(out).borrower_received_at is not None
    assert press(client, out, "ask_renewal").status_code == 302
    assert press(client, out, "renew", due="2031-01-06").status_code == 302
    assert (again(out).due, again(out).renewals) == (date(2031, 1, 6), 1)
    assert press(client, out, "sent_back").status_code == 302
    assert again(out).state == "coming_back"
    fetching = pulled(world)
    assert press(client, fetching, "reminder").status_code == 302
    assert fetching.marks.filter(kind="reminded", cleared_at__isnull=True).exists()
    assert press(client, fetching, "ask_cancel").status_code == 302
    assert press(client, fetching, "cancel_no").status_code == 302
    assert again(fetching).state == "to_pull"
    new = lend(world)
    assert press(client, new, "cancel").status_code == 302
    assert again(new).state == "cancelled"


def test_away_it_is_recalled_moved_lost_and_settled(world: World) -> None:
    request, client = shipped(world), clerk(world.north)
    assert press(client, request, "change_due", due="2031-05-05").status_code == 302
    assert press(client, request, "recall", back_by="2031-02-03", note="Needed here").status_code == 302
    assert again(request).due == date(2031, 2, 3)
    assert press(client, request, "lost", cost="80", currency="USD").status_code == 302
    assert press(client, request, "turned_up").status_code == 302
    assert press(client, request, "lost").status_code == 302
    assert press(client, request, "settle", cost="80", currency="USD").status_code == 302
    assert again(request).state == "completed"
    assert press(client, request, "reopen", why="").status_code == 422
    assert press(client, request, "reopen", why="It came after all").status_code == 302
    assert again(request).state == "new"


def test_a_correction_keeps_what_was_not_shown_and_takes_the_mark_away(world: World) -> None:
    LendingDesk.objects.create(library=world.north.library, statement_rule="warn")
    request, client = (
        lend(world, new_copy(copyright_statement="", need_by=date(2030, 1, 1))),
        clerk(world.north),
    )
    assert request.marks.filter(kind="no_statement", cleared_at__isnull=True).exists()
    form = ACTIONS["edit"].form(request=request, actor=desk(world), at=NOON)
    data = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    data |= {"pages": "1-9", "copyright_statement": "CCL", "need_by": "", "version": request.version}
    assert client.post(door(request, "edit"), data).status_code == 302
    done = again(request)
    assert (done.pages, done.copyright_statement, done.need_by) == ("1-9", "CCL", None)
    assert done.article_title == request.article_title
    assert not done.marks.filter(kind="no_statement", cleared_at__isnull=True).exists()


def test_the_second_of_two_clerks_is_told_what_the_first_did(world: World) -> None:
    request, reason = lend(world), a_reason("not_supplied")
    first, second = clerk(world.north), clerk(world.north, Role.HEAD)
    assert press(first, request, "expect").status_code == 302
    data = {"version": request.version, "reason": reason.code, "note": "We keep it"}
    answer = second.post(door(request, "refuse"), data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Told that we expect to supply" in html
    assert "We keep it" in html
    assert again(request).state == "new"


def test_two_corrections_at_once_are_merged_by_a_person(world: World) -> None:
    request, client = lend(world), clerk(world.north)
    form = ACTIONS["edit"].form(request=request, actor=desk(world), at=NOON)
    shown = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    mine = shown | {f"initial-{name}": value for name, value in shown.items()} | {"title": "Bees again"}
    words.rush(request_id=request.pk, on=True, actor=desk(world), at=NOON)
    answer = client.post(door(request, "edit"), mine | {"version": request.version})
    assert answer.status_code == 409
    assert "Bees again" in answer.content.decode()
    assert again(request).title == request.title


def test_a_double_click_does_it_once_and_both_are_well(world: World) -> None:
    request, client = shipped(world), clerk(world.north)
    data = {"version": request.version, "due": "2031-05-05"}
    assert [client.post(door(request, "change_due"), data).status_code for _ in range(2)] == [302, 302]
    assert OutboxRow.objects.filter(subject=request.number, key__contains="due_changed").count() == 1


def test_what_is_not_possible_says_where_the_request_is(world: World) -> None:
    request = refused(world)
    answer = press(clerk(world.north), request, "pull")
    assert answer.status_code == 409
    assert "Not supplied" in answer.content.decode()
    for action in ("delete", "submit", "mark_overdue", "forwarded"):
        assert clerk(world.north).get(door(request, action)).status_code == 404, action


def test_a_form_opens_as_a_page_and_as_a_part(world: World) -> None:
    request, client = found(world), clerk(world.north)
    whole = client.get(door(request, "ship")).content.decode()
    part = client.get(door(request, "ship"), headers=HTMX).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    done = client.post(door(request, "ship"), {"version": request.version}, headers=HTMX)
    assert done["HX-Redirect"] == page(request)


def test_undo_in_time_cancels_the_answer_and_brings_everything_back(world: World) -> None:
    request, client, reason = lend(world), clerk(world.north), a_reason("not_supplied")
    press(client, request, "refuse", reason=reason.code)
    kept = again(request).undo
    assert kept is not None
    url = page(request) + "undo/"
    assert clerk(world.south).post(url, {"act": kept["act"]}).status_code == 404
    assert clerk(world.north, Role.STUDENT).post(url, {"act": kept["act"]}).status_code == 403
    assert again(request).state == "not_supplied"
    html = client.post(url, {"act": kept["act"]}, follow=True).content.decode()
    assert "Taken back" in html
    assert (again(request).state, again(request).reason) == ("new", None)
    assert set(OutboxRow.objects.filter(act=kept["act"]).values_list("state", flat=True)) == {"cancelled"}
    assert "Taken back" in client.post(url, {"act": kept["act"]}, follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.LENDING, Role.STUDENT])
def test_no_form_breaks_wherever_the_request_is(world: World, role: str) -> None:
    conditional, renewal = lend(world), shipped(world)
    answers.conditional(request_id=conditional.pk, terms=Terms(["X-Own"]), actor=desk(world), at=NOON)
    loans.ask_renewal(request_id=renewal.pk, actor=as_borrower(world), at=NOON)
    client = clerk(world.north, role)
    places: list[LendingRequest] = [
        lend(world),
        pulled(world),
        found(world),
        checked_in(world),
        conditional,
        renewal,
    ]
    for request in places:
        for action in sorted(ACTIONS):
            assert client.get(door(request, action)).status_code in {200, 403, 409}, action
