"""Broken messages of ISO 18626 through the whole handler, as HTTP brings them (R13).

    python -m tests.benchmarks.mutants [--count 10000] [--seed 1]

Makes a database of its own beside the one in ILL_DATABASE_URL and drops it. Every mutant and every known attack is
posted to the view by Django's test client, which raises whatever the view raises. Prints one JSON object: answers by
status, seconds, the slowest answer, and by how much the memory grew. Ends with 1 for any answer of 5xx.
"""

import argparse
import json
import logging
import resource
import sys
import time
from collections import Counter

import django
from django.test.utils import setup_databases, setup_test_environment, teardown_databases


def run(count: int, seed: int) -> dict[str, object]:
    """Post them all; the object to print."""
    from django.test import Client

    from illservice.exchange.kinds import Transport
    from illservice.exchange.models import Connection
    from lending.models import LendingRequest
    from tests.exchange.mutants import corpus, mutants, originals
    from tests.exchange.pair import make_pair
    from tests.world import make_world

    pair = make_pair(make_world())
    request = pair.ask()
    whole = originals(f"{request.number}-1", pair.lent(request).borrower_number)
    Connection.objects.update(transport=Transport.HTTP)
    client, seen = Client(), Counter[str]()
    slowest, slow_bytes = 0.0, 0
    before, start = _memory(), time.monotonic()
    for data in [*corpus().values(), *mutants(whole, count, seed)]:
        began = time.monotonic()
        answer = client.post("/iso18626", data=data, content_type="application/xml")
        took = time.monotonic() - began
        if took > slowest:
            slowest, slow_bytes = took, len(data)
        refused = answer.status_code == 200 and b">ERROR<" in answer.content
        seen[f"{answer.status_code}{' ERROR' if refused else ''}"] += 1
    seconds = time.monotonic() - start
    return {
        "messages": seen.total(), "answers": dict(sorted(seen.items())), "seconds": round(seconds, 1),
        "messages_per_second": round(seen.total() / seconds, 1), "slowest_ms": round(slowest * 1000, 1),
        "slowest_bytes": slow_bytes, "memory_grew_mb": round(_memory() - before, 1),
        "requests_taken_in": LendingRequest.objects.count(),
    }  # fmt: skip


def _memory() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    django.setup()
    setup_test_environment()
    logging.disable()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        result = run(options.count, options.seed)
    finally:
        teardown_databases(databases, verbosity=0)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    answers = result["answers"]
    sys.exit(any(status.startswith("5") for status in answers) if isinstance(answers, dict) else 1)


if __name__ == "__main__":
    main()
