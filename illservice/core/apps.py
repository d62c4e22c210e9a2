"""Machinery that knows no library noun: workflow engine, outbox, timers, errors."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "illservice.core"
    label = "ill_core"
    verbose_name = _("Machinery")

    def ready(self) -> None:
        """Say what our own tables hold about people, and start the clock that deletes by age."""
        own = import_module("illservice.core.retention.own")
        own.register_own()
        import_module("illservice.core.timers").register_clock(
            "retention", own.prune_by_age, label=_("keys of forms and calls are deleted")
        )
