"""What the lending side says and hears in ISO 18626 (standards §8, design §3)."""

from illservice.exchange.kinds import Side, on_refused, on_silence, register_builder, register_receiver
from illservice.protocols.iso18626.messages import MessageKind
from lending.messages.building import build
from lending.messages.receiving import receive_request, receive_requesting
from lending.messages.silence import heard, refused, silent


def register_messages() -> None:
    """Make the side known to the exchange."""
    register_receiver(MessageKind.REQUEST, receive_request)
    register_receiver(MessageKind.REQUESTING, receive_requesting)
    register_builder(Side.LENDING, build)
    on_silence(silent, heard)
    on_refused(refused)
