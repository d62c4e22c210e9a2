"""Conversations with other libraries' systems."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "illservice.exchange"
    label = "ill_exchange"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        """Register who delivers our rows of the outbox; models can be imported only now."""
        outbox = import_module("illservice.core.outbox")
        sending = import_module("illservice.exchange.services.sending")
        outbox.register(sending.KIND, sending.deliver)
        import_module("illservice.exchange.retention").register_retention()
        digest = import_module("illservice.core.digest")
        silent = import_module("illservice.exchange.selectors").digest
        digest.register_section("exchange", digest.Section(_("Partners"), silent, position=80))
