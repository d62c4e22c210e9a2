"""What people are told: texts, rendering, delivery."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "illservice.notices"
    label = "ill_notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Register who delivers our rows of the outbox; models can be imported only now."""
        outbox = import_module("illservice.core.outbox")
        selectors = import_module("illservice.notices.selectors")
        services = import_module("illservice.notices.services")
        outbox.register(selectors.NOTICE, services.deliver_notice)
        outbox.register(selectors.NOTICE_TEST, services.deliver_test)
