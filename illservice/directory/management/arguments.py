"""What commands of every app are given: the symbol of a library."""

from django.core.management.base import CommandError

from illservice.core.errors import NotFound
from illservice.directory.models import Library
from illservice.directory.selectors import library_by_symbol


def library_named(symbol: str) -> Library:
    """The library of this deployment with this symbol. CommandError with exit status 2 when there is none."""
    try:
        return library_by_symbol(symbol)
    except NotFound as error:
        raise CommandError(f"No library here has the symbol {symbol}.", returncode=2) from error
