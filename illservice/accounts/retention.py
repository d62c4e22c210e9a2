"""What is held about people who sign in."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from illservice.accounts.models import User
from illservice.accounts.services import close_account
from illservice.core.retention import Held, Line, Occasion, Person, register, register_harmless


def _account(person: Person) -> Iterator[list[Line]]:
    for user in User.objects.filter(pk=person.account_id or 0):
        yield [
            Line("username", _("name to sign in with"), user.username),
            Line("display_name", _("name"), str(user)),
            Line("email", _("e-mail"), user.email),
            Line("language", _("language"), user.language),
            Line("has_password", _("has a password here"), user.has_usable_password()),
            Line("date_joined", _("since"), user.date_joined),
            Line("last_login", _("last sign-in"), user.last_login),
        ]


def _leave(person: Person, _at: datetime) -> None:
    close_account(person.account_id)


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register(
        Held(
            code="account",
            label=_("Your sign-in"),
            why=_("So that you and nobody else sees your requests."),
            until=_("Until you are erased, unless you also need it elsewhere, for example as staff."),
            fields={
                "ill_accounts.User": "username password email first_name last_name display_name language",
            },
            on={Occasion.LEAVING: _leave},
            told=_account,
            position=20,
        )
    )
    register_harmless("ill_accounts.Membership", "user", "who works where, until an administrator ends it")
    register_harmless("ill_accounts.ApiToken", "name digest", "programs")
