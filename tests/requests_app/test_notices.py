"""What patrons and lenders are told: in their language, in time, only what is true, and nothing that is not theirs."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import CLOCK
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.workflow import Effect
from illservice.notices.channels.mail import message_id
from illservice.notices.kinds import Audience, NoticeKind, Recipient, all_kinds, kind_of
from illservice.notices.kinds.sandbox import check_texts, render_html, render_line, render_text
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.services.delivery import WAITS
from patrons.models import ContactChannel
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.notices import recipients
from requests_app.notices.recipients import recipient_of
from requests_app.services import loans, silence
from requests_app.workflow import effects
from requests_app.workflow.states import MarkKind
from tests.requests_app.verbs import VERBS
from tests.world import NOON, World, article, ask_for, book, new_copy, new_loan

LANGUAGES = ("en", "de", "es")


def our_kinds() -> list[NoticeKind]:
    """The kinds of the borrowing side; those of the lending side, of proxies and of bundles have tests of their own."""
    ours, others = (Audience.PATRON, Audience.PARTNER), ("borrower_", "proxy_", "reminders")
    return [kind for kind in all_kinds() if kind.audience in ours and not kind.code.startswith(others)]


HOSTILE = "Bees <script>alert(1)</script> {{ patron_name }}\r\nBcc: x@example.org"
TO_SHELF = ("plan_lenders", "ask", "lender_shipped", "receive", "shelve")
TO_LOAN = (*TO_SHELF, "hand_over")
TO_COPY = ("plan_lenders", "ask", "deliver_copy")

LIVES: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "cancelled": ("cancel",),
    "unfilled": ("close_unfilled",),
    "ready": TO_SHELF,
    "posted": (*TO_SHELF[:-1], "post_to_patron"),
    "copy_ready": TO_COPY,
    "supplied": ("close_supplied",),
    "renewed": (*TO_LOAN, "ask_renewal", "renewal_yes"),
    "not_renewed": (*TO_LOAN, "ask_renewal", "renewal_no"),
    "recalled": (*TO_LOAN, "recall"),
    "due_changed": (*TO_LOAN, "change_due"),
    "due_soon": (*TO_LOAN, "remind_due"),
    "overdue": (*TO_LOAN, "mark_overdue"),
    "bill": (*TO_LOAN, "bill_overdue"),
    "pickup_reminder": (*TO_SHELF, "remind_pickup"),
    "recall_reminder": (*TO_LOAN, "recall", "remind_recall"),
    "still_needed": ("ask_still_needed",),
    "message": ("ask_patron",),
    "lender_request": ("plan_lenders", "ask"),
    "lender_reminder": ("plan_lenders", "ask", "remind_lender"),
    "lender_cancel": ("plan_lenders", "ask", "ask_cancel"),
    "lender_conditions_accepted": ("plan_lenders", "ask", "lender_conditional", "accept_conditions"),
    "lender_conditions_refused": ("plan_lenders", "ask", "lender_conditional", "refuse_conditions"),
    "lender_renewal": (*TO_LOAN, "ask_renewal"),
    "lender_claim": ("plan_lenders", "ask", "lender_shipped", "claim"),
    "lender_resend": (*TO_COPY, "ask_resend"),
    "lender_message": ("plan_lenders", "ask", "message_lender"),
}
OVERTAKEN = {
    "cancelled": "reopen",
    "unfilled": "reopen",
    "ready": "hand_over",
    "posted": "hand_over",
    "copy_ready": "finish_and_reopen",
    "supplied": "reopen",
    "renewed": "recall",
    "not_renewed": "ask_renewal",
    "recalled": "take_back",
    "due_changed": "take_back",
    "due_soon": "ask_renewal",
    "overdue": "claim_returned",
    "bill": "waive_charge",
    "pickup_reminder": "hand_over",
    "recall_reminder": "take_back",
    "still_needed": "by_the_patron",
    "lender_request": "lender_no",
    "lender_reminder": "lender_shipped",
    "lender_cancel": "lender_shipped",
    "lender_conditions_accepted": "lender_no",
    "lender_renewal": "renewal_yes",
    "lender_claim": "receive",
    "lender_resend": "deliver_copy",
}


class Life:
    """One request driven through verbs; mails leave when it says so."""

    def __init__(self, world: World, kind: str, **values: Any) -> None:
        self.world, self.at = world, NOON
        citation = article(**values) if kind in {"copy_ready", "lender_resend"} else book(**values)
        new = (
            new_copy(citation=citation)
            if kind in {"copy_ready", "lender_resend"}
            else new_loan(citation=citation)
        )
        self.number = ask_for(world.north, new).number

    @property
    def request(self) -> BorrowingRequest:
        return BorrowingRequest.objects.get(number=self.number)

    def do(self, verb: str) -> None:
        self.at += timedelta(hours=1)
        request = self.request
        if verb in {"remind_due", "mark_overdue"}:
            self._by_clock(verb, request)
        elif verb == "bill_overdue":
            VERBS[verb](request, CLOCK, self.at)
        elif verb in {"remind_pickup", "remind_recall", "ask_still_needed"}:
            getattr(silence, verb)(request_id=request.pk, at=self.at)
        elif verb == "by_the_patron":
            patron = self.world.north.patron_actor()
            silence.still_needed(request_id=request.pk, need_by=None, actor=patron, at=self.at)
        elif verb == "finish_and_reopen":
            self.do("finish_copy")
            self.do("reopen")
        else:
            VERBS[verb](request, self.world.north.actor(Role.BORROWING), self.at)

    def _by_clock(self, verb: str, request: BorrowingRequest) -> None:
        assert request.patron_due is not None
        days = -2 if verb == "remind_due" else 1
        day = request.patron_due + timedelta(days=days)
        self.at = datetime(day.year, day.month, day.day, 15, tzinfo=NOON.tzinfo)
        getattr(loans, verb)(request_id=request.pk, at=self.at)

    def deliver(self) -> None:
        self.at += timedelta(minutes=1)
        self._deliver_due()
        waiting = OutboxRow.objects.filter(subject=self.number, state=OutboxState.WAITING, last_error=WAITS)
        for row in waiting:  # a reminder, for an open hour of the library
            self.at = max(self.at, row.not_before)
        self._deliver_due()

    def _deliver_due(self) -> None:
        for row_id in outbox.due_rows(at=self.at):
            outbox.deliver(row_id, at=self.at)

    def row(self, kind: str) -> OutboxRow:
        return OutboxRow.objects.filter(subject=self.number, payload__notice=kind).latest("id")


def told(life: Life, kind: str, mails: list[EmailMultiAlternatives]) -> EmailMultiAlternatives:
    row = life.row(kind)
    assert (row.state, row.last_error) == (OutboxState.DONE, "")
    (mail,) = [each for each in mails if each.extra_headers["Message-ID"] == row.result]
    return mail


def html_of(mail: EmailMultiAlternatives) -> str:
    content = mail.alternatives[0][0]
    assert isinstance(content, str)
    return content


def test_every_notice_of_the_workflow_is_known_and_has_a_life_here() -> None:
    in_workflow = {
        effect.name.removeprefix("tell_").removeprefix("write_")
        for effect in vars(effects).values()
        if isinstance(effect, Effect) and effect.name.startswith(("tell_", "write_"))
    }
    assert {kind.code for kind in our_kinds()} == in_workflow == set(LIVES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LIVES)
def test_shipped_texts_use_only_their_fields_and_stand_in_each_language(kind: str, language: str) -> None:
    known = kind_of(kind)
    texts = shipped_texts(kind, language)
    problems = check_texts(
        texts,
        subject_names=known.names(subject=True),
        names=known.names(),
        examples=known.examples(),
    )
    assert problems == {}
    assert language == "en" or texts != shipped_texts(kind, "en")
    empty = dict.fromkeys(known.names(), "")
    with translation.override(language):
        assert render_line(texts.subject, known.names(), empty)
        for rendered in (
            render_text(texts.body_text, known.names(), empty),
            render_html(texts.body_html, known.names(), empty),
        ):
            assert "None" not in rendered


@pytest.mark.parametrize("kind", LIVES)
def test_each_notice_reaches_its_reader_in_each_language(
    world: World, mailoutbox: list[EmailMultiAlternatives], kind: str
) -> None:
    patron = world.north.patrons["ada"]
    life = Life(world, kind)
    life.deliver()
    for verb in LIVES[kind]:
        life.do(verb)
        life.deliver()
    for language in LANGUAGES:
        type(patron).objects.update(language=language, phone="555-1234", address="7 Secret Street")
        type(world.eastlake).objects.filter(is_tenant=False).update(language=language)
        mailoutbox.clear()
        OutboxRow.objects.filter(pk=life.row(kind).pk).update(state=OutboxState.FAILED, last_error="")
        assert outbox.send_again(life.row(kind).pk, at=life.at)
        life.deliver()
        _reads_well(told(life, kind, mailoutbox), life, kind, language)


def _reads_well(mail: EmailMultiAlternatives, life: Life, kind: str, language: str) -> None:
    html = html_of(mail)
    assert f'<html lang="{language}">' in html
    for part in (mail.subject, mail.body, html):
        assert "{{" not in str(part)
        assert "{%" not in str(part)
    assert mail.reply_to == ["ill@north.example"]
    assert mail.extra_headers["X-Library-Request"] == life.number
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.from_email.startswith("Northfield Library <")
    if kind_of(kind).audience == Audience.PATRON:
        _is_for_the_patron(mail, html, life.number)
    else:
        _is_for_the_lender(mail, html, life)


def _is_for_the_patron(mail: EmailMultiAlternatives, html: str, number: str) -> None:
    assert mail.to == ["ada@north.example"]
    assert number in mail.subject
    assert "Bees" not in mail.subject
    assert f"/my/requests/{number}" in str(mail.body)
    assert f'/my/requests/{number}"' in html
    assert "ill@north.example" in str(mail.body)


_DRAWN = re.compile(r"[\w-]{20,}")


def _is_for_the_lender(mail: EmailMultiAlternatives, html: str, life: Life) -> None:
    lender_try = LenderTry.objects.get(pk=life.row("lender_request").payload["about"])
    first = life.request.tries.earliest("ordinal")
    assert mail.to == [lender_try.partner.known_by.get().email] or mail.to == [
        first.partner.known_by.get().email
    ]
    sent = mail.message().as_string().replace("=\n", "")
    # What is drawn by lot, such as the key of a link, may spell anything.
    whole = _DRAWN.sub("", f"{mail.subject}{mail.body}{html}{sent}")
    for part in (mail.subject, str(mail.body), html):
        assert f"{life.number}-" in part
        assert "Bees" in part
    for private in ("Ada", "ada@", "north-ada-001", "555-1234", "Secret Street"):
        assert private not in whole


@pytest.mark.parametrize("kind", OVERTAKEN)
def test_what_is_no_longer_true_is_not_sent(
    world: World, mailoutbox: list[EmailMultiAlternatives], kind: str
) -> None:
    life = Life(world, kind)
    for verb in LIVES[kind][:-1]:
        life.do(verb)
        life.deliver()
    life.do(LIVES[kind][-1])
    life.do(OVERTAKEN[kind])
    life.deliver()
    row = OutboxRow.objects.filter(subject=life.number, payload__notice=kind).earliest("id")
    assert row.state == OutboxState.SUPERSEDED, row.last_error
    assert row.last_error
    assert message_id(row.key) not in {mail.extra_headers["Message-ID"] for mail in mailoutbox}


def test_a_reminder_made_before_a_renewal_is_not_sent_after_it(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    life = Life(world, "due_soon")
    for verb in (*TO_LOAN, "remind_due"):
        life.do(verb)
    life.do("ask_renewal")
    life.do("renewal_yes")
    life.deliver()
    assert life.row("due_soon").last_error == "the due date is another one now"
    life.deliver()
    assert life.number in told(life, "renewed", mailoutbox).subject


def test_a_cancellation_does_not_follow_a_request_that_never_left(world: World) -> None:
    life = Life(world, "lender_cancel")
    for verb in ("plan_lenders", "ask", "move_on"):
        life.do(verb)
    life.deliver()
    life.deliver()
    first = OutboxRow.objects.filter(subject=life.number, payload__notice="lender_cancel").get()
    assert first.state == OutboxState.SUPERSEDED


def test_a_notice_about_an_unlinked_person_is_dropped(world: World) -> None:
    life = Life(world, "submitted")
    BorrowingRequest.objects.filter(number=life.number).update(patron=None)
    life.deliver()
    assert life.row("submitted").state == OutboxState.SUPERSEDED


def test_a_hostile_title_stays_text(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    life = Life(world, "lender_request")
    BorrowingRequest.objects.filter(number=life.number).update(title=HOSTILE, author="<img src=x onerror=y>")
    for verb in LIVES["lender_request"]:
        life.do(verb)
    life.deliver()
    for mail in (told(life, "submitted", mailoutbox), told(life, "lender_request", mailoutbox)):
        assert "<script" not in html_of(mail)
        assert "<img" not in html_of(mail)
        assert "{{ patron_name }}" in html_of(mail)
        assert "\n" not in mail.subject
        assert "Bcc" not in mail.message()


def test_dates_stand_in_the_library_s_own_day_and_the_reader_s_language(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    type(world.north.patrons["ada"]).objects.update(language="de")
    life = Life(world, "ready")
    for verb in TO_SHELF:
        life.do(verb)
    BorrowingRequest.objects.filter(number=life.number).update(patron_due=date(2026, 4, 6))
    life.request.timers.filter(kind="shelf_expired").update(
        due_at=datetime(2026, 3, 17, 2, tzinfo=NOON.tzinfo)
    )
    life.deliver()
    body = str(told(life, "ready", mailoutbox).body)
    assert "6. April 2026" in body
    assert "16. März 2026" in body  # two o'clock in UTC is still the day before in Chicago
    assert life.request.shelf_code in body
    assert "Main Library" in body


def test_the_one_function_that_decides_to_whom(world: World) -> None:
    life = Life(world, "lender_request")
    life.do("plan_lenders")
    request, patron = life.request, world.north.patrons["ada"]
    request.patron = patron
    lender_try = request.tries.get(partner=world.eastlake)
    partnership = world.north.library.partnerships.get(partner=world.eastlake)

    assert recipient_of(request, None).address == "ada@north.example"
    assert recipient_of(request, lender_try).address == "lend@eastlake.example"
    partnership.email = ""
    partnership.save(update_fields=["email"])
    assert recipient_of(request, lender_try).address == "ill@eastlake.example"
    other = request.tries.get(partner=world.westport)
    world.north.library.partnerships.filter(partner=world.westport).update(email="")
    assert recipient_of(request, other) == Recipient(problem=recipients.NO_PARTNER_ADDRESS)
    for channel, problem in (
        (ContactChannel.PHONE, recipients.BY_PHONE),
        (ContactChannel.LETTER, recipients.BY_LETTER),
    ):
        patron.contact = channel
        assert recipient_of(request, None) == Recipient(problem=problem)
    patron.contact, patron.email = ContactChannel.EMAIL, ""
    assert recipient_of(request, None) == Recipient(problem=recipients.NO_ADDRESS)
    request.patron = None
    assert recipient_of(request, None).address == ""


def test_a_patron_without_an_address_is_put_before_staff(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    type(world.north.patrons["ada"]).objects.update(email="")
    life = Life(world, "submitted")
    life.deliver()
    row = life.row("submitted")
    assert (row.state, row.last_error) == (OutboxState.FAILED, "no e-mail address: tell the patron by phone")
    assert life.request.attention
    assert life.request.marks.get().kind == MarkKind.MAIL_FAILED
    assert mailoutbox == []


def test_a_preview_needs_no_truth_and_shows_only_the_own_library(world: World) -> None:
    north, south = world.north.library.pk, world.south.library.pk
    assert [kind.code for kind in our_kinds() if kind.preview(north, "", NOON)] == []
    life = Life(world, "lender_request")
    life.do("plan_lenders")
    for kind in our_kinds():
        letter = kind.preview(north, "", NOON)
        assert letter is not None
        assert letter.number == life.number
        assert set(letter.context) == set(kind.names()), kind.code
        assert kind.preview(north, life.number, NOON) == letter
        assert kind.preview(south, life.number, NOON) is None
        assert kind.preview(south, "", NOON) is None
