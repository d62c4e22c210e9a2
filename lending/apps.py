"""Supplying: what other libraries ask of us."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LendingConfig(AppConfig):
    name = "lending"
    label = "ill_lending"
    verbose_name = _("Lending")

    def ready(self) -> None:
        """Register our clock, our desk and our messages with the machinery; models can be imported only now."""
        timers = import_module("illservice.core.timers")
        clocks = import_module("lending.services.clocks")
        timers.register_clock("lending", clocks.run_due_timers)
        desks = import_module("illservice.core.desk.desks")
        desks.register_desk("L", lambda: import_module("lending.views.desk").LENDING_DESK)
        import_module("lending.messages").register_messages()
        documents, sight = (
            import_module(name) for name in ("illservice.documents.kinds", "lending.selectors.sight")
        )
        documents.register_owner("L", documents.Owner(staff_may_see=sight.is_seen_by_staff))
        import_module("lending.notices").register_notices()
        import_module("illservice.accounts.doors").register_home(
            "lending", import_module("lending.doors").homes_of
        )
