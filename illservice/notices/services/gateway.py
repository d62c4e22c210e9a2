"""A test of the gateway for messages: one call, at once, whose result the page of the rules shows."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from illservice.core import outbox
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.core.models import OutboxRow
from illservice.core.outbox import Parcel, PermanentFailure, TemporaryFailure
from illservice.directory.models import Library
from illservice.notices.channels import Posting, Rendered, channel_of
from illservice.notices.channels.webhook import WEBHOOK
from illservice.notices.kinds import Letter, Recipient
from illservice.notices.selectors import GATEWAY_TEST, rules_of

KIND = "test"
"""What the call says of itself under `kind`."""
LONGEST = 200


def send_gateway_test(*, library: Library, to: str, actor: Actor, at: datetime) -> None:
    """Call the gateway once with words that say that they are a test. `to` is a number of the one who tries it."""
    to = " ".join(to.split())
    if not to or len(to) > LONGEST:
        raise InvalidInput({"to": gettext_lazy("Give the number to which the test shall go.")})
    if not channel_of(WEBHOOK).is_offered(rules_of(library.pk)):
        raise InvalidInput({"to": gettext_lazy("Give the gateway’s address first, and save it.")})
    key = f"{GATEWAY_TEST}:{uuid.uuid4().hex}"
    parcel = Parcel(
        kind=GATEWAY_TEST,
        key=key,
        stream=key,
        payload={"to": to, "user": actor.id},
        library=library.pk,
    )
    with transaction.atomic():
        outbox.enqueue(parcel, at=at)


def deliver_gateway_test(row: OutboxRow, at: datetime) -> str:
    """Call once: whoever tries it wants to know now, not in an hour. The number is not kept."""
    library = Library.objects.get(pk=row.library or 0)
    with override(library.language):
        words = _("This is a test of %(library)s. Nobody needs to do anything.") % {"library": library.name}
        rendered = Rendered(_("Test"), words, "")
    letter = Letter(
        library_id=library.pk,
        library_name=library.name,
        timezone=library.timezone,
        reply_to=library.email,
        number="",
        language=library.language,
        recipient=Recipient(str(row.payload["to"]), channel=WEBHOOK),
    )
    posting = Posting(key=row.key, kind=KIND, at=at, rules=rules_of(library.pk))
    try:
        return channel_of(WEBHOOK).deliver(letter, rendered, posting)
    except TemporaryFailure as reason:
        raise PermanentFailure(str(reason)) from None
    finally:
        OutboxRow.objects.filter(pk=row.pk).update(payload={"to": "", "user": row.payload["user"]})
