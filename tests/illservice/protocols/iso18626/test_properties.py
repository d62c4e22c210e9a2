"""What holds for any message: what is written is valid, and read back it says the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from illservice.protocols.iso18626.codec import adapt, canonical_digest, read, write
from illservice.protocols.iso18626.messages import Edition, Message, ReadResult, Reason, SupplyingMessage
from tests.illservice.protocols.iso18626.arbitrary import CONFIRMATIONS, MESSAGES, REQUESTS, SUPPLYING
from tests.illservice.protocols.iso18626.letters import schemas

EDITIONS = st.sampled_from(Edition)


@pytest.fixture(scope="module")
def complaint(shared: Path) -> Callable[[bytes, Edition], str]:
    """What the schema has against a message, "" when it is valid."""
    known = schemas(shared)

    def complain(data: bytes, edition: Edition) -> str:
        schema = known[edition]
        return "" if schema.validate(etree.fromstring(data)) else str(schema.error_log)

    return complain


@settings(max_examples=120)
@given(MESSAGES, EDITIONS)
def test_what_is_written_reads_back_as_the_message_adapted_to_the_edition(
    message: Message, edition: Edition
) -> None:
    adapted = adapt(message, edition)

    result = read(write(message, edition))

    assert result == ReadResult(adapted, edition, edition.value)
    assert adapt(adapted, edition) == adapted
    assert canonical_digest(result.message) == canonical_digest(adapted)


@pytest.mark.parametrize("messages", [REQUESTS, SUPPLYING, CONFIRMATIONS, MESSAGES])
def test_every_message_that_is_written_is_valid(
    messages: st.SearchStrategy[Message], complaint: Callable[[bytes, Edition], str]
) -> None:
    @settings(max_examples=40)
    @given(messages, EDITIONS)
    def valid(message: Message, edition: Edition) -> None:
        assert complaint(write(message, edition), edition) == ""

    valid()


@settings(max_examples=60)
@given(SUPPLYING, EDITIONS)
def test_neither_edition_turns_a_supplying_message_into_another_answer(
    message: SupplyingMessage, edition: Edition
) -> None:
    adapted = adapt(message, edition)
    assert isinstance(adapted, SupplyingMessage)
    assert adapted.info.answer == message.info.answer
    assert adapted.status.due_date == message.status.due_date
    assert adapted.info.note.startswith(message.info.note)
    assert adapted.info.reason in {message.info.reason, Reason.NOTIFICATION}
