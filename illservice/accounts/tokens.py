"""Keys: API tokens, a program's key for one library; and what stands in the address of an invitation."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from illservice.accounts.models import ApiToken, User
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput

PREFIX = "ill_"
_BYTES = 32
_USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `key` is shown to a person once and kept nowhere."""

    token: ApiToken
    key: str


def digest_of(key: str) -> str:
    """What is kept of a key. A plain SHA-256 will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def create_token(
    *, library_id: int, name: str, role: str, at: datetime, expires_at: datetime | None = None
) -> NewToken:
    """Make a token of 256 random bits for a program of a library, acting with one role."""
    if not name.strip():
        raise InvalidInput({"name": "The name says which program holds the token."})
    if expires_at is not None and expires_at <= at:
        raise InvalidInput({"expires_at": "The token would be over already."})
    key = new_key()
    token = ApiToken.objects.create(
        library_id=library_id, name=name.strip(), role=role, digest=digest_of(key), expires_at=expires_at
    )
    return NewToken(token, key)


def authenticate(key: str, *, at: datetime) -> ApiToken | None:
    """The live token of this key at an active library, or None. Notes its use, at most every five minutes."""
    found = ApiToken.objects.select_related("library").filter(
        digest=digest_of(key), library__is_tenant=True, library__is_active=True
    )
    token = found.first()
    if token is None or (token.expires_at is not None and token.expires_at <= at):
        return None
    if token.last_used_at is None or at - token.last_used_at > _USED_EVERY:
        token.last_used_at = at
        token.save(update_fields=["last_used_at"])
    return token


def actor_of(token: ApiToken) -> Actor:
    """A token as the one who acts: with its one role in its one library."""
    return Actor(
        ActorKind.TOKEN, id=token.pk, library_id=token.library_id, roles=frozenset({str(token.role)})
    )


class InvitationTokens:
    """Tokens by which somebody invited chooses a first password, as Django's reset pages take them.

    They live for days, since the invited person did not ask for the mail; they end with the first sign-in, a password
    or another address.
    """

    LIFE = timedelta(days=14)
    _SALT = "illservice.accounts.invitation"

    def make_token(self, user: User) -> str:
        """A signed token; nothing of it is stored."""
        return signing.TimestampSigner(salt=self._SALT).sign(self._state(user)).partition(":")[2]

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the token is this user's, fresh, and not used."""
        if user is None or not user.is_active or not token:
            return False
        state = self._state(user)
        try:
            signed = signing.TimestampSigner(salt=self._SALT).unsign(f"{state}:{token}", max_age=self.LIFE)
        except signing.BadSignature:
            return False
        return constant_time_compare(signed, state)

    def _state(self, user: User) -> str:
        facts = f"{user.pk}\n{user.password}\n{user.email}\n{user.last_login}"
        return salted_hmac(self._SALT, facts, algorithm="sha256").hexdigest()


INVITATION_TOKENS = InvitationTokens()
