"""The page of the replay: an export decided again, nothing of it kept, whatever it holds."""

import csv
import io
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from illservice.accounts.roles import Role
from illservice.citations.models import Journal
from requests_app.forms import replay as forms
from requests_app.models import BorrowingRequest
from tests.exports import as_csv
from tests.requests_app.copyright.test_commands import USUAL
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/desk/north/copyright-replay/"


@pytest.fixture
def admin(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    return client


def seven() -> bytes:
    """Six recent copies of one journal, and one for which staff said something else."""
    rows = [USUAL | {"Photo Journal Title": "=Lakes & <b>Ponds</b>"} for _each in range(6)]
    return as_csv([*rows, USUAL | {"Photo Journal Year": "1999", "ISSN": "2049-3630"}])


def brought(client: Client, content: bytes, **more: str) -> Any:
    values = {"mode": "rolling", "limit": "5", "file": SimpleUploadedFile("a.csv", content)}
    return client.post(PAGE, values | more)


def test_a_year_is_decided_and_nothing_is_kept(admin: Client) -> None:
    page = brought(admin, seven()).content.decode()
    assert "7 rows were decided" in page
    assert "=Lakes &amp; &lt;b&gt;Ponds&lt;/b&gt;" in page
    assert "Line 8: we CCL, they CCG." in page
    assert "The same statement for 6 of 7" in page
    relaxed = brought(admin, seven(), limit="6").content.decode()
    assert "=Lakes" not in relaxed
    assert not BorrowingRequest.objects.exists()
    assert not Journal.objects.exists()


def test_the_answer_comes_as_a_file_that_no_spreadsheet_runs(admin: Client) -> None:
    answer = brought(admin, seven(), **{"as": "json"})
    assert answer["Content-Disposition"] == 'attachment; filename="copyright-replay.json"'
    assert (answer.json()["rows"], answer.json()["decided"]) == (7, {"D7": 1, "D8": 5, "D9": 1})
    table = brought(admin, seven(), **{"as": "csv"})
    text = b"".join(table.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["list"] for row in rows} == {"over_limit", "disagreement"}
    assert next(row["journal"] for row in rows if row["journal"]).startswith("'=Lakes")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe\x00", b"a,b\n1,2\n", b'"', b"PK\x03\x04" + b"\x00" * 500, b"\xff\xfeC\x00"],
    ids=range(6),
)
def test_what_is_no_export_is_refused_kindly(admin: Client, content: bytes) -> None:
    answer = brought(admin, content)
    assert answer.status_code == 422
    assert "names no column “Creation Date”" in answer.content.decode()


def test_what_is_too_much_or_makes_no_sense_is_refused(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ({"mode": "lunar"}, {"limit": "-1"}, {"limit": "many"}, {"limit": "99999999999"}):
        assert brought(admin, seven(), **wrong).status_code == 422
    assert admin.post(PAGE, {"mode": "rolling", "limit": "5"}).status_code == 422
    monkeypatch.setattr(forms, "MOST_BYTES", 100)
    assert "./ill copyright_replay" in brought(admin, seven()).content.decode()
    monkeypatch.setattr(forms, "MOST_BYTES", 10_000_000)
    monkeypatch.setattr(forms, "MOST_LINES", 3)
    assert brought(admin, seven()).status_code == 422
    assert brought(admin, seven().replace(b"\n", b"\r")).status_code == 422


def test_the_worst_cells_take_no_time(admin: Client) -> None:
    worst = [
        USUAL | {"Photo Journal Year": text * 20_000, "ISSN": text * 20_000, "Creation Date": "2017-03-01"}
        for text in ("9", "1999-", " ", "(", "Winter ", "\u202e", "x; reprint ")
    ]
    begin = time.monotonic()
    assert brought(admin, as_csv(worst)).status_code == 200
    assert time.monotonic() - begin < 5


def test_only_administrators_of_the_library(world: World, client: Client) -> None:
    for role, status in ((Role.HEAD, 403), (Role.COPYRIGHT, 403)):
        client.force_login(world.north.people[role])
        assert brought(client, seven()).status_code == status
    client.force_login(world.south.people[Role.ADMINISTRATOR])
    assert brought(client, seven()).status_code == 404
