"""`iso18626 roundtrip` from the outside: lines on standard output, reasons on standard error, exit status."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from illservice.exchange.management.commands.iso18626 import Command
from tests.illservice.protocols.iso18626.letters import request_letter, requesting_letter


def run(*words: str) -> tuple[int, list[str], list[str]]:
    """Exit status, and the lines of standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command(Command(), *words, stdout=out, stderr=err)
    except SystemExit as left:
        status = int(left.code or 0)
    return status, out.getvalue().splitlines(), err.getvalue().splitlines()


def test_messages_come_back_one_to_a_line_in_order(tmp_path: Path) -> None:
    files = [tmp_path / "1.xml", tmp_path / "2.xml"]
    files[0].write_bytes(request_letter(note="Zürich\nagain"))
    files[1].write_bytes(requesting_letter("Renew"))

    status, lines, errors = run("roundtrip", *map(str, files))

    assert (status, errors) == (0, [])
    assert ["<request>" in lines[0], "<requestingAgencyMessage>" in lines[1], len(lines)] == [True, True, 2]
    assert "Zürich&#10;again" in lines[0]
    assert all(' ill:version="1.2"' in line for line in lines)
    later = run("roundtrip", *map(str, files), "--edition", "2021-2")[1]
    assert all(' ill:version="2021-2"' in line for line in later)


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(tmp_path: Path) -> None:
    good, bad, none = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "none.xml"
    good.write_bytes(requesting_letter("Renew"))
    bad.write_bytes(requesting_letter("Dance"))

    status, lines, errors = run("roundtrip", str(bad), str(good), str(none))

    assert (status, len(lines)) == (1, 1)
    assert errors == [
        f"{bad}: UnsupportedActionType: action: 'Dance' is not understood",
        f"{none}: No such file or directory",
    ]


@pytest.mark.parametrize("words", [(), ("roundtrip",), ("roundtrip", "--edition", "3", "x"), ("dance",)])
def test_wrong_use_is_said(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)
