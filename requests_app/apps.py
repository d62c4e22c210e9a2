"""Borrowing: a patron's request from form to return."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "requests_app"
    label = "ill_requests"
    verbose_name = _("Borrowing")

    def ready(self) -> None:
        """Register our clock, our desk, our notices and whose our copies are; models can be imported only now."""
        timers = import_module("illservice.core.timers")
        clocks = import_module("requests_app.services.clocks")
        timers.register_clock("borrowing", clocks.run_due_timers)
        desks = import_module("illservice.core.desk.desks")
        desks.register_desk("B", lambda: import_module("requests_app.views.desk").BORROWING_DESK)
        import_module("requests_app.notices").register_notices()
        documents, sight = (
            import_module(name) for name in ("illservice.documents.kinds", "requests_app.selectors.sight")
        )
        documents.register_owner("B", documents.Owner(sight.is_asked_by, sight.is_seen_by_staff))
        import_module("requests_app.messages").register_messages()
