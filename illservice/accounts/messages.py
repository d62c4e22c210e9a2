"""Mails about accounts, sent by the outbox. They belong to no library, so they are no notices."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from illservice.accounts.models import User
from illservice.accounts.services import PASSWORD_RESET
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
    context = {"user": user, "link": settings.ILL_BASE_URL + path}
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = render_to_string("accounts/mail/password_reset_subject.txt", context)
        text = render_to_string("accounts/mail/password_reset.txt", context)
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
