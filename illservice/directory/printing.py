"""Addresses as they stand on paper."""

from illservice.directory.models import Library


def address_lines(name: str, address: str) -> tuple[str, ...]:
    """The name, then the lines of a postal address; the name once, also where the address begins with it."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    if lines and lines[0].casefold() == name.strip().casefold():
        lines = lines[1:]
    return (name.strip(), *lines)


def library_lines(library: Library) -> tuple[str, ...]:
    """A library with its own postal address."""
    return address_lines(library.name, library.address)
