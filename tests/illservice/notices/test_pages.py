"""The pages for administrators and for those who look after failed mails."""

from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from illservice.accounts.models import User
from illservice.core import outbox
from illservice.core.models import AuditEntry, OutboxRow, OutboxState
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.models import NoticeText
from illservice.notices.selectors import failed_notices, notices_of
from tests.world import NOON, World, ask_for, later

TEXTS = "/desk/north/notices/"
TEXT = "/desk/north/notices/ready/en/"
MAILS = "/desk/north/mails/"
OURS = {
    "version": "0",
    "subject": "Come and get {{ request_number }}",
    "body_text": "It is here: {{ title }}",
    "body_html": "<p>It is here: <b>{{ title }}</b></p>",
    "number": "",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(world: World) -> Client:
    user = world.north.people["administrator"]
    user.email = "admin@north.example"
    user.save(update_fields=["email"])
    return signed_in(user)


def deliver_all(at: Any = NOON) -> None:
    for row_id in outbox.due_rows(at=at):
        outbox.deliver(row_id, at=at)


def test_only_heads_and_administrators_of_the_library_write_texts(world: World) -> None:
    for role, user in world.north.people.items():
        expected = 200 if role in {"head", "administrator"} else 403
        assert [signed_in(user).get(page).status_code for page in (TEXTS, TEXT)] == [expected] * 2, role
        assert signed_in(user).post(TEXT, OURS | {"do": "preview"}).status_code == expected
    for stranger in (world.south.people["administrator"], world.north.patrons["ada"].user):
        assert stranger is not None
        assert signed_in(stranger).get(TEXT).status_code == 404
        assert signed_in(stranger).post(TEXT, OURS | {"do": "save"}).status_code == 404
    assert Client().get(TEXT).status_code == 302
    assert NoticeText.objects.count() == 0


def test_unknown_notices_and_languages_are_not_found(admin: Client) -> None:
    assert admin.get("/desk/north/notices/nonsense/en/").status_code == 404
    assert admin.get("/desk/north/notices/ready/xx/").status_code == 404


def test_the_list_says_which_texts_were_changed_here(world: World, admin: Client) -> None:
    assert b"changed here" not in admin.get(TEXTS).content
    admin.post(TEXT, OURS | {"do": "save"})
    page = admin.get(TEXTS).content.decode()
    assert page.count("changed here") == 1
    assert page.count("/desk/north/notices/") >= 22 * 3
    south = signed_in(world.south.people["head"]).get("/desk/south/notices/")
    assert b"changed here" not in south.content


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("lender_request", "copyright_statement"),
        ("copy_ready", "legend"),
        ("supplied", "legend"),
        ("borrower_copy", "legend"),
    ],
)
def test_a_text_that_leaves_out_what_the_law_wants_said_is_saved_and_says_so(
    admin: Client, kind: str, field: str
) -> None:
    warned, listed = f"<code>{field}</code> –", "leaves out what the law wants said"
    page = f"{TEXTS}{kind}/en/"
    assert warned not in admin.get(page).content.decode(), "the shipped text says it"
    whole = {
        "body_text": f"{{{{ {field} }}}}",
        "body_html": f"<p>{{% if {field} %}}{{{{ {field} }}}}{{% endif %}}</p>",
    }
    for version, left in enumerate(({}, {"body_html": whole["body_html"]}, whole)):
        own = OURS | {"version": str(version)} | left
        assert admin.post(page, own | {"do": "save"}).status_code == 302
        missing = left != whole
        assert (warned in admin.get(page).content.decode()) is missing
        assert (listed in admin.get(TEXTS).content.decode()) is missing
        assert admin.get(TEXT).content.decode().count("The law wants this") == 0


def test_a_text_is_saved_used_and_taken_back(world: World, admin: Client) -> None:
    page = admin.get(TEXT).content.decode()
    assert "Ready for you: request {{ request_number }}" in page
    assert "pickup_until" in page
    assert admin.post(TEXT, OURS | {"do": "save"}).status_code == 302
    own = NoticeText.objects.get()
    assert (own.library, own.kind, own.language, own.version, own.in_use) == (
        world.north.library, "ready", "en", 1, True,
    )  # fmt: skip
    assert own.updated_by == world.north.people["administrator"]
    assert "Come and get" in admin.get(TEXT).content.decode()
    assert admin.post(TEXT, OURS | {"version": "1", "do": "restore"}).status_code == 302
    assert admin.post(TEXT, OURS | {"version": "1", "do": "restore"}).status_code == 302
    assert "Ready for you: request" in admin.get(TEXT).content.decode()
    assert admin.post(TEXT, OURS | {"version": "2", "do": "save"}).status_code == 302
    assert NoticeText.objects.get().version == 3
    assert AuditEntry.objects.filter(model="ill_notices.NoticeText").count() == 3


