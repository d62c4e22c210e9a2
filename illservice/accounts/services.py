"""What changes accounts."""

import itertools
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from illservice.accounts.models import User
from illservice.accounts.selectors import resettable_accounts
from illservice.core import outbox

PASSWORD_RESET = "password_reset"
INVITATION = "invitation"
RESET_EVERY = 300
"""Seconds in which one account gets at most one mail, however often somebody asks."""


def ask_password_reset(*, email: str, at: datetime) -> None:
    """Queue a mail with a link for each account of this address; an unknown address does nothing."""
    window = int(at.timestamp()) // RESET_EVERY
    with transaction.atomic():
        for user in resettable_accounts(email)[:5]:
            outbox.enqueue(
                outbox.Parcel(
                    kind=PASSWORD_RESET,
                    key=f"{PASSWORD_RESET}:{user.pk}:{window}",
                    stream=f"account:{user.pk}",
                    payload={"user": user.pk},
                ),
                at=at,
            )


def account_for(*, email: str, name: str) -> User:
    """The account of a person with this address; a new one without a password when there is none.

    An account that was closed stays closed: the person gets a new one.
    """
    email = email.strip()
    known = User.objects.filter(email__iexact=email, is_active=True).order_by("pk").first()
    if known is not None:
        return known
    user = User(username=_free_name(email.lower()), email=email, display_name=name.strip())
    user.set_unusable_password()
    user.save()
    return user


def _free_name(wished: str) -> str:
    """The address as the name to sign in with, with a number behind it when somebody has that name."""
    wished = wished[:140]
    taken = set(User.objects.filter(username__startswith=wished).values_list("username", flat=True))
    names = itertools.chain([wished], (f"{wished}-{count}" for count in itertools.count(2)))
    return next(name for name in names if name not in taken)


def invite(*, user: User, library_id: int, at: datetime) -> None:
    """Queue a mail: somebody made an account for you; who has no password yet chooses one by its link."""
    window = int(at.timestamp()) // RESET_EVERY
    outbox.enqueue(
        outbox.Parcel(
            kind=INVITATION,
            key=f"{INVITATION}:{user.pk}:{library_id}:{window}",
            stream=f"account:{user.pk}",
            payload={"user": user.pk, "library": library_id},
            library=library_id,
        ),
        at=at,
    )


def close_account(account_id: int | None) -> bool:
    """Empty and close an account that nothing hangs on any more; False for one that is needed elsewhere.

    Somebody may also be staff, a patron of another library, or ask for a borrowing library: then it stays theirs. The
    row stays, because acts are known by its key; nothing in it is of the person. Sessions end with the password.
    """
    user = User.objects.select_for_update().filter(pk=account_id or 0).first()
    if user is None or user.is_superuser or _is_needed(user):
        return False
    user.username = f"erased-{secrets.token_hex(8)}"
    user.email = user.first_name = user.last_name = user.display_name = user.language = ""
    user.is_active = user.is_staff = False
    user.last_login = None
    user.keyboard_shortcuts = True
    user.set_unusable_password()
    user.save()
    return True


def _is_needed(user: User) -> bool:
    """Whether a row of any table says what this account is for."""
    relations = (each for each in User._meta.related_objects if each.related_name)
    return any(
        each.related_model._base_manager.filter(**{each.field.name: user}).exists() for each in relations
    )


def change_preferences(*, user: User, language: str, keyboard_shortcuts: bool) -> None:
    """Keep what somebody chose: language code ("" for the browser's) and whether single keys act."""
    user.language = language if language in dict(settings.LANGUAGES) else ""
    user.keyboard_shortcuts = keyboard_shortcuts
    user.save(update_fields=["language", "keyboard_shortcuts"])
