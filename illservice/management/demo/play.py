"""Tells the stories of the demo in order of time, through the services that the desk uses itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.core.clock import local_date
from illservice.core.errors import IllError
from illservice.directory.models import Reason
from illservice.management.demo.house import ZONE, House
from requests_app.models import BorrowingRequest, How
from requests_app.selectors.declarations import declaration_of
from requests_app.services import (
    clocks,
    closing,
    copies,
    items,
    lender_news,
    lenders,
    loans,
    review,
    words,
)
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest, submit

MORNING = time(9, 20)
DUE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Step:
    """`after` days from the submission, a verb, and what it needs."""

    after: float
    verb: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One request: who asked for what, how many days ago, and what happened then."""

    reader: str
    ago: float
    material: str
    wanted: str
    citation: dict[str, str]
    steps: tuple[Step, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Scene:
    """A moment of a story that waits to be told."""

    at: datetime
    story: int
    step: Step | None


class Player:
    """Plays stories at their times; between them the clocks run once a day, as in a real year."""

    def __init__(self, house: House, *, now: datetime) -> None:
        self._house = house
        self._now = now
        self._keys: dict[int, int] = {}
        self._desk = house.staff(Role.BORROWING)
        self._counter = house.staff(Role.STUDENT)
        self._reasons = {(each.purpose, each.code): each for each in Reason.objects.filter(library=None)}

    def play(self, stories: Sequence[Story]) -> None:
        """Everything that happened, oldest first."""
        scenes = sorted(self._scenes(stories), key=lambda scene: (scene.at, scene.story))
        day = None
        for scene in scenes:
            if day is not None and scene.at.date() != day:
                clocks.run_due_timers(scene.at)
            day = scene.at.date()
            self._act(stories[scene.story], scene)
        clocks.run_due_timers(self._now)

    def _scenes(self, stories: Sequence[Story]) -> Iterator[_Scene]:
        """Nothing happens in the future: what would is a few minutes ago, in its order."""
        for index, story in enumerate(stories):
            begin = self._begin(story.ago, index)
            yield _Scene(begin, index, None)
            for place, step in enumerate(story.steps, start=1):
                at = begin + timedelta(days=step.after, minutes=place)
                yield _Scene(
                    min(at, self._now - timedelta(minutes=len(story.steps) - place + 1)), index, step
                )

    def _begin(self, ago: float, index: int) -> datetime:
        """In the morning of the day, a few minutes apart; of today, that many hours ago."""
        if ago < 1:
            return self._now - timedelta(days=ago, minutes=index % 7)
        day = local_date(self._now - timedelta(days=ago), ZONE)
        at = datetime.combine(day, MORNING, ZoneInfo(ZONE)) + timedelta(minutes=7 * (index % 40))
        return at.astimezone(UTC)

    def _act(self, story: Story, scene: _Scene) -> None:
        if scene.step is None:
            self._keys[scene.story] = self._submit(story, scene.at)
            return
        verb: Callable[..., Any] = getattr(self, f"do_{scene.step.verb}")
        try:
            verb(story, self._keys[scene.story], scene.at, *scene.step.args)
        except IllError as error:
            error.add_note(f"{scene.step.verb} in the story of {story.citation}")
            raise

    def _submit(self, story: Story, at: datetime) -> int:
        options = dict(story.options)
        patron = self._house.readers[story.reader]
        days = options.pop("need_in", None)
        if days is not None:
            options["need_by"] = local_date(at + timedelta(days=days), ZONE)
        branch = options.pop("branch", None)
        declared = declaration_of(patron.library)
        number = submit(
            patron_id=patron.pk,
            new=NewRequest(
                material=story.material,
                wanted=story.wanted,
                citation=CitationData.from_mapping(story.citation),
                pickup_branch_id=self._house.branches[branch].pk if branch else None,
                declared=Declared(declared.version, how=How.WEB if patron.user_id else How.PHONE),
                **options,
            ),
            actor=self._house.reader(story.reader) if patron.user_id else self._desk,
            at=at,
        )
        return BorrowingRequest.objects.values_list("pk", flat=True).get(number=number)

    # -- Before it is sent ----------------------------------------------------------------------------------
    def do_hold(self, _story: Story, key: int, at: datetime, kind: str) -> None:
        review.open_hold(request_id=key, kind=kind, actor=self._house.staff(Role.COPYRIGHT), at=at)

    def do_clear(self, _story: Story, key: int, at: datetime, kind: str) -> None:
        role = Role.COPYRIGHT if kind == "copyright" else Role.BORROWING
        review.clear_hold(request_id=key, kind=kind, actor=self._house.staff(role), at=at, reason="checked")

    def do_ask_patron(self, _story: Story, key: int, at: datetime, text: str) -> None:
        review.ask_patron(request_id=key, text=text, actor=self._desk, at=at)

    def do_write(self, story: Story, key: int, at: datetime, text: str) -> None:
        words.patron_message(request_id=key, text=text, actor=self._house.reader(story.reader), at=at)

    def do_message(self, _story: Story, key: int, at: datetime, text: str) -> None:
        words.message_patron(request_id=key, text=text, actor=self._desk, at=at)

    def do_note(self, _story: Story, key: int, at: datetime, text: str) -> None:
        words.add_note(request_id=key, text=text, actor=self._desk, at=at)

    def do_rush(self, _story: Story, key: int, at: datetime) -> None:
        review.rush(request_id=key, on=True, actor=self._desk, at=at)

    def do_here(self, _story: Story, key: int, at: datetime) -> None:
        review.supply_here(request_id=key, actor=self._desk, at=at)

    def do_found_here(self, _story: Story, key: int, at: datetime) -> None:
        review.found_here(request_id=key, actor=self._desk, at=at)

    # -- Lenders --------------------------------------------------------------------------------------------
    def do_plan(self, _story: Story, key: int, at: datetime, *partners: str) -> None:
        ids = [self._house.partners[code].pk for code in partners]
        lenders.plan_lenders(request_id=key, partner_ids=ids, actor=self._desk, at=at)

    def do_ask(self, _story: Story, key: int, at: datetime, number: str = "") -> None:
        lenders.ask(request_id=key, actor=self._desk, at=at, system_number=number)

    def do_will(self, _story: Story, key: int, at: datetime) -> None:
        lenders.lender_will(request_id=key, actor=self._desk, at=at)

    def do_no(self, _story: Story, key: int, at: datetime, code: str = "on-loan") -> None:
        lenders.lender_no(request_id=key, actor=self._desk, at=at, reason=self._reasons["lender_no", code])

    def do_terms(self, _story: Story, key: int, at: datetime, condition: str, cost: str = "") -> None:
        terms = lenders.Terms(
            conditions=[condition] if condition else [], cost=Decimal(cost) if cost else None, currency="USD"
        )
        lenders.lender_conditional(
            request_id=key, terms=terms, actor=self._desk, at=at, reply_by=at + timedelta(days=5)
        )

    def do_retry(self, _story: Story, key: int, at: datetime, after: int) -> None:
        offer = lender_news.Offer(
            reason=self._reasons["lender_no", "on-loan"], after=local_date(at + timedelta(days=after), ZONE)
        )
        lender_news.lender_retry(request_id=key, offer=offer, actor=self._desk, at=at)

    def do_accept(self, _story: Story, key: int, at: datetime) -> None:
        lenders.accept_conditions(request_id=key, actor=self._desk, at=at)

    def do_move_on(self, _story: Story, key: int, at: datetime) -> None:
        lenders.move_on(request_id=key, actor=self._desk, at=at)

    def do_ship(self, _story: Story, key: int, at: datetime) -> None:
        due = local_date(at + timedelta(days=DUE_DAYS + 7), ZONE)
        lenders.lender_shipped(request_id=key, actor=self._desk, at=at, lender_due=due)

    def do_claim(self, _story: Story, key: int, at: datetime) -> None:
        lenders.claim(request_id=key, actor=self._desk, at=at)

    def do_ask_cancel(self, story: Story, key: int, at: datetime) -> None:
        lenders.ask_cancel(request_id=key, actor=self._house.reader(story.reader), at=at)

    def do_cancelled_there(self, _story: Story, key: int, at: datetime) -> None:
        reason = self._reasons["cancel", "patron-asked"]
        lenders.cancel_accepted(request_id=key, actor=self._desk, at=at, reason=reason)

    # -- Items ----------------------------------------------------------------------------------------------
    def do_receive(self, story: Story, key: int, at: datetime, due_in: int = DUE_DAYS, **noted: Any) -> None:
        """`due_in` days from the arrival, unless the lender wants nothing back."""
        copy = story.wanted == "copy"
        arrival = items.Arrival(
            kind="copy" if copy else "loan",
            barcode="" if copy else f"3{key:013d}",
            lender_due=None if copy else local_date(at + timedelta(days=due_in), ZONE),
            **noted,
        )
        items.receive(request_id=key, arrival=arrival, actor=self._counter, at=at)

    def do_receive_parts(self, story: Story, key: int, at: datetime, came: int, expected: int) -> None:
        self.do_receive(
            story, key, at, pieces=came, pieces_expected=expected, condition="one disc is missing"
        )

    def do_receive_second(self, _story: Story, key: int, at: datetime, partner: str) -> None:
        request = BorrowingRequest.objects.get(pk=key)
        late = request.tries.get(partner=self._house.partners[partner])
        arrival = items.Arrival(barcode=f"4{key:013d}")
        items.receive_second(request_id=key, try_id=late.pk, arrival=arrival, actor=self._counter, at=at)

    def do_branch(self, _story: Story, key: int, at: datetime) -> None:
        items.send_to_branch(request_id=key, actor=self._counter, at=at)

    def do_at_branch(self, _story: Story, key: int, at: datetime) -> None:
        items.receive_at_branch(request_id=key, actor=self._house.staff(Role.BRANCH), at=at)

    def do_shelve(self, _story: Story, key: int, at: datetime) -> None:
        items.shelve(request_id=key, actor=self._counter, at=at)

    def do_post(self, _story: Story, key: int, at: datetime) -> None:
        items.post_to_patron(request_id=key, actor=self._counter, at=at)

    def do_hand(self, _story: Story, key: int, at: datetime) -> None:
        items.hand_over(request_id=key, actor=self._counter, at=at)

    def do_not_collected(self, _story: Story, key: int, at: datetime) -> None:
        items.not_collected(request_id=key, actor=self._counter, at=at)

    def do_back(self, _story: Story, key: int, at: datetime) -> None:
        items.take_back(request_id=key, actor=self._counter, at=at)

    def do_home(self, _story: Story, key: int, at: datetime) -> None:
        items.send_back(request_id=key, actor=self._counter, at=at)

    def do_confirm(self, _story: Story, key: int, at: datetime) -> None:
        items.confirm_return(request_id=key, actor=self._desk, at=at)

    def do_reshelve(self, _story: Story, key: int, at: datetime) -> None:
        items.reshelve(request_id=key, actor=self._counter, at=at)

    def do_deliver(self, _story: Story, key: int, at: datetime, days: int = 30) -> None:
        link = f"https://copies.demo.example.org/{key:06d}.pdf"
        until = local_date(at + timedelta(days=days), ZONE)
        copies.deliver_copy(request_id=key, link=link, until=until, actor=self._counter, at=at)

    def do_resend(self, story: Story, key: int, at: datetime) -> None:
        loans.ask_resend(request_id=key, actor=self._house.reader(story.reader), at=at)

    def do_finish(self, _story: Story, key: int, at: datetime) -> None:
        copies.finish_copy(request_id=key, actor=self._desk, at=at)

    # -- On loan, and the end -------------------------------------------------------------------------------
    def do_renew(self, story: Story, key: int, at: datetime) -> None:
        loans.ask_renewal(request_id=key, actor=self._house.reader(story.reader), at=at)

    def do_renewed(self, _story: Story, key: int, at: datetime, days: int) -> None:
        due = local_date(at + timedelta(days=days), ZONE)
        loans.renewal_yes(request_id=key, lender_due=due, actor=self._desk, at=at)

    def do_recall(self, _story: Story, key: int, at: datetime, days: int) -> None:
        loans.recall(
            request_id=key, back_by=local_date(at + timedelta(days=days), ZONE), actor=self._desk, at=at
        )

    def do_claim_returned(self, story: Story, key: int, at: datetime) -> None:
        loans.claim_returned(request_id=key, actor=self._house.reader(story.reader), at=at)

    def do_lost(self, _story: Story, key: int, at: datetime) -> None:
        loans.lost(request_id=key, actor=self._desk, at=at)

    def do_settle(self, _story: Story, key: int, at: datetime, cost: str) -> None:
        loans.settle(request_id=key, actor=self._desk, at=at, cost=Decimal(cost))

    def do_not_wanted(self, story: Story, key: int, at: datetime) -> None:
        closing.not_wanted(request_id=key, actor=self._house.reader(story.reader), at=at)

    def do_cancel(self, story: Story, key: int, at: datetime, code: str = "") -> None:
        """With a reason by the desk, without one by the patron."""
        actor = self._desk if code else self._house.reader(story.reader)
        reason = self._reasons["cancel", code] if code else None
        closing.cancel(request_id=key, actor=actor, at=at, reason=reason)

    def do_unfilled(self, _story: Story, key: int, at: datetime, code: str = "all-tried") -> None:
        closing.close_unfilled(
            request_id=key, actor=self._desk, at=at, reason=self._reasons["unfilled", code]
        )

    def do_supplied(self, _story: Story, key: int, at: datetime, source: str, cost: str = "") -> None:
        link = "https://archive.example.org/open/reading-copy" if source == "online" else ""
        supplied = closing.Supplied(source, link=link, cost=Decimal(cost) if cost else None)
        closing.close_supplied(request_id=key, supplied=supplied, actor=self._desk, at=at)

    def do_reopen(self, _story: Story, key: int, at: datetime, why: str) -> None:
        closing.reopen(request_id=key, why=why, actor=self._desk, at=at)
