"""A loan and a copy through their whole life, by the desk's pages alone."""

from typing import Any

import pytest
from django.test import Client

from illservice.accounts.roles import Role
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from tests.requests_app.desk_walks import again, another, arrived, asked, clerk, door, page, press
from tests.world import World, ask_for, new_copy


def walk(client: Client, request: BorrowingRequest, *steps: tuple[str, dict[str, Any], str]) -> None:
    """Each step is an action, what is typed, and where the request is then."""
    for action, data, state in steps:
        assert client.get(page(request)).status_code == 200
        answer = press(client, request, action, **data)
        assert answer.status_code == 302, (action, answer.content.decode()[-3000:])
        assert again(request).state == state, action


def test_a_loan_goes_out_and_home(world: World) -> None:
    request, client = another(world, patron="ben"), clerk(world.north)
    walk(
        client,
        request,
        ("open_hold", {"kind": "citation"}, "in_review"),
        ("clear_hold", {"kind": "citation", "reason": "checked"}, "ready"),
        ("plan_lenders", {"do": "save", "partners": ["eastlake", "westport"]}, "ready"),
        ("ask", {}, "asked"),
        ("lender_no", {"reason": "on-loan"}, "asked"),
        ("lender_conditional", {"conditions": ["NoReproduction"], "cost": "10", "currency": "USD"}, "asked"),
        ("accept_conditions", {}, "promised"),
        ("lender_shipped", {"lender_due": "2030-05-01"}, "on_the_way"),
        ("receive", {"kind": "loan", "barcode": "W-1", "pieces": "2", "lender_due": "2030-06-01"}, "at_desk"),
        ("send_to_branch", {"branch": "hill"}, "to_branch"),
        ("receive_at_branch", {}, "at_desk"),
        ("shelve", {}, "on_shelf"),
        ("hand_over", {}, "on_loan"),
        ("ask_renewal", {}, "on_loan"),
        ("renewal_yes", {"lender_due": "2030-07-01"}, "on_loan"),
        ("recall", {"back_by": "2030-06-15"}, "on_loan"),
        ("take_back", {"branch": "hill"}, "from_branch"),
        ("arrive_back", {}, "back_at_desk"),
        ("send_back", {"pieces": "2"}, "returned"),
        ("confirm_return", {}, "completed"),
        ("reopen", {"why": "a page was missing"}, "ready"),
    )
    assert again(request).notes.get().text == "a page was missing"


def test_a_copy_is_delivered_asked_for_again_and_finished(world: World) -> None:
    request, client = ask_for(world.north, new_copy()), clerk(world.north)
    walk(
        client,
        request,
        ("rush", {}, "ready"),
        ("plan_lenders", {"do": "save", "partners": ["eastlake"]}, "ready"),
        ("ask", {}, "asked"),
        ("deliver_copy", {"link": "https://copies.example/1.pdf", "until": "2030-01-01"}, "copy_delivered"),
        ("ask_resend", {}, "copy_delivered"),
        ("deliver_copy", {"link": "https://copies.example/2.pdf"}, "copy_delivered"),
        ("finish_copy", {}, "completed"),
    )
    assert again(request).copy_link == "https://copies.example/2.pdf"
    assert press(client, request, "deliver_copy", link="javascript:alert(1)").status_code == 409


def test_supplied_without_a_lender_counts_as_filled(world: World) -> None:
    request, client = another(world), clerk(world.north)
    wrong = press(client, request, "close_supplied", source="lender")
    assert wrong.status_code == 422
    data = {"source": "online", "link": "https://open.example/x", "cost": "", "currency": "USD"}
    walk(client, request, ("close_supplied", data, "completed"))
    assert (again(request).outcome, again(request).fill_source) == ("filled", "online")


@pytest.mark.parametrize("role", [Role.BORROWING, Role.STUDENT])
def test_no_form_breaks_wherever_the_request_is(world: World, role: str) -> None:
    client = clerk(world.north, role)
    for request in (asked(world), arrived(world)):
        for action in ACTIONS:
            assert client.get(door(request, action)).status_code in {200, 403, 409}, action
            posted = client.post(door(request, action), {"version": request.version + 1, "kind": "x"})
            assert posted.status_code in {200, 302, 403, 409, 422}, action
            assert again(request).version == request.version, action
