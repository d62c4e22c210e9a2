"""A local SMTP server that keeps every mail as a file and sends none: for a service without a mail server.

Plain Python, run as a program: `python -m illservice.management.mail_catcher FD FOLDER`, where FD is a listening
socket. Each mail becomes FOLDER/YYYYMMDDTHHMMSS.ffffff-N.eml (UTC), with the envelope in X-Mail-From and X-Rcpt-To.
"""

import asyncio
import itertools
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 30_000_000  # bytes


class FolderHandler:
    """Writes each mail that arrives into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answers 250 once the file is in its place; a reader of the folder never sees half a mail."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        path = self._folder / f"{moment}-{next(self._numbers)}.eml"
        head = f"X-Mail-From: {envelope.mail_from}\r\nX-Rcpt-To: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.content or b""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(head.encode("utf-8", "surrogateescape") + raw)
        part.rename(path)
        return "250 kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    """Serves until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    handler = FolderHandler(folder)
    server = await loop.create_server(
        lambda: SMTP(
            handler, hostname="localhost", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop
        ),
        sock=listener,
    )
    async with server:
        await stop.wait()


def main() -> None:
    descriptor, folder = int(sys.argv[1]), Path(sys.argv[2])
    asyncio.run(serve(socket.socket(fileno=descriptor), folder))


if __name__ == "__main__":
    main()
