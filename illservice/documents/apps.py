"""Files: stored, checked, served by expiring links."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "illservice.documents"
    label = "ill_documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Register the clock that deletes what is over; models can be imported only now."""
        timers = import_module("illservice.core.timers")
        import_module("illservice.documents.retention").register_retention()
        timers.register_clock(
            "documents",
            import_module("illservice.documents.services").purge,
            label=_("files whose time is over are deleted"),
        )
