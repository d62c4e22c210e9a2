"""Connections to partners' systems, conversations, and the log of every message (design §4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library, Partnership
from illservice.exchange.kinds import Side, Transport
from illservice.protocols.iso18626.messages import Edition


class Connection(models.Model):
    """How one library's system talks with one partner's: address, edition, credentials, quirks, circuit.

    What the partner signs in with here is kept as a digest only; what we sign in with there is encrypted
    (`services.credentials`).
    """

    partnership = models.OneToOneField(Partnership, on_delete=models.CASCADE, related_name="connection")
    transport = models.CharField(_("way"), max_length=10, choices=Transport, default=Transport.HTTP)
    address = models.URLField(_("address"), max_length=300, blank=True, default="")
    edition = models.CharField(
        _("edition"),
        max_length=10,
        choices=[(each.value, each.value) for each in Edition],
        default=Edition.V1_2.value,
    )
    own_agency = models.CharField(
        _("our symbol there"), max_length=60, blank=True, default="", help_text=_("Such as ISIL:DE-1.")
    )
    partner_agency = models.CharField(_("their symbol"), max_length=60, blank=True, default="")
    username = models.CharField(_("our user name there"), max_length=100, blank=True, default="")
    password = models.CharField(max_length=600, blank=True, default="", editable=False)
    partner_username = models.CharField(_("their user name here"), max_length=100, blank=True, default="")
    partner_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    quirks = models.JSONField(_("peculiarities"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    silent_since = models.DateTimeField(_("silent since"), null=True, editable=False)
    open_until = models.DateTimeField(null=True, editable=False)
    last_heard_at = models.DateTimeField(_("last heard"), null=True, editable=False)

    class Meta:
        verbose_name = _("connection to a partner's system")
        verbose_name_plural = _("connections to partners' systems")

    def __str__(self) -> str:
        return str(self.partnership)


class Conversation(models.Model):
    """All that two systems say about one request. Known by the partner, the side and the requesting library's id."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="conversations")
    partner = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    requesting_id = models.CharField(max_length=80)
    supplying_id = models.CharField(max_length=80, blank=True, default="")
    number = models.CharField(max_length=20, blank=True, default="")
    topic = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["library", "partner", "side", "requesting_id"], name="conversation_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["number"], name="conversation_number", condition=~Q(number="")),
        ]
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self) -> str:
        return f"{self.side} {self.requesting_id}"


class Exchanged(models.Model):
    """One message and its confirmation, as they went over the wire. Append-only but for what became of it.

    Of `body` the reader's person and passwords are left out before it is kept. `facts` is what it says, for the
    rules; a doubled message has the `digest` of the first and is no second row.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    outward = models.BooleanField()
    kind = models.CharField(max_length=30)
    word = models.CharField(max_length=40, blank=True, default="")
    digest = models.CharField(max_length=64)
    edition = models.CharField(max_length=10, blank=True, default="")
    body = models.TextField()
    facts = models.JSONField(default=dict)
    said_at = models.DateTimeField()
    at = models.DateTimeField()
    doubled = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    answer_status = models.CharField(max_length=10, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")
    remark = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "outward", "digest"], name="exchanged_once"),
        ]
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.kind} {self.word}"
