"""Prints the register of what is held about people into docs/privacy.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from illservice.core.retention.printing import as_markdown

PAGE = Path("docs") / "privacy.md"
BEGIN, END = "<!-- printed by ./ill print_privacy -->\n", "<!-- end of what is printed -->\n"


def with_register(text: str) -> str:
    """The page with the register as it is now between its two marks."""
    before, _old, rest = text.partition(BEGIN)
    _printed, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n{as_markdown()}\n{END}{after}"


class Command(BaseCommand):
    help = "Write what is held about people, why and how long, into docs/privacy.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page and say where it is."""
        path = settings.BASE_DIR / PAGE
        path.write_text(with_register(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(str(PAGE))
