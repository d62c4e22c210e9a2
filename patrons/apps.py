"""People who ask: patrons, their categories and their eligibility."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatronsConfig(AppConfig):
    name = "patrons"
    label = "ill_patrons"
    verbose_name = _("Patrons")

    def ready(self) -> None:
        """Let the gateway name people by their library card; models can be imported only now."""
        gateway = import_module("illservice.accounts.gateway")
        gateway.register_finder("patrons", import_module("patrons.selectors").accounts_by_barcode)
