"""What stands beside a borrowing request: identifiers, holds, questions, marks, timers, events, words."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.models import IdentifierRow
from illservice.core.models import Event, Hold, Mark, Question, Timer
from requests_app.models.lenders import LenderTry
from requests_app.models.request import BorrowingRequest


class RequestIdentifier(IdentifierRow):
    """An identifier of what is wanted, as given and as normalised."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "normalised"], name="identifier_match", condition=Q(valid=True)),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class BorrowingEvent(Event):
    """What happened to a request."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.PROTECT, related_name="events")

    class Meta(Event.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["request", "id"], name="event_request")]


class BorrowingHold(Hold):
    """Why a request may not be sent yet."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="holds")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], name="hold_one_open", condition=Q(cleared_at__isnull=True)
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class BorrowingQuestion(Question):
    """A question to or from a lender or the patron that waits for its answer."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="questions")
    lender_try = models.ForeignKey(LenderTry, on_delete=models.CASCADE, null=True, related_name="questions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], name="question_one_open", condition=Q(answered_at__isnull=True)
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class BorrowingMark(Mark):
    """A dated fact on a request: overdue, recalled, not wanted any more, patron wrote …"""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="marks")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], name="mark_one_open", condition=Q(cleared_at__isnull=True)
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class BorrowingTimer(Timer):
    """What must happen with a request by a time."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="timers")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind", "step"],
                name="timer_one_open",
                condition=Q(finished_at__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="timer_due", condition=Q(finished_at__isnull=True)),
        ]


class Note(models.Model):
    """What staff write for each other about a request. Never shown to the patron."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("note"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Message(models.Model):
    """One turn of the conversation between the desk and the patron."""

    request = models.ForeignKey(BorrowingRequest, on_delete=models.CASCADE, related_name="messages")
    from_patron = models.BooleanField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("message"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LenderMessage(models.Model):
    """One turn of the conversation between the desk and a lender. Nothing of the patron belongs in it."""

    lender_try = models.ForeignKey(LenderTry, on_delete=models.CASCADE, related_name="words")
    from_lender = models.BooleanField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("message"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
