"""Files with messages come back as one valid line each."""

from pathlib import Path

import pytest
from lxml import etree

from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, adapt, read
from illservice.protocols.iso18626.errors import TooLarge, Unreadable
from illservice.protocols.iso18626.messages import Edition
from illservice.protocols.iso18626.roundtrip import roundtrip
from tests.illservice.protocols.iso18626.letters import request_letter, requesting_letter, schemas


def test_a_message_comes_back_as_one_line_in_its_own_edition(tmp_path: Path) -> None:
    file = tmp_path / "message.xml"
    file.write_bytes(requesting_letter("Renew", "one\ntwo\u2028three\x85four").replace(b"1.2", b"2021-2"))

    line = roundtrip(file)

    assert len(line.splitlines()) == 1
    assert line.startswith("<ISO18626Message ")
    result = read(line.encode())
    assert result.edition is Edition.V2021_2
    assert result.message == read(file.read_bytes()).message
    assert read(roundtrip(file, Edition.V1_2).encode()).edition is Edition.V1_2


def test_an_unknown_edition_is_1_2(tmp_path: Path) -> None:
    file = tmp_path / "message.xml"
    file.write_bytes(request_letter().replace(b' ill:version="1.2"', b""))
    assert ' ill:version="1.2"' in roundtrip(file)


def test_a_file_that_is_not_read_says_why(tmp_path: Path) -> None:
    long = tmp_path / "long.xml"
    long.write_bytes(b" " * (LONGEST_MESSAGE + 1))
    with pytest.raises(TooLarge):
        roundtrip(long)
    with pytest.raises(Unreadable, match="No such file"):
        roundtrip(tmp_path / "none.xml")
    with pytest.raises(Unreadable, match="directory"):
        roundtrip(tmp_path)


@pytest.mark.parametrize("edition", Edition)
def test_all_shared_samples_come_back_valid_and_whole(shared: Path, edition: Edition) -> None:
    schema = schemas(shared)[edition]
    files = sorted((shared / "samples" / "iso18626").glob("*.xml"))
    assert len(files) >= 6
    for file in files:
        line = roundtrip(file, edition).encode()
        assert schema.validate(etree.fromstring(line)), schema.error_log
        original = read(file.read_bytes())
        assert original.ignored == ()
        assert read(line).message == adapt(original.message, edition)
