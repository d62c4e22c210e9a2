"""Decisions of copyright per second, without a database.

    python -m tests.benchmarks.copyright [--count 200000] [--seed 1]

Reads dates of all sorts, works out the window and decides by the rules of the United States. Prints one JSON object:
how many of both a second of processor time (one core) takes, and which rules answered.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from illservice.citations.copyright import Unavailable
from illservice.citations.kinds import Material
from requests_app.copyright.dates import read_published
from requests_app.copyright.facts import CopyrightFacts, Free, Settings, Work
from requests_app.copyright.holdings import Holding
from requests_app.copyright.rules import rules_for
from requests_app.copyright.window import WindowMode

_DATES = (
    "2021",
    "2024-05",
    "May/June 2023",
    "Spring 2022",
    "1998; reprint 2003",
    "2026-02-03",
    "c1975",
    "n.d.",
    "in press",
)
_HOLDINGS = ((), (), (), (Holding(covers_from=date(2010, 1, 1), unavailable=Unavailable.MISSING),))
_SETTINGS = {mode: Settings(contu_window_mode=mode) for mode in WindowMode}


def _case(chance: random.Random) -> tuple[CopyrightFacts, str, WindowMode]:
    part = chance.random() < 0.1
    facts = CopyrightFacts(
        requested=date(2026, 1, 1) + timedelta(days=chance.randrange(365)),
        as_copy=chance.random() > 0.05,
        material=Material.CHAPTER if part else Material.ARTICLE,
        work=Work.OTHER if part else Work.PERIODICAL,
        work_key="0317-8471" if chance.random() > 0.02 else "",
        count=chance.randrange(8),
        free=Free.OPEN_ACCESS if chance.random() < 0.02 else Free.NO,
        holdings=chance.choice(_HOLDINGS),
    )
    return facts, chance.choice(_DATES), chance.choice(list(WindowMode))


def run(count: int, seed: int) -> dict[str, object]:
    """Decide them all; the object to print."""
    chance, rules = random.Random(seed), rules_for("US")  # noqa: S311 - no secret
    cases = [_case(chance) for _ in range(min(count, 5000))]
    answered: Counter[str] = Counter()
    start = time.process_time()
    read = [read_published(cases[number % len(cases)][1]) for number in range(count)]
    reading = time.process_time() - start
    known = [(replace(facts, published=read[number]), mode) for number, (facts, _, mode) in enumerate(cases)]
    start = time.process_time()
    for number in range(count):
        facts, mode = known[number % len(known)]
        answered[rules.decide(facts, _SETTINGS[mode]).rule] += 1
    deciding = time.process_time() - start
    return {
        "decisions": count,
        "dates_read_per_second": round(count / reading),
        "decisions_per_second": round(count / deciding),
        "both_per_second": round(count / (reading + deciding)),
        "rules": dict(sorted(answered.items(), key=lambda each: int(each[0][1:]))),
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(run(options.count, options.seed)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
