"""What borrowers are told by mail: in their language, only what is true, and nothing about anybody's patron."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from illservice.accounts.roles import Role
from illservice.citations.copyright import COPY_LEGEND
from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.workflow import Effect
from illservice.core.workflow.money import Price
from illservice.directory.models import Partnership
from illservice.documents import services as documents
from illservice.documents.models import DocumentLink
from illservice.notices.kinds import NoticeKind, all_kinds, kind_of
from illservice.notices.kinds.sandbox import check_texts, render_html, render_line, render_text
from illservice.notices.kinds.shipped import shipped_texts
from lending.models import LendingRequest
from lending.services import answers, charges, loans, words
from lending.services.answers import Terms
from lending.workflow import effects
from lending.workflow.states import MarkKind
from tests.lending import verbs
from tests.lending.borrower_walks import person, signed_in, text_of
from tests.world import NOON, World

LANGUAGES = ("en", "de", "es")
Step = Callable[[World, LendingRequest, datetime], object]
HOSTILE = "Bees <script>alert(1)</script> {{ library_email }}\r\nBcc: x@example.org"


def kinds() -> list[NoticeKind]:
    return [kind for kind in all_kinds() if kind.code.startswith("borrower_")]


def _name_conditions(world: World, request: LendingRequest, at: datetime) -> None:
    terms = Terms(conditions=["LibraryUseOnly"], cost=Decimal("12.00"), note="Handle with care")
    answers.conditional(request_id=request.pk, terms=terms, actor=verbs.desk(world), at=at)


def _retry(world: World, request: LendingRequest, at: datetime) -> None:
    reason = verbs.a_reason("retry")
    day = date(2026, 5, 4)
    answers.retry_later(request_id=request.pk, reason=reason, retry_after=day, actor=verbs.desk(world), at=at)


def _by_desk(service: Any, **facts: Any) -> Step:
    return lambda world, request, at: service(request_id=request.pk, actor=verbs.desk(world), at=at, **facts)


def _by_borrower(service: Any) -> Step:
    return lambda world, request, at: service(request_id=request.pk, actor=verbs.as_borrower(world), at=at)


def _link_copy(world: World, request: LendingRequest, at: datetime) -> None:
    LendingRequest.objects.filter(pk=request.pk).update(delivery="link")
    scan = SimpleUploadedFile("scan", b"\x89PNG\r\n\x1a\nIEND")
    actor = verbs.desk(world)
    copy = documents.attach_file(
        library_id=request.library_id, subject=request.number, upload=scan, actor=actor, at=at
    )
    loans.send_copy(request_id=request.pk, document_id=copy.pk, actor=actor, at=at)


ASK_RENEWAL = _by_borrower(loans.ask_renewal)
LIVES: dict[str, tuple[Callable[[World], LendingRequest], tuple[Step, ...]]] = {
    "conditional": (verbs.lend, (_name_conditions,)),
    "unfilled": (verbs.lend, (lambda world, request, at: verbs.refused(world, request, at=at),)),
    "retry": (verbs.lend, (_retry,)),
    "shipped": (verbs.found, (_by_desk(loans.ship, note="In two parcels"),)),
    "copy": (lambda world: verbs.found(world, verbs.lend(world, verbs.new_copy())), (_link_copy,)),
    "renewed": (verbs.shipped, (ASK_RENEWAL, _by_desk(loans.renew))),
    "not_renewed": (verbs.shipped, (ASK_RENEWAL, _by_desk(loans.refuse_renewal))),
    "due_changed": (verbs.shipped, (_by_desk(loans.change_due, due=date(2026, 6, 1)),)),
    "recall": (verbs.shipped, (_by_desk(loans.recall, back_by=date(2026, 3, 20)),)),
    "overdue": (
        verbs.shipped,
        (lambda _world, request, at: loans.mark_overdue(request_id=request.pk, at=at + timedelta(days=90)),),
    ),
    "due_soon": (
        verbs.shipped,
        (lambda _world, request, at: loans.remind_due(request_id=request.pk, at=at + timedelta(days=35)),),
    ),
    "checked_in": (verbs.shipped, (_by_desk(loans.check_in),)),
    "settled": (verbs.shipped, (_by_desk(loans.lost), _by_desk(loans.settle, cost=Decimal("80.00")))),
    "cancelled": (verbs.lend, (_by_borrower(answers.cancel_asked),)),
    "not_cancelled": (verbs.pulled, (_by_borrower(answers.cancel_asked), _by_desk(answers.cancel_no))),
    "message": (verbs.lend, (_by_desk(words.ask_borrower, text="Which volume?"),)),
    "lost": (verbs.shipped, (_by_desk(loans.lost, cost=Decimal("80.00")),)),
    "bill": (verbs.shipped, (_by_desk(loans.lost, cost=Decimal("80.00")), _by_desk(charges.invoice_charge))),
}
OVERTAKEN: dict[str, Step] = {
    "conditional": _by_borrower(answers.conditions_accepted),
    "unfilled": _by_desk(words.reopen, why="We have it"),
    "retry": _by_desk(words.reopen, why="We have it"),
    "shipped": _by_desk(loans.check_in),
    "renewed": _by_desk(loans.recall, back_by=date(2026, 3, 20)),
    "due_changed": _by_desk(loans.recall, back_by=date(2026, 3, 20)),
    "recall": _by_borrower(loans.sent_back),
    "overdue": _by_borrower(loans.sent_back),
    "due_soon": _by_borrower(loans.sent_back),
    "checked_in": _by_desk(words.reopen, why="Not ours"),
    "cancelled": _by_desk(words.reopen, why="Needed after all"),
    "lost": _by_desk(loans.turned_up),
    "bill": _by_desk(charges.pay_charge),
}


def live(world: World, kind: str, *, at: datetime = NOON) -> LendingRequest:
    """A request to whose borrower this mail is waiting to be sent."""
    begin, steps = LIVES[kind]
    request = begin(world)
    OutboxRow.objects.all().delete()
    for step in steps:
        step(world, verbs.again(request), at)
    return verbs.again(request)


def row_of(request: LendingRequest, kind: str) -> OutboxRow:
    return OutboxRow.objects.filter(subject=request.number, payload__notice=f"borrower_{kind}").latest("id")


def deliver(row: OutboxRow, at: datetime = NOON) -> OutboxRow:
    OutboxRow.objects.filter(stream=row.stream, pk__lt=row.pk).update(state=OutboxState.DONE)
    outbox.deliver(row.pk, at=max(at, row.not_before))
    return OutboxRow.objects.get(pk=row.pk)


def moment_of(kind: str) -> datetime:
    """When the mail leaves: reminders on the due date and months later, on Mondays, as they wait for an open day."""
    return NOON + timedelta(days={"overdue": 91, "due_soon": 35}.get(kind, 0), hours=3)


def test_every_word_that_goes_by_mail_is_known_and_has_a_life_here() -> None:
    told = {each.name.removeprefix("answer_") for each in vars(effects).values() if isinstance(each, Effect)}
    by_message_only = {"expect", "will", "status", "hold_return", "release_return"}
    assert {kind.code for kind in kinds()} == {f"borrower_{word}" for word in told - by_message_only}
    assert {kind.code for kind in kinds()} == {f"borrower_{word}" for word in LIVES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LIVES)
def test_shipped_texts_use_only_their_fields_and_stand_in_each_language(kind: str, language: str) -> None:
    known = kind_of(f"borrower_{kind}")
    texts = shipped_texts(known.code, language)
    names = {"subject_names": known.names(subject=True), "names": known.names()}
    assert check_texts(texts, examples=known.examples(), **names) == {}
    assert language == "en" or texts != shipped_texts(known.code, "en")
    empty = dict.fromkeys(known.names(), "")
    with translation.override(language):
        assert render_line(texts.subject, known.names(), empty)
        assert "None" not in render_text(texts.body_text, known.names(), empty)
        assert "None" not in render_html(texts.body_html, known.names(), empty)


@pytest.mark.parametrize("kind", LIVES)
def test_each_mail_reaches_the_borrower_in_its_language(
    world: World, mailoutbox: list[EmailMultiAlternatives], kind: str
) -> None:
    request = live(world, kind)
    LendingRequest.objects.filter(pk=request.pk).update(
        borrower_number="EL-77", ship_to="Ada Reader\n7 Secret Street", borrower_note="for Ada Reader"
    )
    for language in LANGUAGES:
        type(world.eastlake).objects.filter(pk=world.eastlake.pk).update(language=language)
        mailoutbox.clear()
        OutboxRow.objects.filter(pk=row_of(request, kind).pk).update(state=OutboxState.WAITING)
        row = deliver(row_of(request, kind), moment_of(kind))
        assert (row.state, row.last_error) == (OutboxState.DONE, "")
        (mail,) = mailoutbox
        html = str(mail.alternatives[0][0])
        assert mail.to == ["lend@eastlake.example"]
        assert mail.reply_to == ["ill@north.example"]
        assert f'<html lang="{language}">' in html
        for part in (mail.subject, str(mail.body), html):
            assert "EL-77" in part
            assert (request.article_title or request.title) in part
            assert "{{" not in part
            assert "{%" not in part
            assert "Ada Reader" not in part
            assert "Secret Street" not in part


@pytest.mark.parametrize("kind", OVERTAKEN)
def test_what_is_no_longer_true_is_not_sent(
    world: World, mailoutbox: list[EmailMultiAlternatives], kind: str
) -> None:
    request = live(world, kind)
    OVERTAKEN[kind](world, request, NOON)
    row = deliver(row_of(request, kind), moment_of(kind))
    assert row.state == OutboxState.SUPERSEDED
    assert row.last_error
    assert mailoutbox == []


def test_an_overdue_notice_is_not_sent_once_the_date_is_another_one(world: World) -> None:
    request = live(world, "overdue")
    at = moment_of("overdue")
    loans.change_due(request_id=request.pk, due=date(2026, 9, 1), actor=verbs.desk(world), at=at)
    assert deliver(row_of(request, "overdue"), at).state == OutboxState.SUPERSEDED


def test_what_was_said_stands_in_the_mail(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    for kind, said in (
        ("conditional", ("use in the library only", "12.00 USD", "Handle with care", "March 9, 2026")),
        ("retry", ("In use", "May 4, 2026")),
        ("shipped", ("In two parcels", "April 6, 2026")),
        ("recall", ("March 20, 2026",)),
        ("message", ("Which volume?", "March 9, 2026")),
        ("lost", ("80.00 USD",)),
    ):
        mailoutbox.clear()
        deliver(row_of(live(world, kind), kind), moment_of(kind))
        body = str(mailoutbox[0].body)
        assert [each for each in said if each not in body] == [], body


def test_the_mail_with_a_copy_holds_one_link_however_often_it_is_tried(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request = live(world, "copy")
    row = deliver(row_of(request, "copy"))
    OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.WAITING)
    deliver(row_of(request, "copy"))
    link = DocumentLink.objects.get()
    address = documents.address_of(link)
    assert [address in str(mail.body) for mail in mailoutbox] == [True, True]
    assert all(COPY_LEGEND in str(mail.body) for mail in mailoutbox)
    documents.withdraw(document_id=link.document_id, actor=verbs.desk(world), at=NOON)
    OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.WAITING)
    assert deliver(row_of(request, "copy")).state == OutboxState.SUPERSEDED
    assert len(mailoutbox) == 2


def test_a_copy_on_paper_says_that_it_comes_by_post(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request = verbs.copied(world)
    deliver(row_of(request, "copy"))
    assert "on its way to you by post" in str(mailoutbox[0].body)
    assert COPY_LEGEND in str(mailoutbox[0].body)


def test_the_page_is_named_only_to_libraries_that_can_open_it(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request = live(world, "message")
    deliver(row_of(request, "message"))
    assert "/from/" not in str(mailoutbox[0].body)
    person(world)
    OutboxRow.objects.filter(pk=row_of(request, "message").pk).update(state=OutboxState.WAITING)
    deliver(row_of(request, "message"))
    assert f"/from/north/requests/{request.number}/" in str(mailoutbox[1].body)


def test_a_borrower_without_an_address_is_put_before_staff(
    world: World, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    Partnership.objects.filter(partner=world.eastlake).update(email="")
    type(world.eastlake).objects.filter(pk=world.eastlake.pk).update(email="")
    request = live(world, "message")
    row = deliver(row_of(request, "message"))
    assert row.state == OutboxState.FAILED
    assert row.last_error.startswith("the borrowing library has no e-mail address")
    assert verbs.again(request).marks.filter(kind=MarkKind.MAIL_FAILED).exists()
    page = signed_in(world.north.people[Role.LENDING]).get("/desk/north/mails/")
    assert f"/lend/north/requests/{request.number}/" in text_of(page)
    assert mailoutbox == []


def test_a_hostile_title_stays_text(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    request = live(world, "message")
    LendingRequest.objects.filter(pk=request.pk).update(title=HOSTILE)
    deliver(row_of(request, "message"))
    (mail,) = mailoutbox
    html = str(mail.alternatives[0][0])
    assert "<script" not in html
    assert "{{ library_email }}" in html
    assert "\n" not in mail.subject
    assert "Bcc" not in mail.message()


def test_a_preview_needs_no_truth_and_shows_only_the_own_library(world: World) -> None:
    north, south = world.north.library.pk, world.south.library.pk
    assert [kind.code for kind in kinds() if kind.preview(north, "", NOON)] == []
    request = verbs.lend(world)
    bill = kind_of("borrower_bill")
    assert bill.preview(north, "", NOON) is None
    price = Price(kind="other", payer="partner", actual=Decimal("3.00"))
    charges.note_charge(request_id=request.pk, price=price, actor=verbs.desk(world), at=NOON)
    for kind in kinds():
        letter = kind.preview(north, "", NOON)
        assert letter is not None
        assert set(letter.context) == set(kind.names()), kind.code
        assert kind.preview(north, request.number, NOON) == letter
        assert kind.preview(south, request.number, NOON) is None
        assert kind.preview(south, "", NOON) is None
