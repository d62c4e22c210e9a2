"""Mails about accounts, sent by the outbox. They belong to no library, so they are no notices."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from illservice.accounts.models import User
from illservice.accounts.services import INVITATION, PASSWORD_RESET
from illservice.accounts.tokens import INVITATION_TOKENS
from illservice.core import outbox
from illservice.core.models import OutboxRow


def send_password_reset(row: OutboxRow, _at: datetime) -> str:
    """Make the link now, so that the outbox never holds a key, and send it."""
    user = User.objects.filter(pk=row.payload["user"], is_active=True).first()
    if user is None or not user.email:
        raise outbox.Superseded("the account is gone")
    path = reverse(
        "password_reset_confirm",
        args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)],
    )
    return _send(user, "password_reset", {"user": user, "link": settings.ILL_BASE_URL + path})


def send_invitation(row: OutboxRow, _at: datetime) -> str:
    """Say that there is an account, and how to get in: by a first password, or with the one there is."""
    user = User.objects.filter(pk=row.payload["user"], is_active=True).first()
    library = apps.get_model("ill_directory", "Library").objects.filter(pk=row.payload["library"]).first()
    if user is None or not user.email or library is None:
        raise outbox.Superseded("the account is gone")
    chosen = user.has_usable_password()
    args = [urlsafe_base64_encode(force_bytes(user.pk)), INVITATION_TOKENS.make_token(user)]
    path = reverse("login") if chosen else reverse("invitation", args=args)
    context = {
        "user": user,
        "library": library,
        "link": settings.ILL_BASE_URL + path,
        "has_password": chosen,
        "days": INVITATION_TOKENS.LIFE.days,
    }
    return _send(user, "invitation", context, language=user.language or library.language)


def _send(user: User, name: str, context: dict[str, Any], *, language: str = "") -> str:
    with translation.override(language or user.language or settings.LANGUAGE_CODE):
        subject = render_to_string(f"accounts/mail/{name}_subject.txt", context)
        text = render_to_string(f"accounts/mail/{name}.txt", context)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[user.email])
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        mail.send()
    except OSError as error:
        raise outbox.TemporaryFailure(type(error).__name__) from error
    return "sent"


def register() -> None:
    """Tell the outbox who sends what."""
    outbox.register(PASSWORD_RESET, send_password_reset)
    outbox.register(INVITATION, send_invitation)
