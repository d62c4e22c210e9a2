"""While the cache that holds the sessions is away, nobody is signed out."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as CacheConnectionError

from illservice.accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_lost_cache_asks_to_wait_and_keeps_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: Any, **_kwargs: Any) -> None:
        raise CacheConnectionError("gone")

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("ann"))
    key = client.cookies["sessionid"].value
    with monkeypatch.context() as away:
        away.setattr(type(caches["default"]), "get", lost)
        for answer in (client.get("/account/"), client.post("/account/", {"language": "de"})):
            assert (answer.status_code, answer["Retry-After"]) == (503, "5")
            assert "sessionid" not in answer.cookies
        assert Client().get("/login/").status_code == 200
    assert client.cookies["sessionid"].value == key
    assert client.get("/account/").status_code == 200


def test_a_broken_session_key_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError("not a key")

    client = Client()
    client.cookies["sessionid"] = "x" * 32
    monkeypatch.setattr(type(caches["default"]), "get", refused)
    assert client.get("/account/").headers["Location"] == "/login/?next=/account/"
