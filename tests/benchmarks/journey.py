"""The real journey, driven through HTTP from the OpenURL to "completed".

    python -m tests.benchmarks.journey --base http://localhost:8000 --mail var/mail [--articles FILE] [--each 100]

Needs a running service with the demo library whose mail goes into a folder. Articles come from an ILLiad export
(as copies), books are made up here (as loans). Every step is a page that a person would open and a form that a
person would send. Prints one JSON object: pages per second by phase, and mails expected and found.
"""

import argparse
import csv
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.browser import Browser

PASSWORD = "demo-password"
DESK = "/desk/demo/requests/"
NOUNS = ("Harbour", "Orchard", "Lantern", "Quarry", "Ferry", "Meadow", "Signal", "Weaver", "Granary", "Heron")
KINDS = ("A History of the", "Notes on the", "The Last", "Letters from the", "Songs of the",
         "An Atlas of the", "The Keeper of the", "A Guide to the", "Under the", "The Invention of the")  # fmt: skip


def articles(path: Path, most: int) -> Iterator[dict[str, str]]:
    """OpenURL 1.0 keys of the export's first different articles."""
    seen: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            title = row["Photo Article Title"].strip()
            if title and title.lower() not in seen and len(seen) < most:
                seen.add(title.lower())
                yield {
                    "url_ver": "Z39.88-2004",
                    "rft_val_fmt": "info:ofi/fmt:kev:mtx:journal",
                    "rft.genre": "article",
                    "rft.atitle": title,
                    "rft.jtitle": row["Photo Journal Title"].strip() or "Unknown journal",
                    "rft.au": row["Photo Article Author"].strip(),
                    "rft.volume": row["Photo Journal Volume"].strip(),
                    "rft.issue": row["Photo Journal Issue"].strip(),
                    "rft.date": row["Photo Journal Year"].strip(),
                    "rft.pages": row["Photo Journal Inclusive Pages"].strip(),
                    "rft.issn": row["ISSN"].strip(),
                }


