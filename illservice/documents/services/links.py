"""Links: how they are made, what their address is, how they end.

The token of a link is not stored, and yet a mail that is written later must hold it. So it is computed when it is
needed: HMAC-SHA256 over 256 random bits of the link's row, keyed with the secret key of the service. Whoever gets hold
of the database alone, or of a backup, has the random bits and the token's SHA-256, but not the key, and can compute no
token; whoever gets hold of the key alone lacks the random bits. A link is looked up by the SHA-256, so that links sent
before the secret key was changed go on working; only their address cannot be written into another mail.
"""

import base64
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound, Refused
from illservice.documents.kinds import MOST_DAYS, MOST_VIEWS, Audience
from illservice.documents.models import Document, DocumentLink
from illservice.documents.selectors import digest_of
from illservice.documents.services.base import locked, plan_deletion

_SALT = "illservice.documents.link"
_SEED_BYTES = 32


def make_link(
    *,
    document_id: int,
    audience: str,
    actor: Actor,
    at: datetime,
    days: int | None = None,
    views: int | None = None,
) -> DocumentLink:
    """A new link to a released document; keep its `pk` in the outbox and ask `address_of` when the mail is written.

    `days` and `views` (0: any number) are ILL_LINK_DAYS and ILL_LINK_VIEWS unless given. A new link for the patron
    takes the place of the one before; links for a borrower stand side by side. Refused (`not_released`) before the
    release.
    """
    days = settings.ILL_LINK_DAYS if days is None else days
    views = settings.ILL_LINK_VIEWS if views is None else views
    _check_limits(days, views)
    with transaction.atomic():
        document = locked(document_id, actor)
        if not document.is_released:
            raise Refused(_("Release it first."), code="not_released")
        link = DocumentLink(
            document=document,
            audience=Audience(audience),
            made_at=at,
            expires_at=at + timedelta(days=days),
            views_allowed=views,
        )
        if link.audience == Audience.BORROWER:
            link.seed = secrets.token_hex(_SEED_BYTES)
            link.digest = digest_of(_compute(link.seed))
        else:
            document.links.filter(audience=Audience.PATRON, ended_at__isnull=True).update(ended_at=at)
        link.save(force_insert=True)
        plan_deletion(document, at)
        return link


def end_link(*, link_id: int, actor: Actor, at: datetime) -> None:
    """End one link at once, as when the mail with it is taken back. Ending it twice is ending it once."""
    with transaction.atomic():
        document_id = DocumentLink.objects.filter(pk=link_id).values_list("document_id", flat=True).first()
        if document_id is None:
            raise NotFound(link=link_id)
        document = locked(document_id, actor)
        if document.links.filter(pk=link_id, ended_at__isnull=True).update(ended_at=at):
            plan_deletion(document, at)


def end_all(document: Document, at: datetime) -> None:
    """End every link of a document that the caller has locked."""
    document.links.filter(ended_at__isnull=True).update(ended_at=at)


def token_of(link: DocumentLink) -> str:
    """The token of a borrower's link: 256 bits in URL-safe base64. Refused when the secret key was changed since."""
    token = _compute(link.seed)
    if link.audience != Audience.BORROWER or digest_of(token) != link.digest:
        raise Refused(
            _("The address of this link cannot be written any more. Make a new link."), code="no_token"
        )
    return token


def address_of(link: DocumentLink) -> str:
    """The whole address by which a link is opened, for mails and messages."""
    if link.audience == Audience.PATRON:
        path = reverse("documents:patron", args=[link.document.key])
    else:
        path = reverse("documents:borrower", args=[token_of(link)])
    return f"{settings.ILL_BASE_URL}{path}"


def _compute(seed: str) -> str:
    digest = salted_hmac(_SALT, seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _check_limits(days: int, views: int) -> None:
    wrong = {}
    if not 1 <= days <= MOST_DAYS:
        wrong["days"] = _("A link lives from 1 to %(most)d days.") % {"most": MOST_DAYS}
    if not 0 <= views <= MOST_VIEWS:
        wrong["views"] = _("A link opens up to %(most)d times; 0 means any number.") % {"most": MOST_VIEWS}
    if wrong:
        raise InvalidInput(wrong)
