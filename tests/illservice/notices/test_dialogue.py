"""What is said to a mail server, in turn or at once, and that a refused mail leaves nothing behind."""

import smtplib
from typing import Any

import pytest

from illservice.notices.channels.dialogue import hand_over

CONTENT = b"Subject: a\r\n\r\n.dot\r\n"


class Server:
    """Answers what it was told to, and keeps what was said and when an answer was read."""

    def __init__(self, *answers: int, offers: frozenset[str] = frozenset()) -> None:
        self.answers, self.offers = list(answers), offers
        self.heard: list[str] = []

    def has_extn(self, name: str) -> bool:
        return name in self.offers

    def ehlo_or_helo_if_needed(self) -> None:
        """It was said before."""

    def send(self, words: str | bytes) -> None:
        self.heard.append(words.decode() if isinstance(words, bytes) else words)

    def getreply(self) -> tuple[int, bytes]:
        if not self.answers:
            raise smtplib.SMTPServerDisconnected
        self.heard.append("?")
        return self.answers.pop(0), b"words"

    def docmd(self, command: str) -> tuple[int, bytes]:
        self.send(f"{command}\r\n")
        return self.getreply()

    def rset(self) -> None:
        self.docmd("RSET")

    def close(self) -> None:
        self.heard.append("closed")


def say(server: Server, content: bytes = CONTENT) -> None:
    session: Any = server
    hand_over(
        session,
        "ill@north.example",
        "ada@north.example",
        content,
        meanwhile=lambda: server.heard.append("meanwhile"),
    )


MAIL, RCPT, DATA = "MAIL FROM:<ill@north.example>\r\n", "RCPT TO:<ada@north.example>\r\n", "DATA\r\n"
BODY = "Subject: a\r\n\r\n..dot\r\n\r\n.\r\n"
AT_ONCE = frozenset({"pipelining"})


def test_in_turn_or_at_once_and_work_is_done_before_the_last_answer() -> None:
    server = Server(250, 250, 354, 250)
    say(server)
    assert server.heard == [MAIL, "?", RCPT, "?", DATA, "?", BODY, "meanwhile", "?"]
    server = Server(250, 251, 354, 250, offers=AT_ONCE)
    say(server)
    assert server.heard == [MAIL + RCPT + DATA, "?", "?", "?", BODY, "meanwhile", "?"]


def test_a_server_is_told_what_it_understands() -> None:
    server = Server(250, 250, 354, 250, offers=frozenset({"size", "8bitmime"}))
    say(server)
    assert server.heard[0] == f"MAIL FROM:<ill@north.example> SIZE={len(CONTENT)}\r\n"
    content = CONTENT + "Grüße".encode()
    server = Server(250, 250, 354, 250, offers=server.offers)
    say(server, content)
    assert server.heard[0] == f"MAIL FROM:<ill@north.example> SIZE={len(content)} BODY=8BITMIME\r\n"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([550], smtplib.SMTPSenderRefused),
        ([250, 550], smtplib.SMTPRecipientsRefused),
        ([250, 250, 451], smtplib.SMTPDataError),
        ([250, 250, 354, 552], smtplib.SMTPDataError),
    ],
)
def test_a_refusal_in_turn_ends_the_mail(answers: list[int], error: type[Exception]) -> None:
    server = Server(*answers, 250)
    with pytest.raises(error):
        say(server)
    assert server.heard[-2:] == ["RSET\r\n", "?"]
    assert (BODY in server.heard) == (len(answers) == 4)


@pytest.mark.parametrize(
    ("answers", "error"),
    [([550, 503, 503], smtplib.SMTPSenderRefused), ([250, 550, 503], smtplib.SMTPRecipientsRefused)],
)
def test_a_refusal_at_once_reads_all_answers(answers: list[int], error: type[Exception]) -> None:
    server = Server(*answers, 250, offers=AT_ONCE)
    with pytest.raises(error):
        say(server)
    assert server.heard == [MAIL + RCPT + DATA, "?", "?", "?", "RSET\r\n", "?"]


def test_a_server_that_wants_a_mail_for_nobody_gets_an_empty_one() -> None:
    server = Server(250, 550, 354, 554, 250, offers=AT_ONCE)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        say(server)
    assert server.heard == [MAIL + RCPT + DATA, "?", "?", "?", ".\r\n", "?", "RSET\r\n", "?"]
    assert BODY not in server.heard


def test_a_server_that_closes_is_not_asked_any_more() -> None:
    for offers in (frozenset(), AT_ONCE):
        server = Server(421, offers=offers)
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            say(server)
        assert refused.value.smtp_code == 421
        assert server.heard[-1] == "closed"