def own_articles(most: int) -> Iterator[dict[str, str]]:
    """Articles of the project's own, for when there is no export."""
    for turn in range(most):
        noun, kind = NOUNS[turn % 10], KINDS[turn // 10 % 10]
        yield {"genre": "article", "atitle": f"{kind} {noun} reconsidered", "title": f"Annals of the {noun}",
               "volume": str(turn + 1), "date": "2019", "pages": f"{turn + 1}-{turn + 9}"}  # fmt: skip


def books(most: int) -> Iterator[dict[str, str]]:
    """OpenURL 0.1 keys of books that nobody wrote."""
    for turn in range(most):
        title = f"{KINDS[turn // 10 % 10]} {NOUNS[turn % 10]}"
        yield {
            "genre": "book",
            "title": title,
            "aulast": "Hale",
            "aufirst": "Miriam",
            "date": str(1900 + turn),
        }


class Journey:
    """The patron, the desk, and what they have done."""

    def __init__(self, base: str, mail: Path) -> None:
        self.patron, self.desk = Browser(base), Browser(base)
        self.mail = mail
        self.mails_before = self._mails()
        self.expected: Counter[str] = Counter()
        self.phases: list[dict[str, object]] = []
        for browser, name in ((self.patron, "teacher"), (self.desk, "borrowing")):
            browser.open("/login/")
            browser.send("", username=name, password=PASSWORD)

    def _mails(self) -> int:
        return sum(1 for _ in self.mail.rglob("*.eml"))

    def ask(self, keys: dict[str, str], wanted: str) -> str:
        """OpenURL → filled form → check → number."""
        self.patron.open("/openurl?" + urlencode({name: text for name, text in keys.items() if text}))
        delivery = "electronic" if wanted == "copy" else "branch"
        self.patron.send("", wanted=wanted, delivery=delivery, branch="main")
        page = self.patron.send(
            "", again_because="Needed for class" if "again_because" in self.patron.text else ""
        )
        found = re.search(r"\bB\d{7,}\b", page)
        if found is None:
            raise LookupError(f"no number on {self.patron.url}")
        return found.group()

    def do(self, number: str, action: str, **values: str) -> None:
        """One action at the desk, on its own page or with one click."""
        self.desk.open(f"{DESK}{number}/do/{action}/")
        self.desk.send("", **values)

    def phase(self, name: str, numbers: list[str], work: Callable[[str], object], *notices: str) -> None:
        """Do one thing for all; wait until its mails are there, so that each is still true when it leaves."""
        asked = self.patron.asked + self.desk.asked
        start = time.monotonic()
        for number in numbers:
            work(number)
        seconds = time.monotonic() - start
        pages = self.patron.asked + self.desk.asked - asked
        self.expected.update({notice: len(numbers) for notice in notices})
        self.phases.append({"phase": name, "requests": len(numbers), "pages": pages, "seconds": round(seconds, 2),
                            "pages_per_second": round(pages / seconds, 1) if seconds else None})  # fmt: skip
        sys.stderr.write(f"{name}: {len(numbers)} requests, {pages} pages, {seconds:.1f} s\n")
        self.wait()

    def wait(self, most: float = 180) -> float:
        """Wait for the mails expected so far; seconds waited."""
        start = time.monotonic()
        while self._mails() - self.mails_before < self.expected.total() and time.monotonic() - start < most:
            time.sleep(0.5)
        return time.monotonic() - start

    def state_of(self, number: str) -> str:
        """What the patron reads at the end."""
        return self.patron.open(f"/my/requests/{number}/")


def run(base: str, mail: Path, export: Path | None, each: int) -> dict[str, object]:
    """All of it; the object to print."""
    journey = Journey(base, mail)
    wanted = list(articles(export, each)) if export else list(own_articles(each))
    copies: list[str] = []
    loans: list[str] = []
    everything = [*wanted, *books(each)]
    places = [str(place) for place in range(len(everything))]

    def ask(place: str) -> None:
        is_copy = int(place) < len(wanted)
        number = journey.ask(everything[int(place)], "copy" if is_copy else "loan")
        (copies if is_copy else loans).append(number)

    start = time.monotonic()
    journey.phase("ask", places, ask, "submitted")
    both = copies + loans
    journey.phase("clear", both, lambda number: clear(journey, number))
    journey.phase(
        "plan", both, lambda number: journey.do(number, "plan_lenders", partners="merrow", do="save")
    )
    journey.phase("ask lender", both, lambda number: journey.do(number, "ask"), "lender_request")
    link = "https://files.example.org/"
    journey.phase(
        "copy arrives", copies, lambda n: journey.do(n, "deliver_copy", link=link + n), "copy_ready"
    )
    journey.phase("finish copy", copies, lambda number: journey.do(number, "finish_copy"))
    due = time.strftime("%Y-%m-%d", time.localtime(time.time() + 45 * 86400))
    journey.phase("lender sends", loans, lambda number: journey.do(number, "lender_shipped", lender_due=due))
    journey.phase("receive", loans, lambda number: journey.do(number, "receive", lender_due=due))
    journey.phase("shelve", loans, lambda number: journey.do(number, "shelve"), "ready")
    for action in ("hand_over", "take_back", "send_back", "confirm_return"):
        journey.phase(action, loans, lambda number, action=action: journey.do(number, action))  # type: ignore[misc]
    seconds = time.monotonic() - start
    journey.wait(60)
    finished = sum("Finished" in journey.state_of(number) for number in both)
    pages = sum(int(str(phase["pages"])) for phase in journey.phases)
    busy = sum(float(str(phase["seconds"])) for phase in journey.phases)
    return {
        "requests": len(both), "finished": finished, "pages": pages, "seconds_with_waiting": round(seconds, 1),
        "seconds_busy": round(busy, 1), "pages_per_second": round(pages / busy, 1),
        "requests_per_second": round(len(both) / busy, 2), "mails_expected": journey.expected.total(),
        "mails_found": journey._mails() - journey.mails_before, "by_notice": dict(journey.expected),
        "phases": journey.phases,
    }  # fmt: skip


def clear(journey: Journey, number: str) -> None:
    """Settle whatever holds the request back, as the desk would after a look."""
    for _ in range(5):
        page = journey.desk.open(f"{DESK}{number}/")
        if "clear_hold" not in page:
            return
        journey.desk.send("clear_hold")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://localhost:8000")
    parser.add_argument("--mail", type=Path, default=Path("var/mail"))
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--each", type=int, default=100)
    options = parser.parse_args()
    result = run(options.base, options.mail, options.articles, options.each)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
