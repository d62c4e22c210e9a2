"""What is asked for: kinds, identifiers, normalised citations."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitationsConfig(AppConfig):
    name = "illservice.citations"
    label = "ill_citations"
    verbose_name = _("Citations")

    def ready(self) -> None:
        """Register our clock, and what our columns are for; models can be imported only now."""
        drafts = import_module("illservice.citations.drafts")
        import_module("illservice.core.timers").register_clock(
            "drafts", drafts.delete_stale, label=_("what was typed and not sent is deleted"), why=drafts.WHY
        )
        import_module("illservice.citations.retention").register_retention()
