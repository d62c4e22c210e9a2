"""API tokens: shown once, kept as a digest, good for one library and one role."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from illservice.accounts import tokens
from illservice.accounts.authentication import TokenAuthentication
from illservice.accounts.models import ApiToken
from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput
from illservice.directory.models import Library
from tests.world import NOON, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> Library:
    return Library.objects.create(name="North", slug="north", is_tenant=True)


def make(library: Library, **facts: Any) -> tokens.NewToken:
    values: dict[str, Any] = {"name": "catalogue", "role": Role.BORROWING, "at": NOON} | facts
    return tokens.create_token(library_id=library.pk, **values)


def test_only_the_digest_of_a_key_is_kept(library: Library) -> None:
    first, second = make(library), make(library)
    assert first.key != second.key
    assert len(first.key) >= 40
    assert first.key not in str(ApiToken.objects.values_list())
    assert tokens.authenticate(first.key, at=NOON) == first.token
    assert tokens.authenticate(first.token.digest, at=NOON) is None
    for wrong in ("", first.key[:-1], first.key.upper(), "é"):
        assert tokens.authenticate(wrong, at=NOON) is None


def test_a_token_ends_with_its_time_and_with_its_library(library: Library) -> None:
    made = make(library, expires_at=later(days=1))
    assert tokens.authenticate(made.key, at=later(hours=23)) == made.token
    assert tokens.authenticate(made.key, at=later(days=1)) is None
    lasting = make(library)
    Library.objects.update(is_active=False)
    assert tokens.authenticate(lasting.key, at=NOON) is None


def test_a_token_needs_a_name_and_a_future(library: Library) -> None:
    for facts in ({"name": "  "}, {"expires_at": NOON}):
        with pytest.raises(InvalidInput):
            make(library, **facts)
    assert not ApiToken.objects.exists()


def test_its_use_is_noted_now_and_then(library: Library) -> None:
    made = make(library)
    for moment, noted in ((NOON, NOON), (later(minutes=1), NOON), (later(minutes=6), later(minutes=6))):
        tokens.authenticate(made.key, at=moment)
        assert ApiToken.objects.get().last_used_at == noted


def sign_in(header: str) -> Any:
    request = RequestFactory().get("/api/", HTTP_AUTHORIZATION=header)
    return TokenAuthentication().authenticate(Request(request))


def test_a_bearer_acts_with_one_role_in_one_library(library: Library) -> None:
    made = make(library)
    user, token = sign_in(f"Bearer {made.key}")
    assert token == made.token
    assert user.is_authenticated
    assert user.library == library
    assert user.actor == Actor(ActorKind.TOKEN, made.token.pk, library.pk, frozenset({"borrowing"}))
    assert sign_in("") is None
    assert sign_in("Basic abc") is None
    for wrong in ("Bearer", "Bearer a b", "Bearer ill_wrong", "bearer \xff"):
        with pytest.raises(AuthenticationFailed):
            sign_in(wrong)
