"""Scans and links for a borrower: attached, looked at, sent, a better one sent after it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from illservice.accounts.roles import Role
from illservice.documents.models import Document
from tests.lending.pages import clerk, page, press, shown
from tests.lending.verbs import again, found, lend, new_copy, shipped
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\nIEND"


def scan(name: str = "scan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG)


def test_a_scan_is_attached_looked_at_and_sent(world: World) -> None:
    request = found(world, lend(world, new_copy(delivery="link")))
    client, files = clerk(world.north), page(request) + "files/"
    assert press(client, request, "send_copy").status_code == 422  # nothing is attached
    assert client.post(files, {"file": scan()}).status_code == 302
    document = Document.objects.get()
    html = client.get(page(request)).content.decode()
    assert "scan.png" in html
    assert "not sent" in html
    assert client.get(f"/desk/north/documents/{document.key}/?look=1").status_code == 200
    form = client.get(page(request) + f"do/send_copy/?document={document.key}").content.decode()
    assert f'value="{document.key}" selected' in form
    assert press(client, request, "send_copy", document=document.key).status_code == 302
    assert again(request).state == "copy_sent"
    document.refresh_from_db()
    assert document.is_released
    assert document.links.get().audience == "borrower"


def test_a_better_scan_goes_out_on_the_same_request(world: World) -> None:
    request = found(world, lend(world, new_copy(delivery="link")))
    client, files = clerk(world.north), page(request) + "files/"
    client.post(files, {"url": "https://x.example/scan/1"})
    press(client, request, "send_copy", document=Document.objects.get().key)
    assert press(client, request, "ask_resend").status_code == 302
    client.post(files, {"file": scan("better.png")})
    better = Document.objects.latest("pk")
    assert press(client, request, "send_copy", document=better.key).status_code == 302
    assert Document.objects.filter(released_at__isnull=False).count() == 2
    assert again(request).state == "copy_sent"


def test_what_is_no_scan_is_refused_beside_its_field(world: World) -> None:
    request, client = lend(world, new_copy()), clerk(world.north)
    files = page(request) + "files/"
    for data in (
        {},
        {"file": SimpleUploadedFile("x.exe", b"MZ")},
        {"url": "javascript:alert(1)"},
        {"file": scan(), "url": "https://x.example/1"},
    ):
        assert client.post(files, data).status_code == 422
    assert not Document.objects.exists()


def test_only_those_who_scan_attach_and_take_away(world: World) -> None:
    request = lend(world, new_copy())
    files = page(request) + "files/"
    assert clerk(world.north, Role.COPYRIGHT).post(files, {"file": scan()}).status_code == 403
    assert clerk(world.south).post(files, {"file": scan()}).status_code == 404
    assert not Document.objects.exists()
    assert clerk(world.north, Role.STUDENT).post(files, {"file": scan()}).status_code == 302
    document, remove = Document.objects.get(), files + "remove/"
    assert clerk(world.south).post(remove, {"key": document.key}).status_code == 404
    assert clerk(world.north).post(remove, {"key": "nothing"}).status_code == 404
    assert clerk(world.north).post(remove, {"key": document.key}).status_code == 302
    document.refresh_from_db()
    assert document.removed_at is not None


def test_what_was_sent_stays(world: World) -> None:
    request = found(world, lend(world, new_copy(delivery="link")))
    client, files = clerk(world.north), page(request) + "files/"
    client.post(files, {"file": scan()})
    document = Document.objects.get()
    press(client, request, "send_copy", document=document.key)
    client.post(files + "remove/", {"key": document.key})
    document.refresh_from_db()
    assert document.removed_at is None
    assert "opened 0 times" in shown(world.north, request)


def test_a_loan_shows_no_panel_for_scans(world: World) -> None:
    assert "Scans and links" not in shown(world.north, shipped(world))


def test_people_of_a_branch_open_scans_of_their_own_requests_only(world: World) -> None:
    there = found(world, lend(world, new_copy()))
    clerk(world.north).post(page(there) + "files/", {"file": scan()})
    url = f"/desk/north/documents/{Document.objects.get().key}/"
    assert clerk(world.north, Role.BRANCH).get(url).status_code == 404
    there.items.update(location=world.north.branch)
    assert clerk(world.north, Role.BRANCH).get(url).status_code == 200
