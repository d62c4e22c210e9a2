"""How notices reach people. Mail always; others where the library has set them up."""

from illservice.notices.channels.base import (
    Channel,
    Posting,
    Rendered,
    channel_of,
    meanwhile,
    offered,
    register,
)
from illservice.notices.channels.mail import MailChannel
from illservice.notices.channels.webhook import WebhookChannel

__all__ = ["Channel", "Posting", "Rendered", "channel_of", "meanwhile", "offered", "register"]

register(MailChannel())
register(WebhookChannel())
