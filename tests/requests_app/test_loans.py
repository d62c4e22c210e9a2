"""While the item is with us: renewals, dates, recalls, losses, and what each refuses."""

from datetime import date

from illservice.core.errors import InvalidInput, NotPermitted, Refused
from requests_app.models import TryStatus
from requests_app.services import items, loans
from tests.requests_app.standing import (
    again,
    marks,
    on_loan,
    on_shelf,
    on_the_way,
    questions,
    refused,
    returned,
    told,
    try_of,
)
from tests.world import World, later


def test_a_renewal_is_asked_once_and_not_for_what_is_recalled(world: World) -> None:
    request, patron, desk = on_loan(world), world.north.patron_actor(), world.north.actor()
    with refused(request, Refused, code="renewal_open"):
        loans.renewal_no(request_id=request.pk, actor=desk, at=later(days=3))
    with refused(request, Refused, code="renewal_open"):
        loans.renewal_yes(request_id=request.pk, lender_due=date(2026, 5, 1), actor=desk, at=later(days=3))
    loans.ask_renewal(request_id=request.pk, actor=patron, at=later(days=3))
    assert (again(request).queue, again(request).next_actor, again(request).wording) == (
        "renewal",
        "lender",
        "with_you",
    )
    with refused(request, Refused, code="no_renewal_open"):
        loans.ask_renewal(request_id=request.pk, actor=patron, at=later(days=3))
    with refused(request, NotPermitted):
        loans.renewal_yes(request_id=request.pk, lender_due=date(2026, 5, 1), actor=patron, at=later(days=3))
    with refused(request, InvalidInput, field="lender_due"):
        loans.renewal_yes(request_id=request.pk, lender_due=date(1, 1, 2), actor=desk, at=later(days=3))
    loans.recall(request_id=request.pk, back_by=date(2026, 4, 1), actor=desk, at=later(days=4))
    assert questions(request) == set()
    with refused(request, Refused, code="not_recalled"):
        loans.ask_renewal(request_id=request.pk, actor=patron, at=later(days=5))


def test_a_recall_shortens_the_patrons_date_before_the_lenders_and_never_lengthens_it(world: World) -> None:
    desk = world.north.actor()
    shelf = on_shelf(world)
    loans.recall(request_id=shelf.pk, back_by=date(2026, 4, 1), actor=desk, at=later(days=3))
    assert (again(shelf).lender_due, again(shelf).patron_due) == (date(2026, 4, 1), date(2026, 3, 27))
    loan = on_loan(world, due=date(2026, 4, 20))
    loans.recall(request_id=loan.pk, back_by=date(2026, 6, 1), actor=desk, at=later(days=3))
    assert (again(loan).lender_due, again(loan).patron_due) == (date(2026, 4, 20), date(2026, 4, 16))
    assert try_of(shelf, 1).lender_due == date(2026, 4, 1)


def test_dates_stay_before_the_lenders_and_out_of_the_past(world: World) -> None:
    request, desk = on_loan(world), world.north.actor()
    with refused(request, InvalidInput, field="lender_due"):
        loans.change_due(request_id=request.pk, actor=desk, at=later(days=3))
    for wrong in (date(2026, 4, 21), date(2026, 3, 4)):
        with refused(request, InvalidInput, field="patron_due"):
            loans.change_due(request_id=request.pk, patron_due=wrong, actor=desk, at=later(days=3))
    loans.change_due(request_id=request.pk, patron_due=date(2026, 4, 20), actor=desk, at=later(days=3))
    assert again(request).act_by.date() == date(2026, 4, 21), "by the morning after, not by the reminder"


def test_what_was_lost_in_the_post_is_expected_again_or_was_never_filled(world: World) -> None:
    desk = world.north.actor()
    found, gone = on_the_way(world), on_the_way(world)
    for request in (found, gone):
        loans.lost(request_id=request.pk, actor=desk, at=later(days=20))
    loans.found(request_id=found.pk, actor=desk, at=later(days=21))
    assert again(found).state == "on_the_way"
    items.receive(request_id=found.pk, arrival=items.Arrival(), actor=desk, at=later(days=22))
    loans.settle(request_id=gone.pk, actor=desk, at=later(days=23))
    done = again(gone)
    assert (done.state, done.outcome, done.wording, told(gone, "unfilled")) == (
        "unfilled",
        "unfilled",
        "closed",
        1,
    )
    assert not gone.tries.filter(open=True).exists()


def test_what_was_lost_on_its_way_home_was_filled(world: World) -> None:
    request, desk = returned(world), world.north.actor()
    loans.lost(request_id=request.pk, actor=desk, at=later(days=20))
    loans.settle(request_id=request.pk, actor=desk, at=later(days=30))
    assert (again(request).state, again(request).outcome) == ("completed", "filled")
    assert (marks(request), told(request, "unfilled")) == (set(), 0)
    assert try_of(request, 1).status == TryStatus.DONE
