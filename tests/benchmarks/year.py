"""A year, day by day: open loans in three time zones with closures, three runners at once, some killed at random.

    ILL_DATABASE_URL=postgres://… python -m tests.benchmarks.year [--loans 2000] [--days 365] [--seed 1] [--kills 0.2]

Makes a database of its own beside the one named and drops it. Every day people act (bring back, ask for renewals,
change dates, recall), then three processes run `tick --at --deliver` for the same moment, at another hour each day;
some are killed in the middle (SIGKILL). A model of the rules beside it says which reminder is due at which tick. Mails
go to a server in this process that keeps what it got. Afterwards it is compared:

1. every reminder exactly once, at its tick: what the history says against the model (`missing`, `extra`);
2. every row of the outbox that was sent has its mail, and every mail its row; a mail that came twice came under the
   same Message-ID, because a runner was killed between the server's yes and the note of it;
3. no mail reached anybody but the person whose request it names, and no staff mail but the desk's;
4. no date of a patron on a closed day, none past the lender's; looked at each day;
5. one daily mail for each desk and open day; no lender asked twice, never two at once;
6. run again for the same moment nothing is done.

Prints one JSON object; exit 1 when anything of this does not hold.
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import django
from django.conf import settings
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

FIRST = date(2027, 11, 1)
"""The year holds both changes of the clocks, and 29 February 2028."""
RUNNERS = 3


class Year:
    """The house, its people, the runners and the mail server."""

    def __init__(self, loans: int, days: int, seed: int, kills: float) -> None:
        from tests.benchmarks.year_house import House
        from tests.benchmarks.year_runners import MailServer, Runners

        self.random = Random(seed)  # noqa: S311 - a story, no secret
        self.days, self.kills = days, kills
        self.house = House(loans, FIRST, days, self.random)
        self.mails = MailServer()
        self.faults: Counter[str] = Counter()
        self.again = 0
        self.last = datetime.combine(FIRST, datetime.min.time(), UTC)
        # Runners that take the place of killed ones must find the mail server, too.
        override_settings(**self.mails.settings()).enable()
        self.runners = Runners(RUNNERS, self.random)

    def run(self) -> None:
        """Day by day; at the end two rounds without people, so that what waits for a morning leaves."""
        at = datetime.combine(FIRST, datetime.min.time(), UTC)
        for number in range(self.days):
            day = FIRST + timedelta(days=number)
            at = datetime(
                day.year,
                day.month,
                day.day,
                self.random.randint(8, 22),
                self.random.randint(0, 59),
                tzinfo=UTC,
            )
            self.house.people_act(at - timedelta(hours=2))
            self._tick(at, kills=self.kills)
            self.house.check_dates(at, self.faults)
            if number % 30 == 0:
                sys.stderr.write(f"{day}: {len(self.mails.got)} mails, {self.runners.killed} kills\n")
        for hours in (12, 36):
            self.last = at + timedelta(hours=hours)
            self._tick(self.last, kills=0)

    def _tick(self, at: datetime, *, kills: float) -> None:
        self.house.expect(at)
        results = self.runners.tick_together(at, kills)
        alive = sum(1 for each in results if each is not None)
        self.faults["runner broke off"] += sum(
            1 for each in results if each is not None and each["broken_off"]
        )
        last = self.runners.tick_alone(at)
        if alive == RUNNERS:
            self.again += sum(each["done"] for each in last["clocks"].values()) + last["delivered"]["sent"]

    def result(self, seconds: float) -> dict[str, Any]:
        """Compare and count."""
        missing, extra = self.house.compare()
        self.faults.update(self.house.compare_mails(self.mails.got, self.last))
        twice = sum(count - 1 for count in Counter(mail.message_id for mail in self.mails.got).values())
        self.faults["done again"] += self.again
        self.faults["more doubles than kills"] += max(twice - self.runners.killed, 0)
        digests = self.house.compare_digests()
        return {
            "loans": len(self.house.loans), "asked": len(self.house.asked), "days": self.days,
            "zones": self.house.zones(), "runners": RUNNERS, "kills": self.runners.killed,
            "reminders": dict(sorted(self.house.happened().items())),
            "expected": sum(self.house.expected.values()), "missing": missing, "extra": extra,
            "mails": len({mail.message_id for mail in self.mails.got}), "same_mail_twice": twice,
            "daily_mails": digests,
            "faults": {name: count for name, count in sorted(self.faults.items()) if count},
            "seconds": round(seconds),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loans", type=int, default=2000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=float, default=0.2, help="how likely a runner is killed, each round")
    options = parser.parse_args()
    django.setup()
    if not settings.ILL_DATABASE_URL.startswith("postgres"):
        parser.error("three runners at once need PostgreSQL: give ILL_DATABASE_URL")
    setup_test_environment()
    logging.disable()
    databases = setup_databases(verbosity=0, interactive=False)
    began, year = time.monotonic(), None
    try:
        with override_settings(
            ILL_RING=False, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
        ):
            year = Year(options.loans, options.days, options.seed, options.kills)
            year.run()
            result = year.result(time.monotonic() - began)
    finally:
        if year is not None:
            year.runners.stop()
            year.mails.stop()
        teardown_databases(databases, verbosity=0)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(bool(result["missing"] or result["extra"] or result["faults"]))


if __name__ == "__main__":
    main()
