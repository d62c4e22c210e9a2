"""Write texts, render them, send what they say."""

from illservice.notices.services.delivery import deliver_notice, deliver_test
from illservice.notices.services.rendering import Rendered, preview, render
from illservice.notices.services.texts import resend, restore_shipped, save_text, send_test

__all__ = [
    "Rendered",
    "deliver_notice",
    "deliver_test",
    "preview",
    "render",
    "resend",
    "restore_shipped",
    "save_text",
    "send_test",
]
