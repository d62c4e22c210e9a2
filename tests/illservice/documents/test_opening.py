"""The pages and the files: who opens what, what counts, and that no browser takes a file for a page."""

from typing import Any

import pytest
from django.test import Client

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.documents import services
from illservice.documents.kinds import Audience, Owner, register_owner
from illservice.documents.models import Document, DocumentLink
from tests.illservice.documents.conftest import JPEG, PDF, PNG, SUBJECT, TIFF, Shelf, body, scan

ACCEPTED = {"accepted": "on"}


def browser(user: User | None) -> Client:
    """Somebody signed in, or nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def made(shelf: Shelf, audience: str, content: bytes = PDF, **limits: int) -> DocumentLink:
    """A link made now."""
    actor, at, library = shelf.world.north.actor(), clock.now(), shelf.world.north.library.pk
    document = services.attach_file(
        library_id=library, subject=SUBJECT, upload=scan(content, "<b>.html"), actor=actor, at=at
    )
    services.release(document_id=document.pk, actor=actor, at=at)
    return services.make_link(document_id=document.pk, audience=audience, actor=actor, at=at, **limits)


def path_of(link: DocumentLink) -> str:
    """Its address without the host."""
    return services.address_of(link).removeprefix("http://localhost:8000")


def views(link: DocumentLink) -> int:
    """How often it was opened by now."""
    return DocumentLink.objects.get(pk=link.pk).views


def is_safe(answer: Any, content: bytes, name: str, media: str) -> None:
    """A file as an attachment that no browser draws as a page."""
    assert answer.status_code == 200
    assert body(answer) == content
    assert answer["Content-Type"] == media
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Length"] == str(len(content))


def test_a_patron_opens_the_copy_and_only_the_download_counts(shelf: Shelf) -> None:
    link = made(shelf, Audience.PATRON, views=2)
    ada, path = browser(shelf.world.north.patrons["ada"].user), path_of(link)
    for _each in range(5):
        page = ada.get(path)
        ada.head(path)
    assert (page.status_code, views(link)) == (200, 0)
    text = page.content.decode()
    for words in (SUBJECT, "PDF", "2 pages", "2 more times", "Copyright", "Northfield Library"):
        assert words in text
    assert "<b>.html" not in text
    is_safe(ada.post(path, ACCEPTED), PDF, f"{SUBJECT}.pdf", "application/pdf")
    assert views(link) == 1
    assert "1 more time<" in ada.get(path).content.decode()


def test_without_the_tick_nothing_is_opened_and_nothing_counted(shelf: Shelf) -> None:
    link = made(shelf, Audience.BORROWER)
    answer = browser(None).post(path_of(link), {})
    assert answer.status_code == 200
    assert b"Tick the box" in answer.content
    assert views(link) == 0


def test_another_patron_staff_and_strangers_find_nothing(shelf: Shelf) -> None:
    link = made(shelf, Audience.PATRON)
    north, path = shelf.world.north, path_of(link)
    others = (north.patrons["ben"].user, north.people[Role.HEAD], shelf.world.south.patrons["ada"].user)
    for user in others:
        for answer in (browser(user).get(path), browser(user).post(path, ACCEPTED)):
            assert answer.status_code == 404
            assert SUBJECT not in answer.content.decode()
    for answer in (browser(None).get(path), browser(None).post(path, ACCEPTED)):
        assert answer.headers["Location"].startswith("/login/")
    assert views(link) == 0


def test_a_patron_finds_nothing_before_the_release(shelf: Shelf) -> None:
    document = shelf.attach()
    ada = browser(shelf.world.north.patrons["ada"].user)
    assert ada.get(f"/documents/{document.key}/").status_code == 404


def test_a_borrowers_link_is_no_way_around_the_sign_in(shelf: Shelf) -> None:
    """The key of a document in a patron's address is no token, and a token is no key."""
    patrons, borrowers = made(shelf, Audience.PATRON), made(shelf, Audience.BORROWER)
    ada = browser(shelf.world.north.patrons["ada"].user)
    assert browser(None).get(f"/d/{patrons.document.key}/").status_code == 404
    assert ada.get(f"/documents/{services.token_of(borrowers)}/").status_code == 404
    assert ada.get(f"/documents/{borrowers.document.key}/").status_code == 404


def test_whoever_was_sent_the_address_opens_it_without_signing_in(shelf: Shelf) -> None:
    link = made(shelf, Audience.BORROWER, views=1)
    anybody, path = browser(None), path_of(link)
    assert "no-store" in anybody.get(path)["Cache-Control"]
    is_safe(anybody.post(path, ACCEPTED), PDF, f"{SUBJECT}.pdf", "application/pdf")
    for answer in (anybody.get(path), browser(None).post(path, ACCEPTED)):
        assert answer.status_code == 410
        assert b"as often as the library allows" in answer.content
        assert b"ill@north.example" in answer.content
    assert views(link) == 1


