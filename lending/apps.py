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
        kinds = import_module("lending.workflow.timers").TIMERS
        timers.register_clock(
            "lending",
            clocks.work_off,
            label=_("Lending"),
            parts={kind.code: kind.words for kind in kinds},
            stuck=import_module("lending.selectors.stuck").stuck_timers,
        )
        digest = import_module("illservice.core.digest")
        waiting = import_module("lending.selectors.digest").digest
        digest.register_section(
            "lending", digest.Section(_("Lending"), waiting, position=20, for_branches=True)
        )
        desks = import_module("illservice.core.desk.desks")
        desks.register_desk("L", lambda: import_module("lending.views.desk").LENDING_DESK)
        import_module("lending.messages").register_messages()
        documents, sight = (
            import_module(name) for name in ("illservice.documents.kinds", "lending.selectors.sight")
        )
        documents.register_owner("L", documents.Owner(staff_may_see=sight.is_seen_by_staff))
        import_module("lending.notices").register_notices()
        preview = import_module("illservice.policies.services.preview")
        lines = import_module("lending.selectors.policies").policy_lines
        preview.register_side("lending", preview.Provider(lines, "lending:request"))
        applying, anew = (
            import_module(name)
            for name in ("illservice.policies.services.applying", "lending.services.redeciding")
        )
        applying.register_applier("lending", applying.Applier(anew.apply_version, anew.take_version_back))
        import_module("lending.retention").register_retention()
        import_module("illservice.accounts.doors").register_home(
            "lending", import_module("lending.doors").homes_of
        )
