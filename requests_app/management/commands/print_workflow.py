"""Prints the workflow table into docs/."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from illservice.core.workflow.printing import as_markdown
from requests_app.workflow import TABLE

PAGE = Path("docs") / "workflow-borrowing.md"


class Command(BaseCommand):
    help = "Write the borrowing workflow table into docs/workflow-borrowing.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page and say where it is."""
        (settings.BASE_DIR / PAGE).write_text(as_markdown(TABLE), encoding="utf-8")
        self.stdout.write(str(PAGE))
