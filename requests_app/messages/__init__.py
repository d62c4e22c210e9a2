"""What the borrowing side says and hears in ISO 18626 (standards §8, design §3)."""

from illservice.exchange.kinds import Side, on_refused, on_silence, register_builder, register_receiver
from illservice.protocols.iso18626.messages import MessageKind
from requests_app.messages.building import build
from requests_app.messages.receiving import receive_supplying
from requests_app.messages.silence import heard, refused, silent


def register_messages() -> None:
    """Make the side known to the exchange."""
    register_receiver(MessageKind.SUPPLYING, receive_supplying)
    register_builder(Side.BORROWING, build)
    on_silence(silent, heard)
    on_refused(refused)
