"""What goes from the log of messages: free words with the person, everything but the facts with the citation."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from illservice.core.retention import Case
from illservice.exchange.models import Exchanged
from illservice.protocols.iso18626.redaction import without_words

UNMATCHED_FOR = timedelta(days=90)
"""So long a message is kept that belongs to no request of ours, for those who look for what went wrong."""
AT_ONCE = 500
_ABOUT_THE_ITEM = ("item", "link")


def erase_words(case: Case, _at: datetime) -> None:
    """Empty the notes: people write in them, and may have named somebody. Persons are never in the log."""
    for message in _about(case).only("body", "answer"):
        body, answer = without_words(message.body), without_words(message.answer)
        if (body, answer) != (message.body, message.answer):
            Exchanged.objects.filter(pk=message.pk).update(body=body, answer=answer)


def erase_messages(case: Case, _at: datetime) -> None:
    """Empty the messages. What was said, when, and with which outcome stays."""
    for message in _about(case).only("facts"):
        facts = message.facts | {name: "" for name in _ABOUT_THE_ITEM if name in message.facts}
        Exchanged.objects.filter(pk=message.pk).update(body="", answer="", facts=facts)


def prune_unmatched(at: datetime) -> int:
    """Empty old messages that belong to no request; returns how many."""
    old = Exchanged.objects.filter(conversation__number="", at__lte=at - UNMATCHED_FOR).exclude(body="")
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return Exchanged.objects.filter(pk__in=keys).update(body="", answer="")


def _about(case: Case) -> QuerySet[Exchanged]:
    return Exchanged.objects.filter(
        conversation__number=case.number, conversation__library_id=case.library_id
    )
