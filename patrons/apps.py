"""People who ask: patrons, their categories and their eligibility."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatronsConfig(AppConfig):
    name = "patrons"
    label = "ill_patrons"
    verbose_name = _("Patrons")

    def ready(self) -> None:
        """Register our clock, let the gateway name people by their card, and say what is held; models can be imported
        only now."""
        timers = import_module("illservice.core.timers")
        services = import_module("patrons.services")
        timers.register_clock("blocks", services.end_blocks, label=_("blocks of patrons end"))
        gateway = import_module("illservice.accounts.gateway")
        gateway.register_finder("patrons", import_module("patrons.selectors").accounts_by_barcode)
        import_module("patrons.retention").register_retention()
