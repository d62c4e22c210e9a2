"""Walks every order of some letters, and says what counts of a request where they end (`test_orders`)."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction

from lending.models import LendingEvent, LendingRequest
from requests_app.models import BorrowingEvent, BorrowingRequest
from tests.exchange.letters import Letter, deliver
from tests.exchange.pair import Pair

THOROUGH = bool(os.environ.get("ILL_TEST_THOROUGH"))
Snapshot = dict[str, Any]
Look = Callable[[], Snapshot]


class _Back(Exception):
    """Ends a savepoint: what happened inside did not."""


class Orders:
    """Walks every order of some letters from where everything stands now."""

    def __init__(self, pair: Pair, sender_id: int, look: Look) -> None:
        self.pair, self.sender_id, self.look = pair, sender_id, look
        self.ends: dict[frozenset[int], tuple[list[str], Snapshot]] = {}
        self.walked = 0

    def walk(self, letters: Sequence[Letter], received: tuple[int, ...] = ()) -> None:
        """All orders that begin with those received; the letters stand in the order in which they were said."""
        for number, letter in enumerate(letters):
            if number in received:
                continue
            order = (*received, number)
            with suppress(_Back), transaction.atomic():
                self.bring(letter)
                is_new = self.compare([letters[each].name for each in order], frozenset(order))
                if is_new or THOROUGH:
                    self.walk(letters, order)
                raise _Back

    def bring(self, letter: Letter) -> None:
        """Twice; the second delivery has the same confirmation and makes no event."""
        self.pair.at += timedelta(seconds=1)
        first = deliver(letter, self.sender_id, self.pair.at)
        assert first.status == 200
        assert b">OK<" in first.body, (letter.name, first.body)
        events = self.events()
        again = deliver(letter, self.sender_id, self.pair.at + timedelta(minutes=1))
        assert again == first
        assert self.events() == events

    def events(self) -> tuple[int, int]:
        return BorrowingEvent.objects.count(), LendingEvent.objects.count()

    def compare(self, order: list[str], known: frozenset[int]) -> bool:
        """Whether it is the first order of this subset: the one in which they were said. The others follow it."""
        self.walked += 1
        end, is_new = self.look(), known not in self.ends
        first, expected = self.ends.setdefault(known, (order, end))
        assert end == expected, f"{order} ends otherwise than {first}"
        return is_new


def open_of(rows: Any, *names: str) -> list[tuple[Any, ...]]:
    return sorted(rows.values_list(*names), key=str)


def borrowing(request_id: int) -> Look:
    """What counts of a request of ours: where it stands, what is open, what binds. Not when each thing was heard."""

    def look() -> Snapshot:
        request = BorrowingRequest.objects.get(pk=request_id)
        names = (
            "state", "queue", "wording", "next_actor", "attention", "outcome", "kind_supplied", "lender_due",
            "patron_due", "conditions", "cost", "cost_currency", "reason_id",
        )  # fmt: skip
        tries = request.tries.order_by("ordinal")
        return {
            **{name: getattr(request, name) for name in names},
            "marks": open_of(request.marks.filter(cleared_at__isnull=True), "kind", "until"),
            "questions": open_of(request.questions.filter(answered_at__isnull=True), "kind", "terms"),
            "timers": open_of(request.timers.filter(finished_at__isnull=True), "kind"),
            "tries": list(
                tries.values_list(
                    "ordinal", "status", "open", "lender_due", "conditions", "cost", "reason_id"
                )
            ),
        }

    return look


def lending(request_id: int) -> Look:
    """What counts of a request that we fill."""

    def look() -> Snapshot:
        request = LendingRequest.objects.get(pk=request_id)
        names = (
            "state", "queue", "wording", "next_actor", "attention", "outcome", "due", "conditions", "cost",
        )  # fmt: skip
        return {
            **{name: getattr(request, name) for name in names},
            "received": request.borrower_received_at is not None,
            "sent back": request.borrower_returned_at is not None,
            "marks": open_of(request.marks.filter(cleared_at__isnull=True), "kind", "until"),
            "questions": open_of(request.questions.filter(answered_at__isnull=True), "kind"),
            "timers": open_of(request.timers.filter(finished_at__isnull=True), "kind"),
            "words": open_of(request.messages.filter(from_borrower=True), "text"),
        }

    return look
