"""What stands beside a lending request: identifiers, holds, questions, marks, timers, events, words."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.models import IdentifierRow
from illservice.core.models import Event, Hold, Mark, Question, Timer
from lending.models.request import LendingRequest


class LendingIdentifier(IdentifierRow):
    """An identifier of what is wanted, as given and as normalised."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "normalised"], name="lending_identifier", condition=Q(valid=True)),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class LendingEvent(Event):
    """What happened to a request."""

    request = models.ForeignKey(LendingRequest, on_delete=models.PROTECT, related_name="events")

    class Meta(Event.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["request", "id"], name="lending_event_request")
        ]


class LendingHold(Hold):
    """Why a request may not be fetched yet."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="holds")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], name="lending_hold_one_open", condition=Q(cleared_at__isnull=True)
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class LendingQuestion(Question):
    """A question to or from the borrower that waits for its answer."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="questions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"],
                name="lending_question_one_open",
                condition=Q(answered_at__isnull=True),
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class LendingMark(Mark):
    """A dated fact on a request: overdue, recalled, the borrower wrote …"""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="marks")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], name="lending_mark_one_open", condition=Q(cleared_at__isnull=True)
            ),
        ]
        ordering: ClassVar[list[str]] = ["id"]


class LendingTimer(Timer):
    """What must happen with a request by a time."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="timers")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind", "step"],
                name="lending_timer_one_open",
                condition=Q(finished_at__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="lending_timer_due", condition=Q(finished_at__isnull=True)),
        ]


class LendingNote(models.Model):
    """What staff write for each other about a request. Never shown to the borrower."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("note"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LendingMessage(models.Model):
    """One turn of the conversation between the desk and the borrower."""

    request = models.ForeignKey(LendingRequest, on_delete=models.CASCADE, related_name="messages")
    from_borrower = models.BooleanField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("message"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
