"""Loan policies: what each is for, and its versions, which never change once they are written."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.kinds import Kind, Material
from illservice.directory.models import Agreement, Library


class PolicySide(models.TextChoices):
    """What a policy rules; the values are those of `terms.Side`."""

    BORROWING = "borrowing", _("borrowing")
    LENDING = "lending", _("lending")


class Policy(models.Model):
    """For whom and for what: an empty field means "for all". `selector` is all of it as one text, once per library;
    `number` is its name in addresses, counted in each library.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="policies")
    number = models.PositiveIntegerField(editable=False)
    side = models.CharField(_("side"), max_length=10, choices=PolicySide)
    name = models.CharField(_("name"), max_length=100)
    partner = models.ForeignKey(
        Library, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("agreement"),
    )
    category = models.CharField(_("patron category"), max_length=30, blank=True, default="")
    material = models.CharField(_("material"), max_length=20, choices=Material, blank=True, default="")
    kind = models.CharField(_("loan or copy"), max_length=10, choices=Kind, blank=True, default="")
    selector = models.CharField(max_length=160, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["library", "selector"], name="policy_once"),
            models.UniqueConstraint(fields=["library", "number"], name="policy_number_once"),
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | Q(agreement__isnull=True), name="policy_one_level"
            ),
        ]
        ordering: ClassVar[list[str]] = ["side", "name", "id"]
        verbose_name = _("loan policy")
        verbose_name_plural = _("loan policies")

    def __str__(self) -> str:
        return self.name


class MoveState(models.TextChoices):
    """How far a decided request is on its way to a version, or back to what decided it before."""

    WAITING = "waiting", _("waits")
    MOVED = "moved", _("decided anew")
    LEFT = "left", _("left as it was")
    RETURNING = "returning", _("waits to be taken back")
    RETURNED = "returned", _("taken back")
    KEPT = "kept", _("has moved on, stays")


class PolicyVersion(models.Model):
    """What a policy says from a day on. A later number replaces an earlier one where both would hold.

    `stops` ends the policy from `valid_from` on; `withdrawn_at` is an undo: the version counts as never made for what
    is decided from then on, and what it had decided keeps it.
    """

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    terms = models.JSONField(default=dict)
    stops = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
        ]
        ordering: ClassVar[list[str]] = ["policy_id", "number"]
        verbose_name = _("version of a loan policy")
        verbose_name_plural = _("versions of loan policies")

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.number}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """What decided a request stays readable for ever."""
        raise NotImplementedError("versions of policies are append-only")


class PolicyMove(models.Model):
    """One request, decided before, to which an administrator applied a version: what became of it, for the page and
    for the way back. `request_key` is the key of the request on the policy's side; `before` decided it until then and
    `after` from then on (None: the service's own rules), `act` is the act that moved it.
    """

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="moves")
    request_key = models.PositiveBigIntegerField()
    number = models.CharField(_("request"), max_length=40)
    standing = models.CharField(_("state"), max_length=10, choices=MoveState, default=MoveState.WAITING)
    before = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    after = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_before = models.DateField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)
    act = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "request_key"], name="policy_move_once"),
        ]
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name = _("request decided anew")
        verbose_name_plural = _("requests decided anew")

    def __str__(self) -> str:
        return f"{self.version_id}: {self.number}"
