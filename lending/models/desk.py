"""What one library lends, and who may ask in the name of a library without a system of its own."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.directory.models import Library


class StatementRule(models.TextChoices):
    """What happens with a copy request that carries no copyright statement."""

    WARN = "warn", _("show it to the desk and go on")
    ASK = "ask", _("ask the borrower and wait")
    REFUSE = "refuse", _("answer no at once")


class LendingDesk(models.Model):
    """What a library lends. For how long is a matter of loan policies.

    A library without a row lends everything.
    """

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="lending_desk")
    lends_loans = models.BooleanField(_("lends"), default=True)
    lends_copies = models.BooleanField(_("makes copies"), default=True)
    refused_materials = models.JSONField(_("kinds of material not lent"), default=list, blank=True)
    statement_rule = models.CharField(
        _("copy request without a copyright statement"),
        max_length=10,
        choices=StatementRule,
        default=StatementRule.WARN,
    )

    class Meta:
        verbose_name = _("lending rules")
        verbose_name_plural = _("lending rules")

    def __str__(self) -> str:
        return str(self.library)

    @property
    def rule_without_statement(self) -> str:
        """The rule for copies without a statement. Where the library has settled nothing, the law of the United States
        wants one (CONTU guideline 3), and others know none."""
        if not self._state.adding:
            return self.statement_rule
        entity = self.library.entity
        asks = entity is not None and entity.jurisdiction.strip().upper() == "US"
        return StatementRule.ASK if asks else StatementRule.WARN


class BorrowerAccount(models.Model):
    """One person who asks libraries of this deployment in the name of a library without a system.

    `lender` made the account, and the person deals with nobody else by it: what one library here trusts a person
    with says nothing for another. None, set by operators only: every library that has `library` as a partner.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="borrower_desks"
    )
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="borrower_accounts")
    lender = models.ForeignKey(
        Library, on_delete=models.CASCADE, null=True, blank=True, related_name="accounts_given"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "library", "lender"], name="borrower_account_once_each"),
            models.UniqueConstraint(
                fields=["user", "library"], name="borrower_account_once", condition=Q(lender__isnull=True)
            ),
        ]
        verbose_name = _("account of a borrowing library")
        verbose_name_plural = _("accounts of borrowing libraries")

    def __str__(self) -> str:
        return f"{self.user_id} {self.library_id}"
