"""What people are told: texts, rendering, delivery."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "illservice.notices"
    label = "ill_notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Register who delivers our rows of the outbox; models can be imported only now."""
        outbox = import_module("illservice.core.outbox")
        selectors = import_module("illservice.notices.selectors")
        services = import_module("illservice.notices.services")
        bundles = import_module("illservice.notices.services.bundles")
        sharing = import_module("illservice.notices.services.sharing")
        kinds = import_module("illservice.notices.kinds")
        for bundle in (bundles.BUNDLE, bundles.PROXY_BUNDLE):
            kinds.register(bundle)
        outbox.register(selectors.NOTICE, services.deliver_notice, around=sharing.together)
        outbox.register(selectors.NOTICE_TEST, services.deliver_test)
        outbox.register(selectors.GATEWAY_TEST, services.deliver_gateway_test)
        import_module("illservice.notices.retention").register_retention()
        self._register_digest()

    def _register_digest(self) -> None:
        timers, digest, kinds, digests = (
            import_module(name)
            for name in (
                "illservice.core.timers",
                "illservice.core.digest",
                "illservice.notices.kinds",
                "illservice.notices.services.digests",
            )
        )
        kinds.register(digests.DIGEST)
        timers.register_clock(
            "digest", digests.send_digests, label=_("staff get their daily mail"), why=digests.WHY
        )
        digest.register_section("house", digest.Section(_("The service"), digests.house_lines, position=90))