def test_a_borrower_needs_no_cookie_and_a_patron_needs_the_forms_own(shelf: Shelf) -> None:
    """The token in the address is all the right that a borrower has: there is no sign-in to be misused."""
    patrons, borrowers = made(shelf, Audience.PATRON), made(shelf, Audience.BORROWER)
    ada = Client(enforce_csrf_checks=True)
    user = shelf.world.north.patrons["ada"].user
    assert user is not None
    ada.force_login(user)
    assert ada.post(path_of(patrons), ACCEPTED).status_code == 403
    assert Client(enforce_csrf_checks=True).post(path_of(borrowers), ACCEPTED).status_code == 200
    assert (views(patrons), views(borrowers)) == (0, 1)


def test_no_token_that_still_opens_is_logged(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    path = path_of(made(shelf, Audience.BORROWER))
    for data in ({}, ACCEPTED):
        Client(enforce_csrf_checks=True).post(path, data)
    assert path not in caplog.text
    browser(None).get("/d/unknown/")
    assert "d/<str:token>/" in caplog.text
    assert "unknown" not in caplog.text


@pytest.mark.parametrize("audience", Audience.values)
def test_a_withdrawn_copy_says_so_and_whom_to_ask(shelf: Shelf, audience: str) -> None:
    link = made(shelf, audience)
    services.withdraw(document_id=link.document_id, actor=shelf.world.north.actor(), at=clock.now())
    answer = browser(shelf.world.north.patrons["ada"].user).get(path_of(link))
    assert answer.status_code == 410
    assert b"called this copy back" in answer.content


def test_the_address_of_a_copy_elsewhere_is_shown_and_counted(shelf: Shelf) -> None:
    north, at, url = shelf.world.north, clock.now(), "https://files.eastlake.example/a?b=1&c=2"
    document = services.attach_link(
        library_id=north.library.pk, subject=SUBJECT, url=url, actor=north.actor(), at=at
    )
    services.release(document_id=document.pk, actor=north.actor(), at=at)
    link = services.make_link(document_id=document.pk, audience=Audience.BORROWER, actor=north.actor(), at=at)
    anybody, path = browser(None), path_of(link)
    assert "files.eastlake" not in anybody.get(path).content.decode()
    answer = anybody.post(path, ACCEPTED)
    assert 'href="https://files.eastlake.example/a?b=1&amp;c=2" rel="noreferrer' in answer.content.decode()
    assert views(link) == 1
    staff = browser(north.people[Role.LENDING]).get(f"/desk/north/documents/{document.key}/")
    assert staff.headers["Location"] == url


@pytest.mark.parametrize(
    ("content", "extension", "media", "shown"),
    [
        (PDF, "pdf", "application/pdf", True),
        (JPEG, "jpg", "image/jpeg", True),
        (PNG, "png", "image/png", True),
        (TIFF, "tif", "image/tiff", False),
    ],
)
def test_staff_look_before_the_release_and_are_not_counted(
    shelf: Shelf, content: bytes, extension: str, media: str, shown: bool
) -> None:
    document = shelf.attach(content, "../../x.html")
    staff, path = browser(shelf.world.north.people[Role.STUDENT]), f"/desk/north/documents/{document.key}/"
    is_safe(staff.get(path), content, f"{SUBJECT}.{extension}", media)
    looked = staff.get(path, {"look": "1"})
    assert looked["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert looked["Content-Type"] == media
    assert looked["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in looked["Content-Security-Policy"]
    assert looked["Content-Security-Policy"].startswith("sandbox") or content == PDF
    assert body(looked) == content
    assert not DocumentLink.objects.exists()


def test_staff_see_only_what_their_own_library_and_their_side_let_them(shelf: Shelf) -> None:
    document = shelf.attach()
    path = f"/desk/north/documents/{document.key}/"
    stranger = browser(shelf.world.south.people[Role.HEAD])
    for address in (path, path.replace("north", "south")):
        assert stranger.get(address).status_code == 404
    north = browser(shelf.world.north.people[Role.HEAD])
    assert north.get(path).status_code == 200
    register_owner("B", Owner(staff_may_see=lambda _subject, _library, _actor: False))
    assert north.get(path).status_code == 404


def test_hostile_content_is_never_drawn_as_a_page(shelf: Shelf) -> None:
    """A PDF that goes on as a page after what our look at its head covers: kept, and served harmless."""
    polyglot = PDF[:9] + b"%" + b"x" * 2000 + b"\n%<html><script>alert(1)</script>\n" + PDF[9:]
    link = made(shelf, Audience.BORROWER, polyglot)
    is_safe(browser(None).post(path_of(link), ACCEPTED), polyglot, f"{SUBJECT}.pdf", "application/pdf")
    looked = browser(shelf.world.north.people[Role.HEAD]).get(
        f"/desk/north/documents/{link.document.key}/", {"look": "1"}
    )
    assert looked["Content-Type"] == "application/pdf"
    assert looked["X-Content-Type-Options"] == "nosniff"


def test_a_subject_of_any_letters_is_a_safe_file_name(shelf: Shelf) -> None:
    document = shelf.attach()
    Document.objects.filter(pk=document.pk).update(subject='B";\\../é')
    answer = browser(shelf.world.north.people[Role.HEAD]).get(f"/desk/north/documents/{document.key}/")
    assert answer["Content-Disposition"] == 'attachment; filename="B.pdf"'
