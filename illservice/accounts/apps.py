"""Who signs in, and what they may do at which library."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "illservice.accounts"
    label = "ill_accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Register the mails, and what is held about whoever signs in."""
        import_module("illservice.accounts.messages").register()
        import_module("illservice.accounts.retention").register_retention()
