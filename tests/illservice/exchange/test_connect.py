"""`iso18626 connect`: scripts connect a partner's system as the page does; what cannot be used changes nothing."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from illservice.core.models import AuditEntry
from illservice.directory.models import Library, Partnership, PartnerSystem
from illservice.exchange.management.commands.iso18626 import Command
from illservice.exchange.models import Connection
from illservice.exchange.services.credentials import admits, reveal
from tests.world import World

ADDRESS = "http://127.0.0.1:8001/iso18626"


def connect(*words: str) -> tuple[int, str, str]:
    """Exit status and what was printed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(Command(), "connect", *words, stdout=out, stderr=err)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_new_partner_is_known_connected_and_given_credentials(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    status, text, errors = connect(
        *("--library", "north", "--partner", "riverside", "--name", "Riverside College"),
        *("--address", ADDRESS, "--edition", "2021-2", "--partner-symbol", "isil:XX-RIVER"),
        *("--username", "north", "--password-file", str(secret), "--quirk", "no_expect"),
        *("--give-credentials", "riverside"),
    )
    assert (status, errors) == (0, "")
    one = Connection.objects.get()
    assert (one.address, one.edition, one.partner_agency, one.quirks) == (
        ADDRESS,
        "2021-2",
        "ISIL:XX-RIVER",
        ["no_expect"],
    )
    assert (one.partnership.partner.name, one.partnership.system) == (
        "Riverside College",
        PartnerSystem.ISO18626,
    )
    assert reveal(one.password) == "open sesame"
    lines = text.splitlines()
    assert lines[0] == "user: riverside"
    assert admits(one, "riverside", lines[1].removeprefix("password: "))
    assert AuditEntry.objects.filter(model="ill_exchange.Connection").exists()

    assert connect("--library", "north", "--partner", "riverside", "--address", ADDRESS)[:2] == (0, "")
    one.refresh_from_db()
    assert (reveal(one.password), one.edition) == ("open sesame", "1.2")


def test_two_libraries_of_one_service_are_connected_from_both_sides(world: World) -> None:
    for ours, theirs in (("north", "south"), ("south", "north")):
        assert connect("--library", ours, "--partner", theirs, "--loopback") == (0, "", "")
    assert Connection.objects.filter(transport="loopback").count() == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--library", "nowhere", "--partner", "eastlake", "--address", ADDRESS), "nowhere"),
        (("--library", "eastlake", "--partner", "north", "--address", ADDRESS), "eastlake"),
        (("--library", "north", "--partner", "riverside", "--address", ADDRESS), "--name"),
        (
            ("--library", "north", "--partner", "River side", "--name", "R", "--address", ADDRESS),
            "short name",
        ),
        (("--library", "north", "--partner", "north", "--address", ADDRESS), "own partner"),
        (("--library", "north", "--partner", "new", "--name", "New", "--address", "ftp://x"), "address"),
        (("--library", "north", "--partner", "new", "--name", "New", "--loopback"), "transport"),
        (
            (
                "--library",
                "north",
                "--partner",
                "eastlake",
                "--address",
                ADDRESS,
                "--give-credentials",
                "a:b",
            ),
            "colon",
        ),
        (
            (
                "--library",
                "north",
                "--partner",
                "eastlake",
                "--address",
                ADDRESS,
                "--password-file",
                "/no/such",
            ),
            "/no/such",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    world: World, words: tuple[str, ...], why: str
) -> None:
    before = (Library.objects.count(), Partnership.objects.count())
    status, text, errors = connect(*words)
    assert (status, text, why in errors) == (1, "", True)
    assert (Library.objects.count(), Partnership.objects.count()) == before
    assert not Connection.objects.exists()


def test_wrong_use_is_said() -> None:
    with pytest.raises(CommandError):
        connect("--library", "north", "--partner", "eastlake")
    with pytest.raises(CommandError):
        connect("--library", "n", "--partner", "e", "--address", ADDRESS, "--loopback")
