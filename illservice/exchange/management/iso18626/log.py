"""`./ill iso18626 log NUMBER [--json]`: the whole exchange about one request."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper

from illservice.core.numbers import read_number
from illservice.exchange.models import Exchanged
from illservice.exchange.selectors import exchange_about
from illservice.exchange.services.wording import sentence

HELP = "Prints the whole exchange about one request, in order: all partners, both directions, confirmations."


def add_arguments(parser: CommandParser) -> None:
    """The words after `log`."""
    parser.add_argument("number", metavar="NUMBER", help="the request's number, of either side")
    parser.add_argument("--json", action="store_true", help="one JSON list with the raw messages")


def run(options: Mapping[str, Any], stdout: OutputWrapper, stderr: OutputWrapper) -> int:
    """0 with the exchange, 1 when no message was ever exchanged about such a number."""
    number = read_number(options["number"]) or options["number"]
    entries = list(exchange_about(number))
    if not entries:
        stderr.write(f"{options['number']}: no message was exchanged about such a request")
        return 1
    if options["json"]:
        stdout.write(json.dumps([as_object(entry) for entry in entries], ensure_ascii=False, indent=1))
        return 0
    for entry in entries:
        stdout.write("\n".join(_lines(entry)))
    return 0


def as_object(entry: Exchanged) -> dict[str, Any]:
    """One message as docs/commands.md says."""
    conversation = entry.conversation
    return {
        "number": conversation.number,
        "conversation": {
            "requesting_id": conversation.requesting_id,
            "partner": conversation.partner.slug,
            "side": conversation.side,
        },
        "direction": "out" if entry.outward else "in",
        "kind": entry.kind,
        "word": entry.word,
        "at": entry.at.isoformat(),
        "said_at": entry.said_at.isoformat(),
        "edition": entry.edition,
        "raw": entry.body,
        "in_words": sentence(entry),
        "answer_status": entry.answer_status,
        "error": entry.error,
        "answer_raw": entry.answer,
        "doubled": entry.doubled,
        "remark": entry.remark,
    }


def _lines(entry: Exchanged) -> list[str]:
    """For people: a line with moment, direction, sentence and confirmation; what was odd below it."""
    arrow = "->" if entry.outward else "<-"
    answer = entry.answer_status or "no confirmation"
    lines = [f"{entry.at.isoformat(timespec='seconds')} {arrow} {sentence(entry)} [{answer}]"]
    odd = (("error", entry.error), ("remark", entry.remark), ("came again", str(entry.doubled or "")))
    return lines + [f"    {name}: {value}" for name, value in odd if value]
