"""Where a lender stands by all it said: a pure rule (design §3 rule 5)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from illservice.protocols.iso18626.messages import Reason, Status
from requests_app.messages.news import RANK, TERMINAL, Said, Standing, standing, steps
from tests.world import NOON

DAYS = st.none() | st.integers(1, 40).map(lambda days: date(2026, 4, 1) + timedelta(days=days))
MESSAGES = st.builds(
    Said,
    key=st.just(0),
    said_at=st.integers(0, 6).map(lambda hours: NOON + timedelta(hours=hours)),
    reason=st.sampled_from(Reason).map(str),
    status=st.sampled_from(["", *Status]).map(str),
    answer=st.sampled_from([None, True, False]),
    due=DAYS,
    conditions=st.sampled_from([(), (), ("LibraryUseOnly",), ("NoReproduction", "SignatureRequired")]),
    cost=st.sampled_from([None, None, Decimal(5), Decimal("12.50")]),
)
SAID = st.lists(MESSAGES, max_size=6).map(
    lambda known: [
        Said(**{**_fields(one), "key": key})
        for key, one in enumerate({repr(one): one for one in known}.values(), start=1)
    ]
)
"""What says the same twice is known by its digest and is no second message."""


def _fields(said: Said) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Said.__dataclass_fields__}


@given(said=SAID, data=st.data())
def test_the_order_of_arrival_changes_nothing(said: list[Said], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(said))
    assert standing(shuffled) == standing(said)


@given(said=SAID, data=st.data())
def test_messages_of_one_second_are_told_apart_by_what_they_say(
    said: list[Said], data: st.DataObject
) -> None:
    """Their keys are the order of arrival: given in another order they must not matter."""
    same = [Said(**{**_fields(one), "said_at": NOON}) for one in said]
    keys = data.draw(st.permutations([one.key for one in same]))
    other = [Said(**{**_fields(one), "key": key}) for one, key in zip(same, keys, strict=True)]
    first, second = standing(same), standing(other)
    for name in (
        "status",
        "promised",
        "due",
        "redated",
        "overdue",
        "recall_by",
        "terms",
        "cancel",
        "goes_on",
        "odd",
    ):
        assert getattr(first, name) == getattr(second, name)


@given(said=SAID)
def test_what_is_known_already_is_no_step(said: list[Said]) -> None:
    assert list(steps(standing(said), standing(said))) == []


@given(said=SAID)
def test_it_never_moves_back(said: list[Said]) -> None:
    seen = Standing()
    for hours in range(7):
        now = standing(one for one in said if one.said_at <= NOON + timedelta(hours=hours))
        assert RANK.get(now.status, 0) >= RANK.get(seen.status, 0)
        assert seen.status not in TERMINAL or now.status == seen.status
        seen = now


@given(said=SAID)
def test_a_refused_cancellation_leaves_the_item_where_it_is_whatever_its_status_says(
    said: list[Said],
) -> None:
    no = Said(99, NOON + timedelta(days=9), str(Reason.CANCEL_RESPONSE), str(Status.CANCELLED), answer=False)
    before, after = standing(said), standing([*said, no])
    assert after.cancel is False
    assert (after.status, after.due, after.terms) == (before.status, before.due, before.terms)
    assert set(steps(before, after)) <= {"cancel_no", "goes_on"}
    assert ("goes_on" in steps(before, after)) == (before.status not in TERMINAL)


@given(said=SAID, status=st.sampled_from(Status))
def test_a_refused_renewal_changes_no_date_whatever_comes_along(said: list[Said], status: Status) -> None:
    no = Said(
        99,
        NOON + timedelta(days=9),
        str(Reason.RENEW_RESPONSE),
        str(status),
        answer=False,
        due=date(2030, 1, 1),
    )
    before, after = standing(said), standing([*said, no])
    assert (after.status, after.due, after.overdue) == (before.status, before.due, before.overdue)
    assert list(steps(before, after)) == ["renewal", *(["overdue"] if before.overdue else [])]


@given(said=SAID, status=st.sampled_from(Status))
def test_a_yes_to_a_cancellation_counts_whatever_its_status_says(said: list[Said], status: Status) -> None:
    yes = Said(99, NOON + timedelta(days=9), str(Reason.CANCEL_RESPONSE), str(status), answer=True)
    before, after = standing(said), standing([*said, yes])
    ended = before.status in TERMINAL
    assert after.status == (before.status if ended else Status.CANCELLED)


@given(said=SAID)
def test_words_alone_say_nothing_about_the_state(said: list[Said]) -> None:
    words = Said(99, NOON + timedelta(days=9), str(Reason.NOTIFICATION), str(Status.UNFILLED))
    assert standing([*said, words]) == standing(said)


@given(said=SAID)
def test_a_recall_never_lengthens(said: list[Said]) -> None:
    recall = Said(
        99, NOON + timedelta(days=9), str(Reason.STATUS_CHANGE), str(Status.RECALLED), due=date(2026, 4, 20)
    )
    before, after = standing(said), standing([*said, recall])
    if before.due is not None and before.status not in TERMINAL:
        assert after.due is not None
        assert after.due <= before.due
