"""`./ill setup_library SYMBOL --name NAME --administrator NAME ...`: a real library begins."""

import secrets
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.directory.models import Branch, LegalEntity, Library, Symbol
from illservice.management.shared_reasons import ensure_shared_reasons
from patrons.models import PatronCategory


class Command(BaseCommand):
    """Prints the administrator's first password, which stands nowhere else."""

    help = (
        "Sets a library up with its desk, one category of patrons, the shared reasons and an administrator, whose "
        "first password it prints. Everything else is done on the administrator's pages."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The words after the command."""
        parser.add_argument(
            "symbol", metavar="SYMBOL", help="the library's symbol, for example its OCLC symbol or ISIL"
        )
        parser.add_argument("--name", required=True, help="the library's name")
        parser.add_argument("--administrator", required=True, metavar="NAME", help="who signs in first")
        parser.add_argument("--email", default="", help="the desk's e-mail address")
        parser.add_argument(
            "--time-zone", default=settings.ILL_TIME_ZONE, help="for example America/New_York"
        )
        parser.add_argument("--country", default="US", help="country whose law counts (ISO 3166)")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing."""
        slug = slugify(options["symbol"])
        self._check(slug, options)
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            library = self._library(slug, options)
            user, created = User.objects.get_or_create(username=options["administrator"])
            if created:
                user.set_password(password)
                user.save(update_fields=["password"])
            Membership.objects.get_or_create(user=user, library=library, role=Role.ADMINISTRATOR)
            ensure_shared_reasons()
        self.stderr.write(f"{library.name} works here now.", self.style.SUCCESS)
        words = f"password: {password}" if created else "password: the one that the account has already"
        self.stdout.write(f"sign-in: {user.username}\n{words}")

    def _check(self, slug: str, options: dict[str, Any]) -> None:
        if not slug:
            raise CommandError("The symbol must hold a letter or a digit.", returncode=2)
        if options["time_zone"] not in available_timezones():
            raise CommandError(f"{options['time_zone']} is no time zone.", returncode=2)
        try:
            if options["email"]:
                validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address.", returncode=2) from error
        taken = Symbol.objects.filter(value__iexact=options["symbol"]).exists()
        if taken or Library.objects.filter(slug=slug).exists():
            raise CommandError(
                f"There is a library with the symbol {options['symbol']} already.", returncode=2
            )

    def _library(self, slug: str, options: dict[str, Any]) -> Library:
        library = Library.objects.create(
            entity=LegalEntity.objects.create(
                name=options["name"], jurisdiction=options["country"].upper()[:2]
            ),
            name=options["name"],
            slug=slug[:40],
            is_tenant=True,
            timezone=options["time_zone"],
            email=options["email"],
        )
        Symbol.objects.create(library=library, value=options["symbol"])
        Branch.objects.create(library=library, code="main", name=options["name"], is_main=True)
        PatronCategory.objects.create(library=library, code="general", name="General")
        return library
