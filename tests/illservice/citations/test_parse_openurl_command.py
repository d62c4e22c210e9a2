"""`parse_openurl` from the outside: results on standard output and nothing else."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_a_file_gives_one_object_for_each_line(tmp_path: Path) -> None:
    file = tmp_path / "links.txt"
    file.write_bytes(b"genre=book&title=Caf%C3%A9\n\nid=pmid:27289441")
    out = io.StringIO()

    call_command("parse_openurl", str(file), stdout=out)

    objects = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["citation"] for one in objects] == [{"title": "Café"}, {}, {"pmid": "27289441"}]
    assert objects[1]["warnings"] == ["empty"]


def test_standard_input_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"title=Caf\xe9\n")))
    call_command("parse_openurl", stdout=out)
    assert json.loads(out.getvalue())["citation"] == {"title": "Café"}


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("parse_openurl", str(tmp_path / "none"))
    assert refused.value.returncode == 2
