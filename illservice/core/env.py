"""Reads the service's settings from environment variables, each with its type.

A wrong value never becomes a default: every reader notes a `Problem` (an id, the variable's name, what is wrong
and a hint), and `Environment.stop_on_problems` raises them all at once. A variable `NAME` may also be given as
`NAME_FILE`, a file that holds the value (Docker and Kubernetes secrets).
"""

import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "ILL_"
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]")
MAIL_ADDRESS = re.compile(r"(?:[^<>@\s][^<>@]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)")


@dataclass(frozen=True)
class Problem:
    """One wrong setting: a stable id, the variable's name, what is wrong and how to mend it."""

    id: str
    name: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id}: {self.name} {self.message}\n    HINT: {self.hint}"


class SettingsProblem(ImproperlyConfigured):
    """The environment holds wrong values; the service does not start."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("The settings are wrong:\n" + "\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class Environment:
    """Typed look-ups in a mapping of environment variables. An empty variable counts as not given."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.names: dict[str, None] = {}
        self.problems: list[Problem] = []

    def wrong(self, id_: str, name: str, message: str, hint: str) -> None:
        """Notes a problem; the start goes on until all are known."""
        self.problems.append(Problem(id_, name, message, hint))

    def stop_on_problems(self) -> None:
        """Raises SettingsProblem when any reader noted a problem."""
        if self.problems:
            raise SettingsProblem(self.problems)

    def unknown_names(self) -> list[tuple[str, str]]:
        """Variables that begin like ours but that nobody read, each with the nearest known name or ''."""
        known = set(self.names) | {f"{name}_FILE" for name in self.names}
        strangers = sorted(name for name in self._variables if name.startswith(PREFIX) and name not in known)
        return [(name, next(iter(difflib.get_close_matches(name, known, 1)), "")) for name in strangers]

    def text(self, name: str, default: str = "") -> str:
        """The value as it stands, or the content of the file that NAME_FILE names."""
        self.names[name] = None
        value = self._variables.get(name, "").strip()
        file_name = self._variables.get(f"{name}_FILE", "").strip()
        if value and file_name:
            self.wrong("ill.E008", name, f"and {name}_FILE are both given.", "Keep one of the two.")
        elif file_name:
            value = self._from_file(name, file_name)
        return value or default

    def _from_file(self, name: str, file_name: str) -> str:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.wrong(
                "ill.E008",
                f"{name}_FILE",
                "names a file that cannot be read as text.",
                "Name a readable file that holds nothing but the value.",
            )
            return ""

    def secret(self, name: str, *, shortest: int) -> str:
        """A secret of at least `shortest` characters; the value itself is never repeated in a problem."""
        value = self.text(name)
        if value and (len(value) < shortest or len(set(value)) < 5):
            self.wrong(
                "ill.E001",
                name,
                f"must be at least {shortest} characters of random text.",
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
            )
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no, in the words of TRUE_WORDS and FALSE_WORDS."""
        word = self.text(name).lower()
        if word and word not in TRUE_WORDS | FALSE_WORDS:
            self.wrong("ill.E002", name, "must be yes or no.", "Write 1, true, yes, on or 0, false, no, off.")
            return default
        return word in TRUE_WORDS if word else default

    def url(self, name: str, schemes: Collection[str], default: str = "", *, example: str) -> str:
        """An address with one of the schemes; it may hold a password and is never repeated in a problem."""
        value = self.text(name, default)
        if value and not _is_url(value, schemes):
            self.wrong(
                "ill.E003", name, "is not an address that this setting takes.", f"Write it like {example}"
            )
            return default
        return value

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from least to most."""
        value = self.text(name, str(default))
        number = int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else None
        if number is None or not least <= number <= most:
            self.wrong(
                "ill.E004", name, f"must be a whole number from {least} to {most}.", f"Usual: {default}"
            )
            return default
        return number

    def words(self, name: str, default: Collection[str] = ()) -> list[str]:
        """A list, parted by commas."""
        return [word.strip() for word in self.text(name, ",".join(default)).split(",") if word.strip()]

    def hosts(self, name: str, default: Collection[str]) -> list[str]:
        """Host names as Django's ALLOWED_HOSTS takes them."""
        hosts = self.words(name, default)
        for host in hosts:
            if not HOST_NAME.fullmatch(host):
                self.wrong(
                    "ill.E005",
                    name,
                    f"holds {host!r}, which is no host name.",
                    "Write names without scheme, port or path, parted by commas: ill.example.org,10.0.0.5",
                )
        return hosts

    def time_zone(self, name: str, default: str) -> str:
        """A name of the IANA time zone database."""
        value = self.text(name, default)
        if value not in zoneinfo.available_timezones():
            self.wrong(
                "ill.E006", name, f"is {value!r}, no time zone.", "Write one like Europe/Berlin or UTC."
            )
            return default
        return value

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """One of the given words."""
        value = self.text(name, default)
        if value not in choices:
            self.wrong("ill.E007", name, f"is {value!r}.", f"Write one of: {', '.join(sorted(choices))}.")
            return default
        return value

    def networks(self, name: str) -> tuple[Network, ...]:
        """IP addresses and networks (10.0.0.0/8), parted by commas."""
        found: list[Network] = []
        for word in self.words(name):
            try:
                found.append(ipaddress.ip_network(word))
            except ValueError:
                self.wrong(
                    "ill.E009",
                    name,
                    f"holds {word!r}, which is no IP address or network.",
                    "Write addresses or networks parted by commas: 10.1.2.3,10.1.0.0/16",
                )
        return tuple(found)

    def mail_address(self, name: str, default: str) -> str:
        """A sender: an address, or a name with the address in angle brackets."""
        value = self.text(name, default)
        if not MAIL_ADDRESS.fullmatch(value):
            self.wrong(
                "ill.E010", name, "is not a mail address.", "Write: Interlibrary loan <ill@example.org>"
            )
            return default
        return value

    def header(self, name: str) -> str:
        """The name of an HTTP header, or '' for none."""
        value = self.text(name)
        if value and not HEADER_NAME.fullmatch(value):
            self.wrong(
                "ill.E011", name, "is not the name of an HTTP header.", "Write one like X-Remote-User."
            )
            return ""
        return value

    def folder(self, name: str, default: Path) -> Path:
        """An absolute path of a folder; it need not exist yet, but no file may be in its place."""
        path = Path(self.text(name, str(default))).expanduser().absolute()
        if path.exists() and not path.is_dir():
            self.wrong(
                "ill.E012", name, "names something that is not a folder.", "Name a folder or a free name."
            )
        return path


def _is_url(value: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(value)
        whole = "://" in value and bool(parts.netloc or parts.path)
        return whole and parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
