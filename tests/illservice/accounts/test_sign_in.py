"""Signing in: by password, by the gateway's header; what happens to those who may not."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from illservice.accounts import gateway
from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.env import Environment
from illservice.core.models import OutboxRow
from illservice.directory.models import Library
from tests.world import NOON

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
GATEWAY = override_settings(
    ILL_TRUSTED_HEADER="X-Remote-User",
    ILL_TRUSTED_PROXIES=Environment({"N": "10.0.0.0/8,::1"}).networks("N"),
)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", email="ann@example.org", password=PASSWORD)


def make_tenant(slug: str) -> Library:
    return Library.objects.create(name=slug.title(), slug=slug, is_tenant=True)


def post(client: Client, username: str = "ann", password: str = PASSWORD, next_url: str = "") -> Any:
    form = {"username": username, "password": password, "next": next_url}
    return client.post(reverse("login"), form)


def test_signing_in_leads_where_the_person_wanted_to_go_but_never_to_another_site(
    client: Client, ann: User
) -> None:
    assert post(client, next_url="/openurl?title=Bees&x=1")["Location"] == "/openurl?title=Bees&x=1"
    client.logout()
    assert post(client, next_url="https://evil.example/")["Location"] == "/"
    client.logout()
    assert post(client, next_url="//evil.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Client, ann: User) -> None:
    inactive = User.objects.create_user("bob", password=PASSWORD, is_active=False)
    pages = [post(client, "ann", "wrong"), post(client, "nobody", "wrong"), post(client, inactive.username)]
    answers = {re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", page.content.decode()) for page in pages}
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert len(answers) == 1
    assert post(client).status_code == 302


def test_signing_in_gives_a_new_session(client: Client, ann: User) -> None:
    client.get(reverse("login"))
    session = client.session
    session["seen"] = 1
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    before = session.session_key
    post(client)
    assert client.session.session_key != before


def test_too_many_tries_are_told_when_to_come_back(client: Client, ann: User) -> None:
    for _try in range(8):
        page = post(client, password="wrong")
    assert page.status_code == 429
    assert int(page["Retry-After"]) == 900
    assert post(client).status_code == 429
    assert post(client, "other").status_code == 200


def test_the_start_page_leads_everybody_to_their_place(client: Client, ann: User) -> None:
    assert client.get("/")["Location"] == reverse("login")
    client.force_login(ann)
    assert client.get("/")["Location"] == "/my/"
    north = make_tenant("north")
    Membership.objects.create(user=ann, library=north, role=Role.BORROWING)
    Membership.objects.create(user=ann, library=north, role=Role.HEAD)
    assert client.get("/")["Location"] == "/desk/north/"
    Membership.objects.create(user=ann, library=make_tenant("south"), role=Role.HEAD)
    page = client.get("/").content.decode()
    assert "/desk/north/" in page
    assert "/desk/south/" in page


def test_signing_out_is_a_post(client: Client, ann: User) -> None:
    client.force_login(ann)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).status_code == 200
    assert client.get(reverse("account")).status_code == 302


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client: Client, ann: User) -> None:
    for address in ("ANN@example.org", "ann@example.org", "nobody@example.org"):
        page = client.post(reverse("password_reset"), {"email": address})
        assert page["Location"] == reverse("password_reset_done")
    assert client.get(reverse("password_reset_done")).status_code == 200
    row = OutboxRow.objects.get()
    assert "ann" not in str(row.payload)
    outbox.deliver(row.pk, at=row.not_before)
    assert mail.outbox[0].to == ["ann@example.org"]
    link = re.search(r"https?://[^/]+(/account/reset/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    assert form.status_code == 200
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    done = client.post(form.request["PATH_INFO"], new, follow=True)
    assert done.request["PATH_INFO"] == reverse("password_reset_complete")
    assert "does not work any more" in Client().get(link[1], follow=True).content.decode()
    assert post(client, password="a much better one").status_code == 302


def test_an_account_of_the_gateway_gets_no_password_mail(client: Client) -> None:
    user = User.objects.create_user("cat", email="cat@example.org")
    assert not user.has_usable_password()
    client.post(reverse("password_reset"), {"email": "cat@example.org"})
    assert not OutboxRow.objects.exists()


def test_somebody_chooses_language_and_keys(client: Client, ann: User) -> None:
    Membership.objects.create(user=ann, library=make_tenant("north"), role=Role.BORROWING)
    client.force_login(ann)
    page = client.get(reverse("account"))
    assert page.status_code == 200
    assert client.post(reverse("account"), {"language": "xx"}).status_code == 200
    ann.refresh_from_db()
    assert (ann.language, ann.keyboard_shortcuts) == ("", True)
    assert client.post(reverse("account"), {"language": "de"}).status_code == 302
    ann.refresh_from_db()
    assert (ann.language, ann.keyboard_shortcuts) == ("de", False)
    assert client.get(reverse("account"))["Content-Language"] == "de"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/account/?a=1", "/account/%3Fa%3D1"),
        ("https://elsewhere.example/account/", "/"),
        ("", "/"),
    ],
)
def test_whose_session_ended_learns_that_nothing_was_sent_and_comes_back_to_the_form(
    client: Client, ann: User, page: str, back: str
) -> None:
    answer = client.post(reverse("account"), {"language": "de"}, headers={"Referer": page})
    assert answer["Location"] == f"/login/?next={back}&unsent=1"
    assert "nothing was sent" in client.get(answer["Location"]).content.decode()
    assert "nothing was sent" not in client.get("/login/?next=/").content.decode()


def test_who_does_not_work_at_a_desk_is_not_asked_about_its_keys(client: Client, ann: User) -> None:
    client.force_login(ann)
    assert "keyboard_shortcuts" not in client.get(reverse("account")).content.decode()
    assert client.post(reverse("account"), {"language": "de"}).status_code == 302
    ann.refresh_from_db()
    assert (ann.language, ann.keyboard_shortcuts) == ("de", True)


def test_the_password_page_asks_for_the_old_one(client: Client, ann: User) -> None:
    client.force_login(ann)
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    assert client.post(reverse("password_change"), {"old_password": "no", **new}).status_code == 200
    assert client.post(reverse("password_change"), {"old_password": PASSWORD, **new}).status_code == 302
    assert client.get(reverse("password_change_done")).status_code == 200


@GATEWAY
def test_the_gateways_word_counts_only_from_its_own_address(client: Client, ann: User) -> None:
    told: dict[str, Any] = {"HTTP_X_REMOTE_USER": "ann"}
    assert client.get("/account/", REMOTE_ADDR="192.0.2.7", **told).status_code == 302
    assert client.get("/account/", REMOTE_ADDR="", **told).status_code == 302
    assert client.get("/account/", REMOTE_ADDR="10.1.2.3", **told).status_code == 200
    assert client.get("/account/", REMOTE_ADDR="10.1.2.3").status_code == 302
    assert Client().get("/account/", REMOTE_ADDR="::ffff:10.1.2.3", **told).status_code == 200


def test_without_the_setting_the_header_is_only_a_header(client: Client, ann: User) -> None:
    assert client.get("/account/", HTTP_X_REMOTE_USER="ann", REMOTE_ADDR="10.1.2.3").status_code == 302


@GATEWAY
def test_an_unknown_name_gets_a_clear_page_and_no_account(client: Client, ann: User) -> None:
    told: dict[str, Any] = {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_REMOTE_USER": "stranger"}
    page = client.get("/account/", **told, follow=True)
    assert page.status_code == 403
    assert "We do not know you here yet" in page.content.decode()
    assert not User.objects.filter(username="stranger").exists()
    assert client.get("/login/?own=1", **told).status_code == 200
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert client.get("/login/", **told | {"HTTP_X_REMOTE_USER": "ann"}).status_code == 403


@GATEWAY
def test_another_name_from_the_gateway_is_another_session(client: Client, ann: User) -> None:
    User.objects.create_user("bob", display_name="Bob")
    client.get("/account/", REMOTE_ADDR="10.1.2.3", HTTP_X_REMOTE_USER="ann")
    first = client.session.session_key
    page = client.get("/account/", REMOTE_ADDR="10.1.2.3", HTTP_X_REMOTE_USER="bob")
    assert page.wsgi_request.user == User.objects.get(username="bob")
    assert client.session.session_key != first


def test_a_registered_finder_finds_one_account_or_nobody(monkeypatch: pytest.MonkeyPatch, ann: User) -> None:
    bob = User.objects.create_user("bob")
    monkeypatch.setattr(gateway, "_finders", {})
    gateway.register_finder("cards", lambda name: [ann] if name == "123" else [ann, bob])
    assert gateway.find_user("bob") == bob
    assert gateway.find_user("123") == ann
    assert gateway.find_user("ambiguous") is None


@GATEWAY
@pytest.mark.parametrize(
    ("sender", "forwarded", "client_is"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_the_clients_address_is_what_the_outermost_proxy_saw(
    client: Client, sender: str, forwarded: str, client_is: str
) -> None:
    request = client.get("/login/", REMOTE_ADDR=sender, HTTP_X_FORWARDED_FOR=forwarded).wsgi_request
    assert gateway.client_address(request) == client_is


def test_reset_mails_are_held_back_when_the_account_is_gone(ann: User) -> None:
    outbox.enqueue(
        outbox.Parcel(kind="password_reset", key="k", stream="s", payload={"user": ann.pk}), at=NOON
    )
    User.objects.filter(pk=ann.pk).delete()
    row = OutboxRow.objects.get()
    outbox.deliver(row.pk, at=NOON)
    row.refresh_from_db()
    assert row.state == "superseded"
    assert mail.outbox == []
