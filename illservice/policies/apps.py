"""Loan policies of both sides: chosen by rule, versioned, named on what they decided."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "illservice.policies"
    label = "ill_policies"
    verbose_name = _("Loan policies")

    def ready(self) -> None:
        """Register who decides anew what an administrator says, and what our columns are for; models can be imported
        only now."""
        applying = import_module("illservice.policies.services.applying")
        outbox = import_module("illservice.core.outbox")
        outbox.register(applying.KIND, applying.deliver_moves)
        outbox.on_failure(applying.give_up)
        import_module("illservice.policies.retention").register_retention()