@pytest.mark.parametrize(
    ("part", "value", "word"),
    [
        ("subject", "{{ title }}", "There is no field “title” here"),
        ("body_text", "{{ shelfcode }}", "Did you mean “shelf_code”?"),
        ("body_text", "{% load static %}", "This text cannot be read"),
        ("body_html", "{% if title %}", "This text cannot be read"),
        ("body_html", "{{ due|date:'H' }}", "check the formats of dates"),
        ("body_text", "x" * 20_001, "20000"),
        ("subject", "   ", "required"),
        ("version", "x", ""),
        ("version", "-1", ""),
        ("body_text", "nul \x00", "Null characters"),
    ],
)
def test_a_broken_text_is_refused_and_nothing_typed_is_lost(
    admin: Client, part: str, value: str, word: str
) -> None:
    for do in ("save", "test", "preview"):
        response = admin.post(TEXT, OURS | {part: value, "do": do})
        page = response.content.decode()
        assert response.status_code == 200
        assert word in page
        assert "It is here" in page
    assert (NoticeText.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_two_authors_do_not_overwrite_each_other(world: World, admin: Client) -> None:
    head = signed_in(world.north.people["head"])
    assert admin.post(TEXT, OURS | {"do": "save"}).status_code == 302
    theirs = OURS | {"body_text": "Second thoughts", "do": "save"}
    for stale in ("0", "7"):
        response = head.post(TEXT, theirs | {"version": stale})
        page = response.content.decode()
        assert response.status_code == 409
        assert "Second thoughts" in page
        assert "It is here: {{ title }}" in page
        assert 'name="version" value="1"' in page
    assert NoticeText.objects.get().body_text == OURS["body_text"]
    assert head.post(TEXT, theirs | {"version": "1"}).status_code == 302
    assert admin.post(TEXT, OURS | {"version": "1", "do": "restore"}).status_code == 409
    own = NoticeText.objects.get()
    assert (own.body_text, own.version, own.in_use) == ("Second thoughts", 2, True)


def test_a_preview_shows_a_real_request_and_sends_nothing(world: World, admin: Client) -> None:
    first, newest = ask_for(world.north), ask_for(world.north, patron="ben", at=later(hours=1))
    stranger = ask_for(world.south)
    OutboxRow.objects.all().delete()
    preview = OURS | {"do": "preview"}
    assert f"Come and get {newest.number}" in admin.post(TEXT, preview).content.decode()
    for typed in (first.number, f" {first.number.lower()} "):
        assert (
            f"Come and get {first.number}" in admin.post(TEXT, preview | {"number": typed}).content.decode()
        )
    page = admin.post(TEXT, preview).content.decode()
    assert 'sandbox=""' in page
    assert "&lt;b&gt;A Short History of Bees&lt;/b&gt;" in page
    type(newest).objects.update(title="</pre><script>alert(1)</script>")
    page = admin.post(TEXT, preview | {"subject": "{{ pickup_place }}"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    for unknown in (stranger.number, "B9999999", "nonsense"):
        page = admin.post(TEXT, preview | {"number": unknown}).content.decode()
        assert "Your library has no such request" in page
        assert "Southfield" not in page
    assert (NoticeText.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_a_preview_works_before_there_is_any_request(admin: Client) -> None:
    page = admin.post(TEXT, OURS | {"do": "preview"}).content.decode()
    assert "Come and get B0012348" in page
    assert "A Treatise on Examples" in page


def test_a_test_goes_to_its_author_alone(
    world: World, admin: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request = ask_for(world.north)
    OutboxRow.objects.all().delete()
    assert "on its way" in admin.post(TEXT, OURS | {"do": "test"}).content.decode()
    deliver_all(later(days=4000))
    (mail,) = mailoutbox
    assert mail.to == ["admin@north.example"]
    assert mail.subject == f"[Test] Come and get {request.number}"
    assert NoticeText.objects.count() == 0
    head = signed_in(world.north.people["head"])
    assert "no e-mail address" in head.post(TEXT, OURS | {"do": "test"}).content.decode()
    assert OutboxRow.objects.count() == 1


@pytest.fixture
def failed(world: World) -> dict[str, str]:
    """A failed mail in each library; the key by library."""
    for house in (world.north, world.south):
        type(house.patrons["ada"]).objects.filter(pk=house.patrons["ada"].pk).update(email="")
        ask_for(house)
    deliver_all()
    return {"north": "", "south": ""} | {
        "north": OutboxRow.objects.get(library=world.north.library.pk).key,
        "south": OutboxRow.objects.get(library=world.south.library.pk).key,
    }


def test_failed_mails_are_listed_and_sent_again_by_their_own_library_alone(
    world: World, failed: dict[str, str], mailoutbox: list[EmailMultiAlternatives]
) -> None:
    desk = signed_in(world.north.people["borrowing"])
    page = desk.get(MAILS).content.decode()
    assert "tell the patron by phone" in page
    assert page.count("Send again") == 1
    assert failed["south"] not in page

    assert desk.post(MAILS + "again/", {"key": failed["south"]}).status_code == 404
    assert desk.post(MAILS + "again/", {"key": "nonsense"}).status_code == 404
    assert desk.get(MAILS + "again/").status_code == 405
    stranger = signed_in(world.south.people["head"])
    assert stranger.post(MAILS + "again/", {"key": failed["north"]}).status_code == 404
    student = signed_in(world.north.people["student"])
    assert (
        student.get(MAILS).status_code
        == student.post(MAILS + "again/", {"key": failed["north"]}).status_code
        == 403
    )
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {OutboxState.FAILED}

    type(world.north.patrons["ada"]).objects.update(email="ada@north.example")
    assert desk.post(MAILS + "again/", {"key": failed["north"]})["Location"] == MAILS
    again = desk.post(MAILS + "again/", {"key": failed["north"], "back": "/desk/north/requests/B1/"})
    assert again["Location"] == "/desk/north/requests/B1/"
    for elsewhere in ("//evil.example/", "https://evil.example/", "/desk/south/", "/desk/north/\\evil"):
        answer = desk.post(MAILS + "again/", {"key": failed["north"], "back": elsewhere})
        assert answer["Location"] == MAILS
    deliver_all(later(days=4000))
    assert [mail.to for mail in mailoutbox] == [["ada@north.example"]]
    assert "No mail has failed" in desk.get(MAILS).content.decode()


def test_pages_of_failed_mails_hang_together(world: World) -> None:
    rows = [
        OutboxRow(
            kind="notice", key=f"k{number}", stream=f"k{number}", subject="B1", state="failed",
            library=world.north.library.pk, not_before=NOON, created_at=NOON, payload={"notice": "ready"},
        )
        for number in range(5)
    ]  # fmt: skip
    OutboxRow.objects.bulk_create(rows)
    library = world.north.library.pk
    first = failed_notices(library_id=library, size=2)
    assert ([row.key for row in first.rows], first.newer) == (["k4", "k3"], "")
    second = failed_notices(library_id=library, size=2, before=first.older)
    third = failed_notices(library_id=library, size=2, before=second.older)
    assert ([row.key for row in third.rows], third.older) == (["k0"], "")
    back = failed_notices(library_id=library, size=2, after=third.newer)
    assert [row.key for row in back.rows] == [row.key for row in second.rows] == ["k2", "k1"]
    assert failed_notices(library_id=library, size=2, after=back.newer).newer == ""
    assert failed_notices(library_id=library, size=2, before="x' OR 1=1").rows == first.rows


def test_the_number_of_statements_does_not_grow_with_the_rows(
    world: World, admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    OutboxRow.objects.bulk_create(
        OutboxRow(
            kind="notice", key=f"k{number}", stream=f"k{number}", subject="B1", state="failed",
            library=world.north.library.pk, not_before=NOON, created_at=NOON, payload={"notice": "ready"},
        )
        for number in range(200)
    )  # fmt: skip
    for page in (MAILS, TEXTS, TEXT):
        with django_assert_max_num_queries(8):
            assert admin.get(page).status_code == 200


def test_the_mails_of_a_request_say_what_became_of_them(world: World, failed: dict[str, str]) -> None:
    number = OutboxRow.objects.get(key=failed["north"]).subject
    (row,) = notices_of(number)
    assert (row.kind, str(row.label), row.audience, row.state, row.failed) == (
        "submitted", "Request received", "patron", "failed", True,
    )  # fmt: skip
    assert row.words == "no e-mail address: tell the patron by phone"
    assert row.key == failed["north"]


def test_shipped_texts_fall_back_to_english() -> None:
    assert shipped_texts("ready", "fr") == shipped_texts("ready", "en")
