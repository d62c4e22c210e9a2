"""Borrowing: a patron's request from form to return."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "requests_app"
    label = "ill_requests"
    verbose_name = _("Borrowing")

    def ready(self) -> None:
        """Register clock, desk, notices, whose our copies are and what we hold; models can be imported only now."""
        timers = import_module("illservice.core.timers")
        clocks = import_module("requests_app.services.clocks")
        kinds = import_module("requests_app.workflow.nudges").ALL_TIMERS
        timers.register_clock(
            "borrowing",
            clocks.work_off,
            label=_("Borrowing"),
            parts={kind.code: kind.words for kind in kinds},
            stuck=import_module("requests_app.selectors.stuck").stuck_timers,
        )
        digest = import_module("illservice.core.digest")
        waiting = import_module("requests_app.selectors.digest").digest
        digest.register_section(
            "requests_app", digest.Section(_("Borrowing"), waiting, position=10, for_branches=True)
        )
        desks = import_module("illservice.core.desk.desks")
        desks.register_desk("B", lambda: import_module("requests_app.views.desk").BORROWING_DESK)
        import_module("requests_app.notices").register_notices()
        preview = import_module("illservice.policies.services.preview")
        lines = import_module("requests_app.selectors.policies").policy_lines
        preview.register_side("borrowing", preview.Provider(lines, "desk:request"))
        applying, anew = (
            import_module(name)
            for name in ("illservice.policies.services.applying", "requests_app.services.redeciding")
        )
        applying.register_applier("borrowing", applying.Applier(anew.apply_version, anew.take_version_back))
        documents, sight = (
            import_module(name) for name in ("illservice.documents.kinds", "requests_app.selectors.sight")
        )
        documents.register_owner("B", documents.Owner(sight.is_asked_by, sight.is_seen_by_staff))
        import_module("requests_app.messages").register_messages()
        import_module("illservice.citations.services.changed").register_holdings_changed(
            "requests_app", import_module("requests_app.services.copyright").reevaluate
        )
        import_module("requests_app.retention").register_retention()
