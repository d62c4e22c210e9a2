"""`./ill test [WORD...]`: runs pytest at the top of the project; every word goes to pytest."""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

ONE_PROCESS_WORDS = frozenset(
    {"--pdb", "-s", "--capture=no", "--collect-only", "--co", "--help", "-h", "--version"}
)


def pytest_words(words: list[str]) -> list[str]:
    """What pytest is called with: one process for each core, unless the words ask for something else. A process that
    has nothing left takes tests from the other, for a few tests take as long as hundreds."""
    alone = any(word in ONE_PROCESS_WORDS or word.startswith(("-n", "--numprocesses")) for word in words)
    return words if alone else ["-n", "auto", "--dist", "worksteal", *words]


class Command(BaseCommand):
    help = (
        "Runs the tests with pytest. Every word is handed to pytest; ILL_DATABASE_URL chooses the database."
    )
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Replaces this process by pytest, so that its words, its exit code and its last line are pytest's own."""
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *pytest_words(argv[2:])])
