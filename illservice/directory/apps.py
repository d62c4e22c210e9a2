"""Libraries, their symbols and branches, their calendars, and what one library knows of another."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "illservice.directory"
    label = "ill_directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        """Say what our columns hold and register our clocks; models can be imported only now."""
        import_module("illservice.directory.retention").register_retention()
        timers = import_module("illservice.core.timers")
        holidays = import_module("illservice.directory.services.holidays")
        timers.register_clock(
            "holidays", holidays.enter_due_holidays, label=_("the holidays of the next years are entered")
        )
        timers.register_clock(
            "suspensions",
            import_module("illservice.directory.services").end_suspensions,
            label=_("suspensions of borrowing libraries end"),
        )
