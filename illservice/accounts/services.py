"""What changes accounts."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from illservice.accounts.models import User
from illservice.accounts.selectors import resettable_accounts
from illservice.core import outbox

PASSWORD_RESET = "password_reset"
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


def change_preferences(*, user: User, language: str, keyboard_shortcuts: bool) -> None:
    """Keep what somebody chose: language code ("" for the browser's) and whether single keys act."""
    user.language = language if language in dict(settings.LANGUAGES) else ""
    user.keyboard_shortcuts = keyboard_shortcuts
    user.save(update_fields=["language", "keyboard_shortcuts"])
