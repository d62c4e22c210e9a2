"""`./ill demo [--if-empty]`: a small invented library to look around in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.directory.models import Library
from illservice.directory.selectors import tenants
from illservice.management.demo.house import sign_ins, usernames
from illservice.management.demo.make import demo_library, make


class Command(BaseCommand):
    """Standard output carries the sign-ins and nothing else."""

    help = (
        "Makes the demo library: people of every role, requests in every state. Made once; run again it only says who "
        "can sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when another library works here already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, unless it is there, or unless it shall keep away from a real library."""
        self._check_tables()
        if demo_library() is None:
            if options["if_empty"] and tenants().exists():
                return
            self._check_names()
            self._warn("making the demo library; its passwords are known to everybody: not for real patrons")
            make(at=clock.now(), password=settings.ILL_DEMO_PASSWORD)
        self.stdout.write(self._sign_ins())

    def _check_tables(self) -> None:
        if Library._meta.db_table not in connection.introspection.table_names():
            raise CommandError(
                "the database has no tables yet: run ./ill migrate first, or ./ill up, which does it"
            )

    def _check_names(self) -> None:
        taken = User.objects.filter(username__in=usernames()).values_list("username", flat=True)
        if taken:
            raise CommandError(f"there are people with these sign-ins already: {', '.join(sorted(taken))}")

    def _sign_ins(self) -> str:
        """With the password, as long as the administrator still has it."""
        known = User.objects.filter(username=Role.ADMINISTRATOR).first()
        unchanged = known is not None and known.check_password(settings.ILL_DEMO_PASSWORD)
        return sign_ins(settings.ILL_DEMO_PASSWORD if unchanged else "")

    def _warn(self, text: str) -> None:
        self.stderr.write(f"demo: {text}", self.style.WARNING)
