"""Write texts, render them, send what they say."""

from illservice.notices.channels import Rendered
from illservice.notices.services.calendar import calendar_file
from illservice.notices.services.delivery import deliver_notice, deliver_test
from illservice.notices.services.gateway import deliver_gateway_test, send_gateway_test
from illservice.notices.services.rendering import preview, render
from illservice.notices.services.rules import renew_secret, save_rules
from illservice.notices.services.texts import MAY_SEND_AGAIN, resend, restore_shipped, save_text, send_test

__all__ = [
    "MAY_SEND_AGAIN",
    "Rendered",
    "calendar_file",
    "deliver_gateway_test",
    "deliver_notice",
    "deliver_test",
    "preview",
    "render",
    "renew_secret",
    "resend",
    "restore_shipped",
    "save_rules",
    "save_text",
    "send_gateway_test",
    "send_test",
]
