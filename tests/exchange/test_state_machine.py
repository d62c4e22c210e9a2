"""Whatever two libraries do and however their messages travel, nothing impossible happens and nothing is hidden (R5).

Northfield borrows of Southfield and Eastfield over the loopback. Staff, patron and clock of both sides act as their
tables allow, and as they do not; messages arrive in order, late, twice, and past each other. After every step the
house must be in order; once everything is delivered and no question waits, what both sides say about an item must
agree, or one of them must have it before its staff.

    ILL_TEST_RUNS=500 ILL_TEST_STEPS=50 ILL_TEST_SEED=1 pytest -s tests/exchange/test_state_machine.py
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import Actor
from illservice.core.errors import IllError
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.workflow import START
from illservice.core.workflow import may as has_right
from illservice.exchange.models import Exchanged
from illservice.exchange.services.receiving import receive
from illservice.protocols.iso18626.codec import canonical_digest
from lending.models import LendingEvent, LendingRequest
from lending.services.clocks import run_due_timers as run_lending
from lending.services.words import undo_last as undo_lending
from lending.workflow import TABLE as LENDING
from lending.workflow.facts import facts_of as lending_facts
from lending.workflow.states import MarkKind as LendingMark
from lending.workflow.timers import TIMERS as LENDING_TIMERS
from requests_app.models import BorrowingEvent, BorrowingRequest, LenderTry, TryStatus
from requests_app.services.clocks import run_due_timers as run_borrowing
from requests_app.services.closing import undo_last as undo_borrowing
from requests_app.services.milestones import differences
from requests_app.workflow import TABLE as BORROWING
from requests_app.workflow.facts import facts_of as borrowing_facts
from requests_app.workflow.nudges import ALL_TIMERS as BORROWING_TIMERS
from requests_app.workflow.states import MarkKind as BorrowingMark
from tests.exchange.acts import BORROWER_TYPED, LENDER_ACTS, LENDER_TYPED, borrower_acts
from tests.exchange.agreement import AGREE, REFUSALS, SHOWN_HERE, SHOWN_THERE
from tests.exchange.pair import Pair
from tests.world import NOON, ask_for, book, new_copy, new_loan

RUNS = int(os.environ.get("ILL_TEST_RUNS", "15"))
STEPS = int(os.environ.get("ILL_TEST_STEPS", "20"))
SEED = os.environ.get("ILL_TEST_SEED")
TALLY: Counter[str] = Counter()


class Exchange(RuleBasedStateMachine):
    """Both sides and the post between them."""

    pair: Pair

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.pair.at = NOON
        self.acts = borrower_acts()
        TALLY["runs"] += 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(typed=st.booleans(), copy=st.booleans())
    def begin(self, typed: bool, copy: bool) -> None:
        """Whether clerks type in what the other side says; two requests, the first one asked already."""
        self.typed = typed
        self.pair.ask(self.pair.south, self.pair.east, copy=copy)
        ask_for(self.pair.north, new_loan(citation=book("Whales of the North")), at=self.pair.at)
        if copy:
            ask_for(self.pair.north, new_copy(), patron="ben", at=self.pair.at)

    # What people do

    @rule(data=st.data())
    def borrower_acts_as_allowed(self, data: st.DataObject) -> None:
        """Somebody of Northfield does what the table offers."""
        request = data.draw(st.sampled_from(list(BorrowingRequest.objects.order_by("id"))))
        actor = data.draw(st.sampled_from(self.people(self.pair.north, Role.BORROWING)))
        offered = {row.action for row in BORROWING.allowed(request.state, actor, borrowing_facts(request))}
        known = sorted(
            offered & set(self.acts) - (frozenset() if self.typed else BORROWER_TYPED) - {"clear_mark"}
        )
        if known:
            action = data.draw(st.sampled_from(known))
            self.act(self.acts[action], BorrowingRequest.objects.get(pk=request.pk), actor, f"b:{action}")

    @rule(data=st.data())
    def lender_acts_as_allowed(self, data: st.DataObject) -> None:
        """Somebody of a lender does what the table offers."""
        requests = list(LendingRequest.objects.order_by("id"))
        if not requests:
            return
        request = data.draw(st.sampled_from(requests))
        house = self.pair.south if request.library_id == self.pair.south.library.pk else self.pair.east
        actor = data.draw(st.sampled_from(self.people(house, Role.LENDING)))
        offered = {row.action for row in LENDING.allowed(request.state, actor, lending_facts(request))}
        known = sorted(offered & set(LENDER_ACTS) - (frozenset() if self.typed else LENDER_TYPED))
        if known:
            action = data.draw(st.sampled_from(known))
            self.act(LENDER_ACTS[action], LendingRequest.objects.get(pk=request.pk), actor, f"l:{action}")

    @rule(data=st.data())
    def anybody_tries_what_is_not_offered(self, data: st.DataObject) -> None:
        """A refusal changes nothing at all."""
        if data.draw(st.booleans()) or not LendingRequest.objects.exists():
            request: Any = data.draw(st.sampled_from(list(BorrowingRequest.objects.order_by("id"))))
            table, facts, acts, house = BORROWING, borrowing_facts, self.acts, self.pair.north
        else:
            request = data.draw(st.sampled_from(list(LendingRequest.objects.order_by("id"))))
            house = self.pair.south if request.library_id == self.pair.south.library.pk else self.pair.east
            table, facts, acts = LENDING, lending_facts, LENDER_ACTS  # type: ignore[assignment]
        actor = data.draw(st.sampled_from(self.people(house, Role.STUDENT)))
        offered = {row.action for row in table.allowed(request.state, actor, facts(request))}
        looked_up = {"clear_hold", "receive_second", "send_to_branch", "cancel", "ask_cancel"}
        words = {"patron_message", "answer_desk"}
        action = data.draw(st.sampled_from(sorted(set(acts) - offered - looked_up - words)))
        fresh = type(request).objects.get(pk=request.pk)
        before = self.everything()
        with pytest.raises(IllError):
            acts[action](fresh, actor, self.pair.at)
        assert self.everything() == before, action
        TALLY["refused"] += 1

    @rule(data=st.data())
    def somebody_takes_back_what_was_done(self, data: st.DataObject) -> None:
        """Undo, or a refusal that changes nothing."""
        mine = [each for each in BorrowingRequest.objects.order_by("id") if each.undo]
        theirs = [each for each in LendingRequest.objects.order_by("id") if each.undo]
        if not mine and not theirs:
            return
        request: Any = data.draw(st.sampled_from([*mine, *theirs]))
        before = self.everything()
        verb = undo_borrowing if isinstance(request, BorrowingRequest) else undo_lending
        house = next(
            each for each in (self.pair.north, self.pair.south, self.pair.east)
            if each.library.pk == request.library_id
        )  # fmt: skip
        try:
            verb(
                request_id=request.pk, act=request.undo["act"], actor=house.actor(Role.HEAD), at=self.pair.at
            )
            TALLY["undone"] += 1
        except IllError:
            assert self.everything() == before

    # Time and the post

    @rule(hours=st.sampled_from([1, 30, 24 * 8, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        """The clocks of both sides work off what is due."""
        self.pair.at += timedelta(hours=hours)
        run_borrowing(self.pair.at)
        run_lending(self.pair.at)

    @rule()
    def the_next_message_is_delivered(self) -> None:
        """The oldest one that may leave."""
        self.pair.at += timedelta(minutes=1)
        for pk in outbox.due_rows(at=self.pair.at):
            if OutboxRow.objects.filter(pk=pk, kind="iso18626").exists():
                outbox.deliver(pk, at=self.pair.at)
                TALLY["delivered"] += 1
                return

    @rule(data=st.data())
    def a_message_is_overtaken(self, data: st.DataObject) -> None:
        """One that waits takes another way, which is longer; those after it do not wait for it."""
        waiting = OutboxRow.objects.filter(kind="iso18626", state=OutboxState.WAITING).order_by("id")
        rows = [row for row in waiting if row.payload["word"] != "request"]
        if rows:
            row = data.draw(st.sampled_from(rows))
            slow = self.pair.at + timedelta(hours=data.draw(st.sampled_from([2, 50])))
            OutboxRow.objects.filter(pk=row.pk).update(stream=f"slow:{row.pk}", not_before=slow)
            TALLY["overtaken"] += 1

    @rule(data=st.data())
    def a_message_comes_twice(self, data: st.DataObject) -> None:
        """What was delivered once is delivered again: the same confirmation, nothing else. What the log has blackened
        since is not the message that could come again."""
        sent = Exchanged.objects.filter(outward=True, answer_status="OK").select_related("conversation")
        entries = list(sent.order_by("id"))
        if not entries:
            return
        entry = data.draw(st.sampled_from(entries))
        if not entry.body or canonical_digest(entry.body.encode()) != entry.digest:
            return
        before = self.everything()
        answer = receive(entry.body.encode(), at=self.pair.at, sender_id=entry.conversation.library_id)
        there = Exchanged.objects.filter(
            outward=False,
            kind=entry.kind,
            said_at=entry.said_at.replace(microsecond=0),
            conversation__requesting_id=entry.conversation.requesting_id,
        )
        assert answer.status == 200
        assert answer.body.decode() in set(there.values_list("answer", flat=True))
        assert self.everything() == before
        TALLY["doubled"] += 1

    @precondition(lambda self: hasattr(self, "typed"))
    @rule()
    def everything_is_delivered(self) -> None:
        """And then both sides must say the same."""
        self.pair.at += timedelta(hours=51)
        self.pair.post()
        if not self.typed:
            for lender_try in LenderTry.objects.filter(asked_at__isnull=False).select_related("request"):
                self.agree(lender_try)

    # What must hold

    @invariant()
    def the_house_is_in_order(self) -> None:
        """Tables, timers, counts and events, of every request."""
        TALLY["steps"] += 1
        for request in BorrowingRequest.objects.all():
            self.in_order(request, BORROWING, BORROWING_TIMERS, BorrowingEvent)
            assert request.tries.filter(open=True, insisted=False).count() <= 1
            assert request.tries.filter(open=True, status__in=["planned", "done"]).count() == 0
        for lent in LendingRequest.objects.all():
            self.in_order(lent, LENDING, LENDING_TIMERS, LendingEvent)
        assert list(differences(BorrowingRequest.objects.all())) == []
        self.counts()

    def in_order(self, request: Any, table: Any, timers: Any, events: Any) -> None:
        state = table.state(request.state)
        assert (request.closed_at is not None) == state.final
        assert request.next_actor
        assert request.act_by is not None
        assert request.outcome or not state.final
        in_state = {kind.code: kind.states for kind in timers}
        for kind in request.timers.filter(finished_at__isnull=True).values_list("kind", flat=True):
            assert request.state in in_state[kind], kind
        if state.final:
            assert not request.questions.filter(answered_at__isnull=True).exists()
            assert not request.holds.filter(cleared_at__isnull=True).exists()
        head = Actor(self.pair.desk.kind, roles=frozenset({Role.HEAD}))
        assert any(has_right(row, head) and row.becomes for row in table.rows_from(request.state)), (
            request.state
        )
        self.replays(request, table, events)

    def replays(self, request: Any, table: Any, events: Any) -> None:
        """Its events, taken one after the other, lead to where it is: by rows of the table and by undo alone."""
        state, version = START, 0
        for event in events.objects.filter(request=request).order_by("id"):
            assert event.from_state == state, event.action
            assert event.version >= version
            row = table.row(state, event.action)
            if event.reverses is None:
                assert row is not None, (state, event.action)
                assert event.to_state in ({way.state for way in row.becomes} or {state}), event.action
            state, version = event.to_state, event.version
        assert (state, version) == (request.state, request.version)

    def counts(self) -> None:
        """Every message that left is in both logs; nothing failed but for the reasons named above."""
        for row in OutboxRow.objects.filter(kind="iso18626", state=OutboxState.FAILED):
            assert row.last_error in REFUSALS, (row.payload["word"], row.last_error)
        sent = Exchanged.objects.filter(outward=True, answer_status="OK").count()
        taken = Exchanged.objects.filter(outward=False, answer_status="OK").count()
        assert sent == taken
        asked = LenderTry.objects.filter(asked_at__isnull=False).count()
        assert LendingRequest.objects.count() <= asked

    def agree(self, lender_try: LenderTry) -> None:
        """They say the same, or something still waits for an answer, or it stands before staff."""
        number = f"{lender_try.request.number}-{lender_try.ordinal}"
        lent = LendingRequest.objects.filter(library_id=lender_try.partner_id, borrower_number=number).first()
        if lent is None:
            rows = OutboxRow.objects.filter(stream=f"{lender_try.request.number}:lender:{lender_try.ordinal}")
            assert not rows.filter(state=OutboxState.DONE, payload__word="request").exists()
            return
        request = lender_try.request
        asked = request.questions.filter(answered_at__isnull=True).exists()
        asked = asked or lent.questions.filter(answered_at__isnull=True).exists()
        here = set(request.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))
        there = set(lent.marks.filter(cleared_at__isnull=True).values_list("kind", flat=True))
        TALLY["pairs compared"] += 1
        if asked or here & SHOWN_HERE or there & SHOWN_THERE:
            TALLY["pairs before staff"] += 1
            return
        assert lent.state in AGREE[lender_try.status], (request.state, lender_try.status, lent.state)
        if lender_try.status in {TryStatus.SHIPPED, TryStatus.RECEIVED} and lent.state == "on_loan":
            assert lender_try.lender_due == lent.due
            recalled = (BorrowingMark.RECALLED in here, LendingMark.RECALLED in there)
            assert recalled[0] == recalled[1]

    # Helpers

    def people(self, house: Any, role: Role) -> list[Actor]:
        patron = [house.patron_actor("ada"), house.patron_actor("ben")] if house is self.pair.north else []
        return [house.actor(role), house.actor(Role.HEAD), house.actor(Role.STUDENT), *patron]

    def act(self, verb: Any, request: Any, actor: Actor, name: str) -> None:
        """Offered is possible, but for what only the facts of the moment tell (a missing reason, an empty hold)."""
        before = self.everything()
        self.pair.at += timedelta(seconds=20)
        try:
            verb(request, actor, self.pair.at)
            TALLY["acts"] += 1
            TALLY[name] += 1
        except IllError:
            assert self.everything() == before, name
            TALLY["offered, then refused"] += 1

    def everything(self) -> list[Any]:
        """Versions, states and the number of everything that an act could have left behind."""
        return [
            list(
                BorrowingRequest.objects.order_by("id").values_list(
                    "pk", "version", "state", "queue", "attention"
                )
            ),
            list(
                LendingRequest.objects.order_by("id").values_list(
                    "pk", "version", "state", "queue", "attention"
                )
            ),
            BorrowingEvent.objects.count(),
            LendingEvent.objects.count(),
            OutboxRow.objects.count(),
            Exchanged.objects.count(),
        ]


@pytest.mark.timeout(0 if RUNS > 15 else 120)
def test_two_libraries_agree_whatever_they_do_and_however_their_messages_travel(pair: Pair) -> None:
    machine = type("Machine", (Exchange,), {"pair": pair})
    if SEED is not None:
        machine = seed(int(SEED))(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=SEED is None,
            database=None,
            phases=[Phase.generate] if SEED is None else [Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    assert TALLY["acts"] > 0
    sys.stdout.write(json.dumps(dict(TALLY.most_common()), indent=1) + "\n")
