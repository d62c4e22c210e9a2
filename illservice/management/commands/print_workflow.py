"""Prints the workflow tables of both sides into docs/."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from illservice.core.workflow.printing import as_markdown
from lending.workflow import TABLE as LENDING
from requests_app.workflow import TABLE as BORROWING

PAGES = {Path("docs") / f"workflow-{table.side}.md": table for table in (BORROWING, LENDING)}


class Command(BaseCommand):
    help = "Write the workflow tables into docs/workflow-borrowing.md and docs/workflow-lending.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages and say where they are."""
        for page, table in PAGES.items():
            (settings.BASE_DIR / page).write_text(as_markdown(table), encoding="utf-8")
            self.stdout.write(str(page))
