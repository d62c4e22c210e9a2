"""What is held about people in the messages between libraries' systems."""

from django.utils.translation import gettext_lazy as _

from illservice.core.retention import Held, Occasion, register, register_harmless
from illservice.exchange.services import erasing


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register(
        Held(
            code="exchange",
            label=_("Messages between the libraries’ systems"),
            why=_("So that both libraries can find out what was said. Your name is never in them."),
            until=_("Their free words go with the request’s person, the rest with the title."),
            fields={"ill_exchange.Exchanged": "body answer facts"},
            on={Occasion.PERSON: erasing.erase_words, Occasion.CITATION: erasing.erase_messages},
            prune=erasing.prune_unmatched,
            position=70,
        )
    )
    register_harmless(
        "ill_exchange.Exchanged", "kind word digest edition answer_status error remark", "codes"
    )
    register_harmless("ill_exchange.Conversation", "requesting_id supplying_id number", "numbers of requests")
    register_harmless(
        "ill_exchange.Connection",
        "address own_agency partner_agency username password partner_username partner_digest quirks",
        "libraries and their systems",
    )
