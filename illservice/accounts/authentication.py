"""How programs sign in to the API: `Authorization: Bearer ill_...`."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from illservice.accounts import tokens
from illservice.accounts.models import ApiToken
from illservice.core import clock
from illservice.core.actors import Actor


class TokenUser(AnonymousUser):
    """A program: nobody's account, but signed in, and the actor it acts as."""

    def __init__(self, token: ApiToken) -> None:
        super().__init__()
        self.actor: Actor = tokens.actor_of(token)
        self.library = token.library

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]  # Django's is a constant of the class
        """The token was checked."""
        return True

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]  # Django's is a constant of the class
        """Known by its token."""
        return False


class TokenAuthentication(BaseAuthentication):
    """Reads the bearer token. `request.user.actor` is a TOKEN actor, `request.auth` the token's row."""

    def authenticate(self, request: Request) -> tuple[TokenUser, ApiToken] | None:
        """None without a bearer token, so that the session may speak; a wrong one is 401."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Send one token after the word Bearer."))
        token = tokens.authenticate(words[1].decode("latin-1"), at=clock.now())
        if token is None:
            raise AuthenticationFailed(_("This token is unknown or has expired."))
        return TokenUser(token), token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says it wants."""
        return "Bearer"
