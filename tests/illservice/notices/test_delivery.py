"""Over real SMTP: once each, again when it may help, shown to staff when it does not, never a name in the words."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.db.models import F
from pytest_django import Settings

from illservice.core import outbox
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.outbox import BACK_OFF, Parcel
from illservice.core.tasks import deliver as deliver_task
from illservice.notices.channels import mailer
from illservice.notices.channels.mail import message_id
from illservice.notices.models import NoticeText
from illservice.notices.selectors import NOTICE_TEST
from tests.illservice.notices.conftest import Post, free_port
from tests.world import NOON, World, ask_for, later


def row_of(number: str) -> OutboxRow:
    return OutboxRow.objects.get(subject=number, payload__notice="submitted")


def test_a_task_that_runs_twice_sends_once(world: World, post: Post) -> None:
    number = ask_for(world.north).number
    row = row_of(number)
    for _attempt in range(2):
        deliver_task(row_id=row.pk)
    (mail,) = post.mails
    assert post.envelopes == [["ada@north.example"]]
    assert mail["Message-ID"] == message_id(row.key) == row_of(number).result
    assert mail["To"] == "ada@north.example"
    assert mail["Reply-To"] == "ill@north.example"
    assert mail["From"].addresses[0].display_name == "Northfield Library"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Library-Request"] == number
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (row_of(number).state, row_of(number).attempts) == (OutboxState.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(post: Post) -> None:
    from tests.world import make_world

    number = ask_for(make_world().north).number
    row_id = row_of(number).pk
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            outbox.deliver(row_id, at=NOON)
        finally:
            mailer.close()
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(post.mails) == 1


def test_a_temporary_refusal_is_tried_again_later_and_later(world: World, post: Post) -> None:
    number = ask_for(world.north).number
    post.answers = ["451 try later ada@north.example", "450 busy"]
    at = NOON
    for pause in BACK_OFF[:2]:
        assert outbox.deliver(row_of(number).pk, at=at) == OutboxState.WAITING
        row = row_of(number)
        assert row.not_before == at + pause
        assert row.last_error.startswith("the mail server does not take it now (45")
        assert outbox.deliver(row.pk, at=at) is None
        at += pause
    assert outbox.deliver(row_of(number).pk, at=at) == OutboxState.DONE
    assert len(post.mails) == 1


@pytest.mark.parametrize("offers", [[], ["PIPELINING"]])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_lasting_refusal_is_shown_to_staff_at_once_and_the_next_mail_leaves(
    world: World, post: Post, step: str, offers: list[str]
) -> None:
    request = ask_for(world.north)
    post.offers = offers
    post.at, post.answers = step, ["550 no such person ada@north.example"]
    assert outbox.deliver(row_of(request.number).pk, at=NOON) == OutboxState.FAILED
    row = row_of(request.number)
    assert row.last_error == "the mail server refused it (550)"
    request.refresh_from_db()
    assert request.attention
    assert post.mails == []
    assert outbox.deliver(row_of(ask_for(world.north).number).pk, at=NOON) == OutboxState.DONE
    assert (len(post.mails), post.connections) == (1, 1)


def test_after_all_attempts_staff_see_it_and_can_send_it_again(
    world: World, post: Post, settings: Settings
) -> None:
    request = ask_for(world.north)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    at = NOON
    for pause in BACK_OFF:
        assert outbox.deliver(row_of(request.number).pk, at=at) == OutboxState.WAITING
        at += pause
    assert outbox.deliver(row_of(request.number).pk, at=at) == OutboxState.FAILED
    assert row_of(request.number).last_error == "the mail server cannot be reached"
    request.refresh_from_db()
    assert request.attention

    settings.EMAIL_PORT = port
    assert outbox.send_again(row_of(request.number).pk, at=at)
    assert outbox.deliver(row_of(request.number).pk, at=at) == OutboxState.DONE
    assert len(post.mails) == 1


def test_a_worker_killed_between_sending_and_noting_sends_the_same_message_id(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask_for(world.north).number

    def killed(*_args: object, **_values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(row_of(number).pk, at=NOON)
    assert row_of(number).state == OutboxState.LEASED
    assert outbox.due_rows(at=later(minutes=1)) == []
    after_lease = NOON + outbox.LEASE + timedelta(seconds=1)
    assert outbox.due_rows(at=after_lease) == [row_of(number).pk]
    assert outbox.deliver(row_of(number).pk, at=after_lease) == OutboxState.DONE
    assert [mail["Message-ID"] for mail in post.mails] == [message_id(row_of(number).key)] * 2


def test_many_mails_leave_over_one_connection(world: World, post: Post) -> None:
    for _number in range(5):
        ask_for(world.north)
    for row_id in outbox.due_rows(at=NOON):
        outbox.deliver(row_id, at=NOON)
    assert len(post.mails) == 5
    assert post.connections == 1


def test_a_connection_that_died_meanwhile_is_opened_anew(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [ask_for(world.north).number for _number in range(3)]
    assert outbox.deliver(row_of(numbers[0]).pk, at=NOON) == OutboxState.DONE
    kept = mailer._kept.connection
    assert kept is not None
    session = kept.connection  # type: ignore[attr-defined]
    session.sock.close()  # the server hung up a moment ago
    session.sock = None
    assert outbox.deliver(row_of(numbers[1]).pk, at=NOON) == OutboxState.DONE
    post.at, post.answers = "mail", ["421 that was enough for one connection"]
    assert outbox.deliver(row_of(numbers[2]).pk, at=NOON) == OutboxState.DONE
    monkeypatch.setattr(mailer, "RESTED", 0.0)
    number = ask_for(world.north).number
    assert outbox.deliver(row_of(number).pk, at=NOON) == OutboxState.DONE
    assert (len(post.mails), post.connections) == (4, 3)


@pytest.mark.parametrize("offers", [[], ["PIPELINING"]])
def test_a_line_that_begins_with_a_dot_arrives_whole(world: World, post: Post, offers: list[str]) -> None:
    post.offers = offers
    own_text(world, body_text=".\n..two\nGrüße\n.", body_html="<p>\n.\n</p>")
    ask_for(world.north)
    for row_id in outbox.due_rows(at=NOON):
        outbox.deliver(row_id, at=NOON)
    text = post.mails[0].get_body(("plain",))
    assert text is not None
    assert text.get_content().split() == [".", "..two", "Grüße", "."]
    assert len(post.mails) == 1


def test_an_unusable_address_is_not_tried(world: World, post: Post) -> None:
    type(world.north.patrons["ada"]).objects.update(email="ada@north.example\r\nBcc: x@example.org")
    number = ask_for(world.north).number
    assert outbox.deliver(row_of(number).pk, at=NOON) == OutboxState.FAILED
    assert row_of(number).last_error == "the e-mail address cannot be used"
    assert post.connections == 0


def test_names_that_would_break_a_header_do_not(world: World, post: Post) -> None:
    library = world.north.library
    library.name, library.email = "Bibliothek „Süd“\r\nBcc: x@example.org", "no address"
    library.save(update_fields=["name", "email"])
    number = ask_for(world.north).number
    assert outbox.deliver(row_of(number).pk, at=NOON) == OutboxState.DONE
    (mail,) = post.mails
    assert mail["From"].addresses[0].display_name == "Bibliothek „Süd“ Bcc: x@example.org"
    assert mail["Bcc"] is None
    assert mail["Reply-To"] is None


def own_text(world: World, **parts: str) -> None:
    values = {"subject": "Ours", "body_text": "Our text", "body_html": "<p>Our text</p>"} | parts
    NoticeText.objects.create(
        library=world.north.library, kind="submitted", language="en", updated_at=NOON, **values
    )


def test_the_library_s_own_text_is_sent_and_its_html_cleaned(world: World, post: Post) -> None:
    own_text(
        world,
        subject="Ours {{ request_number }}",
        body_html='<p style="x" onclick="y">{{ title }}<script>z()</script><a href="javascript:x">l</a></p>',
    )
    north, south = ask_for(world.north).number, ask_for(world.south).number
    for row_id in outbox.due_rows(at=NOON):
        outbox.deliver(row_id, at=NOON)
    subjects = {mail["X-Library-Request"]: mail["Subject"] for mail in post.mails}
    assert subjects[north] == f"Ours {north}"
    assert subjects[south] == f"We have your request {south}"
    html = post.mails[0].get_body(("html",))
    assert html is not None
    content = html.get_content()
    assert "<p>A Short History of Bees<a>l</a></p>" in content
    for taken_out in ("style", "onclick", "script"):
        assert taken_out not in content


def test_a_changed_text_counts_from_the_next_mail_on(world: World, post: Post) -> None:
    own_text(world, subject="First {{ request_number }}", body_text="one", body_html="<p>one</p>")
    ask_for(world.north)
    for parts in (
        {"subject": "Second", "body_text": "two", "body_html": "<p>two</p>"},
        {"in_use": False},
    ):
        assert outbox.deliver_batch(outbox.due_rows(at=NOON), at=NOON) == 1
        NoticeText.objects.update(version=F("version") + 1, **parts)
        ask_for(world.north)
    outbox.deliver_batch(outbox.due_rows(at=NOON), at=NOON)
    assert [mail["Subject"].split()[0] for mail in post.mails] == ["First", "Second", "We"]
    bodies = [str(part.get_content()) for mail in post.mails[:2] for part in mail.iter_parts()]
    assert ["one" in body for body in bodies] == [True, True, False, False]
    assert ["two" in body for body in bodies] == [False, False, True, True]


@pytest.mark.parametrize("broken", ["{{ gone }}", "{% if %}", "{{ next_by|date:'H' }}"])
def test_a_broken_own_text_gives_way_to_the_shipped_one(
    world: World, post: Post, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    own_text(world, body_text=broken)
    number = ask_for(world.north).number
    assert outbox.deliver(row_of(number).pk, at=NOON) == OutboxState.DONE
    assert post.mails[0]["Subject"] == f"We have your request {number}"
    assert "the shipped one is sent" in caplog.text


def test_words_of_failures_and_logs_hold_nobody_s_name(
    world: World, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    ask_for(world.north)
    post.answers = ["550 5.1.1 <ada@north.example> Ada Northfield unknown"]
    for row_id in outbox.due_rows(at=NOON):
        outbox.deliver(row_id, at=NOON)
    rows = " ".join(
        f"{row.key} {row.payload} {row.last_error} {row.result}" for row in OutboxRow.objects.all()
    )
    # aiosmtpd's own log, on the other side of the wire, is not ours.
    logged = " ".join(each.getMessage() for each in caplog.records if each.name != "mail.log")
    for private in ("ada@", "Ada", "Bees"):
        assert private not in rows
        assert private not in logged


def test_unknown_kinds_and_testers_without_address_fail_kindly(world: World, post: Post) -> None:
    texts = {"subject": "s", "body_text": "t", "body_html": "h", "language": "en", "number": ""}
    author = world.north.people["head"]
    for key, kind, payload in (
        ("a", "notice", {"notice": "nonsense", "request": 1, "about": None}),
        ("b", NOTICE_TEST, {"notice": "ready", "user": author.pk} | texts),
    ):
        outbox.enqueue(Parcel(kind, key, key, payload, library=world.north.library.pk), at=NOON)
        assert outbox.deliver(OutboxRow.objects.get(key=key).pk, at=NOON) == OutboxState.FAILED
    words = dict(OutboxRow.objects.values_list("key", "last_error"))
    assert words == {"a": "nobody knows this kind of notice", "b": "your account has no e-mail address"}


def test_the_moment_of_a_mail_is_that_of_its_sending(world: World, post: Post) -> None:
    ask_for(world.north)
    for row_id in outbox.due_rows(at=NOON):
        outbox.deliver(row_id, at=NOON)
    assert isinstance(post.mails[0]["Date"].datetime, datetime)
