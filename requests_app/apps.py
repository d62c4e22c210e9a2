"""Borrowing: a patron's request from form to return."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "requests_app"
    label = "ill_requests"
    verbose_name = _("Borrowing")

    def ready(self) -> None:
        """Register our clock and our notices with the machinery; models can be imported only now."""
        timers = import_module("illservice.core.timers")
        clocks = import_module("requests_app.services.clocks")
        timers.register_clock("borrowing", clocks.run_due_timers)
        import_module("requests_app.notices").register_notices()
