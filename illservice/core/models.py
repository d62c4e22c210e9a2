"""Tables that know no library noun, and the abstract bases of those that do (design §2, §4)."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """The last number taken, by name. Raised inside a transaction, never lowered."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Heartbeat(models.Model):
    """When a part that must run last ran, for /healthz and the staff page."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class ClockRun(models.Model):
    """How a clock ran last (illservice.core.timers). Times are real ones but for `as_of`, the moment it worked for.

    `parts` holds the counts of its last run by part, `worked` when each part last did something and how much; `error`
    is the name of what broke the last run off. Never words of a failure, which may hold what nobody else may read.
    """

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField()
    parts = models.JSONField(default=dict)
    worked = models.JSONField(default=dict)
    error = models.CharField(max_length=80, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name} as of {self.as_of:%Y-%m-%d %H:%M:%S}"


class AuditEntry(models.Model):
    """That master data changed: when, by whom, which columns. Never what stood or stands in them (design §4)."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.PositiveBigIntegerField(null=True)
    library = models.PositiveBigIntegerField(null=True)
    model = models.CharField(max_length=60)
    object_pk = models.CharField(max_length=40)
    action = models.CharField(max_length=20)
    changed = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["model", "object_pk", "id"], name="audit_object"),
            models.Index(fields=["library", "id"], name="audit_library"),
        ]
        verbose_name = _("change of master data")
        verbose_name_plural = _("changes of master data")

    def __str__(self) -> str:
        return f"{self.action} {self.model} {self.object_pk}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """History is never deleted by code."""
        raise NotImplementedError("audit entries are append-only")


class IdempotencyRecord(models.Model):
    """What a form or call with this key led to, so that sending it twice leads to one thing (R1)."""

    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    result = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="idempotency_at")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class OutboxState(models.TextChoices):
    """Where a row of the outbox is."""

    WAITING = "waiting", _("waiting")
    LEASED = "leased", _("being sent")
    DONE = "done", _("sent")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled by undo")
    SUPERSEDED = "superseded", _("no longer true, not sent")


class OutboxRow(models.Model):
    """One thing to be done outside, written in the transaction that caused it (design §2).

    `payload` holds keys and frozen facts, never a name, an address or a title. Rows of one `bundle` may leave as one.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    library = models.PositiveBigIntegerField(null=True)
    subject = models.CharField(max_length=20, blank=True, default="")
    stream = models.CharField(max_length=80)
    act = models.UUIDField(null=True)
    bundle = models.CharField(max_length=60, blank=True, default="")
    not_before = models.DateTimeField()
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=12, choices=OutboxState, default=OutboxState.WAITING)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")
    result = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"], name="outbox_due", condition=Q(state__in=["waiting", "leased"])
            ),
            models.Index(
                fields=["stream", "id"], name="outbox_stream", condition=Q(state__in=["waiting", "leased"])
            ),
            models.Index(fields=["act"], name="outbox_act"),
            models.Index(fields=["subject"], name="outbox_subject"),
            models.Index(fields=["library", "id"], name="outbox_failed", condition=Q(state="failed")),
            models.Index(fields=["bundle", "id"], name="outbox_bundle", condition=~Q(bundle="")),
        ]

    along: "list[OutboxRow]"
    """Rows under the same lease that share what becomes of this one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.along = []

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"


class Subject(models.Model):
    """What moves through a workflow table. Only `illservice.core.workflow` writes `state` and `version`."""

    number = models.CharField(_("request number"), max_length=20, unique=True)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=20)
    queue = models.CharField(_("queue"), max_length=20)
    wording = models.CharField(_("patron wording"), max_length=20)
    next_actor = models.CharField(_("who acts next"), max_length=20)
    act_by = models.DateTimeField(_("by when"))
    rush = models.BooleanField(_("rush"), default=False)
    attention = models.BooleanField(_("needs attention"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    undo = models.JSONField(null=True, encoder=DjangoJSONEncoder, editable=False)
    anonymised_at = models.DateTimeField(_("person unlinked"), null=True, blank=True, editable=False)
    forgotten_at = models.DateTimeField(_("citation erased"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Open means: has no closing time."""
        return self.closed_at is None


class Event(models.Model):
    """One thing that happened. Append-only: no free text, no name, nothing points at it (design §4).

    `blackened` says that the person who acted was taken out for privacy (`core.retention.blacken`).
    """

    act = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True, default="")
    to_state = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.PositiveBigIntegerField(null=True)
    cause = models.CharField(max_length=60, blank=True, default="")
    changed = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reverses = models.UUIDField(null=True)
    blackened = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.action} {self.from_state}>{self.to_state}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """History is never deleted by code."""
        raise NotImplementedError("events are append-only")


class Timer(models.Model):
    """Something that must happen by a time: one open row per subject, kind and step (design §2).

    Work that failed waits until `wait_until` and is tried again; `last_error` names the kind of failure alone.
    """

    kind = models.CharField(max_length=30)
    step = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind}/{self.step} due {self.due_at:%Y-%m-%d %H:%M}"


class Hold(models.Model):
    """What keeps a subject from moving on: several may be open, one of each kind."""

    kind = models.CharField(max_length=20)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    opened_at = models.DateTimeField()
    reply_by = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.kind


class Question(models.Model):
    """A question that waits for an answer, beside a state; one open of each kind."""

    kind = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    reply_by = models.DateTimeField(null=True, blank=True)
    terms = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    answer = models.CharField(max_length=10, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.kind


class Mark(models.Model):
    """A fact with a date that may stand on any state (overdue, recalled, patron wrote); one open of each kind."""

    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.kind
