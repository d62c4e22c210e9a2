"""The mail catcher: real SMTP in, whole files out, and the same port after a restart."""

import email
import email.policy
import smtplib
import stat
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from illservice.management import embedded

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with embedded.listener("127.0.0.1", 0) as listener:
        words = ["-m", "illservice.management.mail_catcher", str(listener.fileno()), str(tmp_path)]
        process = subprocess.Popen([sys.executable, *words], cwd=ROOT, pass_fds=(listener.fileno(),))
        yield listener.getsockname()[1]
        process.terminate()
        assert process.wait(10) == 0


def test_a_mail_becomes_one_private_file_with_its_envelope(port: int, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ill@example.org", "Zoë <zoe@example.org>", "Für Sie"
    message.set_content("Ihr Buch ist da: Žižek 📚\n.\n")
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.send_message(message)
        server.sendmail(
            "ill@example.org", ["a@example.org", "b@example.org"], b"Subject: second\r\n\r\nbytes \xff\r\n"
        )
    first, second = sorted(tmp_path.iterdir())
    read = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
    body = read.get_body()
    assert body is not None
    assert (read["Subject"], read["X-Rcpt-To"]) == ("Für Sie", "zoe@example.org")
    assert "Žižek 📚\n.\n" in body.get_content().replace("\r\n", "\n")
    assert b"X-Rcpt-To: a@example.org, b@example.org" in second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml"}
