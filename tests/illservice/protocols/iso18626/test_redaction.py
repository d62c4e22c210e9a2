"""What the log keeps of a message: everything but the reader and passwords, and it can still be read."""

from dataclasses import replace

from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.messages import (
    Edition,
    ElectronicAddress,
    Message,
    PatronInfo,
    PhysicalAddress,
    RequestedDelivery,
)
from illservice.protocols.iso18626.redaction import without_persons
from tests.illservice.protocols.iso18626.letters import HEADER, a_request

HOME = PhysicalAddress(line1="4 Elm Lane", locality="Millbrook")
READER = PatronInfo(
    patron_id="P-4711", surname="Surname", addresses=(ElectronicAddress("Email", "me@home.example"),)
)


def kept(message: Message) -> str:
    """As the log keeps it; the rest of the message is the same."""
    text = without_persons(write(message, Edition.V1_2))
    assert type(read(text.encode()).message) is type(message)
    return text


def test_the_reader_and_every_password_are_left_out_however_many_there_are() -> None:
    header = replace(HEADER, account_id="our-account", security_code="open-sesame")
    text = kept(replace(a_request(), header=header, patron=READER))
    secrets = ("P-4711", "Surname", "me@home", "our-account", "open-sesame")
    assert not [word for word in secrets if word in text]
    assert "The northern shore" in text


def test_the_address_of_the_delivery_is_the_readers_when_it_goes_there() -> None:
    delivery = (RequestedDelivery(HOME, 1),)
    to_library = replace(a_request(), patron=READER, deliveries=delivery)
    assert "Elm Lane" in kept(to_library)
    assert "Elm Lane" not in kept(replace(to_library, patron=replace(READER, send_to_patron=True)))
