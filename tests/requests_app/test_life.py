"""One loan and one copy through their whole life, by services alone."""

from datetime import date

from illservice.accounts.roles import Role
from illservice.core.models import OutboxRow
from requests_app.models import BorrowingRequest
from requests_app.services import copies, items, lenders, loans
from tests.world import NOON, World, ask_for, later, new_copy


def again(request: BorrowingRequest) -> BorrowingRequest:
    return BorrowingRequest.objects.get(pk=request.pk)


def told(request: BorrowingRequest) -> list[str]:
    rows = OutboxRow.objects.filter(subject=request.number).order_by("id")
    return [row.payload["notice"] for row in rows]


def test_a_loan_goes_from_the_form_to_the_lender_and_home_again(world: World) -> None:
    request = ask_for(world.north)
    desk = world.north.actor(Role.BORROWING)
    assert request.state == "ready"
    lenders.plan_lenders(
        request_id=request.pk,
        partner_ids=[world.eastlake.pk, world.westport.pk],
        actor=desk,
        at=later(hours=1),
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    lenders.lender_no(request_id=request.pk, actor=desk, at=later(days=1), reason=world.no_reason)
    assert again(request).state == "asked"
    lenders.lender_will(request_id=request.pk, actor=desk, at=later(days=2))
    lenders.lender_shipped(request_id=request.pk, actor=desk, at=later(days=3), lender_due=date(2026, 4, 20))
    items.receive(
        request_id=request.pk,
        arrival=items.Arrival(lender_due=date(2026, 4, 20), conditions=["LibraryUseOnly"]),
        actor=world.north.actor(Role.STUDENT),
        at=later(days=6),
    )
    assert again(request).patron_due == date(2026, 4, 16)
    code = items.shelve(request_id=request.pk, actor=desk, at=later(days=6))
    assert again(request).shelf_code == code
    items.hand_over(request_id=request.pk, actor=desk, at=later(days=7))
    loans.ask_renewal(request_id=request.pk, actor=world.north.patron_actor(), at=later(days=20))
    loans.renewal_yes(request_id=request.pk, lender_due=date(2026, 5, 20), actor=desk, at=later(days=21))
    items.take_back(request_id=request.pk, actor=desk, at=later(days=60))
    items.send_back(request_id=request.pk, actor=desk, at=later(days=60))
    items.confirm_return(request_id=request.pk, actor=desk, at=later(days=65))

    done = again(request)
    assert (done.state, done.outcome, done.wording) == ("completed", "filled", "finished")
    assert done.submitted_at == NOON
    assert told(request) == [
        "submitted",
        "lender_request",
        "lender_request",
        "ready",
        "lender_renewal",
        "renewed",
    ]


def test_a_copy_reaches_the_patron_by_link(world: World) -> None:
    request = ask_for(world.north, new_copy())
    desk = world.north.actor(Role.BORROWING)
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.eastlake.pk], actor=desk, at=later(hours=1)
    )
    lenders.ask(request_id=request.pk, actor=desk, at=later(hours=2))
    copies.deliver_copy(
        request_id=request.pk, link="https://example.org/a.pdf", until=None, actor=desk, at=later(days=1)
    )
    assert again(request).wording == "ready"
    copies.finish_copy(request_id=request.pk, actor=desk, at=later(days=20))
    assert (again(request).state, again(request).outcome) == ("completed", "filled")
    assert told(request) == ["submitted", "lender_request", "copy_ready"]
