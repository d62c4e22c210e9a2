"""Libraries, partners and people of the demo."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.directory.models import (
    Branch,
    ClosedDay,
    LegalEntity,
    Library,
    Partnership,
    PartnerSystem,
    Symbol,
    SymbolScheme,
)
from patrons.models import ContactChannel, Patron, PatronCategory

SYMBOL = "DEMO"
ZONE = "America/New_York"

STAFF: tuple[tuple[str, str], ...] = (
    (Role.STUDENT, "Robin Castell"),
    (Role.BRANCH, "Dana Whitlow"),
    (Role.BORROWING, "Alex Merriweather"),
    (Role.LENDING, "Kim Ostrander"),
    (Role.COPYRIGHT, "Jo Fairbank"),
    (Role.HEAD, "Morgan Hale"),
    (Role.ADMINISTRATOR, "Chris Vandermeer"),
)
BRANCHES: tuple[tuple[str, str, str, str], ...] = (
    ("main", "Main Library", "12 Millrace Street", "Mon–Fri 9–20, Sat 10–16"),
    ("north", "North Branch", "301 Orchard Road", "Mon–Fri 12–19, Sat 10–14"),
    ("river", "Riverside Branch", "8 Ferry Lane", "Tue–Sat 11–18"),
)
CATEGORIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("adult", "Adult", {}),
    ("student", "Student", {}),
    ("teacher", "Teacher", {}),
    (
        "visitor",
        "Visitor",
        {"may_loan": False, "refusal_text": "Visitors can ask for copies only."},
    ),
)
PARTNERS: tuple[tuple[str, str, str, str], ...] = (
    ("merrow", "Merrow State University Library", PartnerSystem.MAIL, "lending@merrow.example.org"),
    ("westering", "Westering City Library", PartnerSystem.MAIL, "ill@westering.example.org"),
    ("nordhafen", "Stadtbibliothek Nordhafen", PartnerSystem.MAIL, "fernleihe@nordhafen.example.org"),
    ("fenwick", "Fenwick University Libraries", PartnerSystem.OCLC, "lending@fenwick.example.org"),
    ("calder", "Calder Institute of Technology", PartnerSystem.RAPIDILL, "docs@calder.example.org"),
    ("staubyn", "St. Aubyn Medical Library", PartnerSystem.DOCLINE, "library@staubyn.example.org"),
    ("holloway", "Holloway County Libraries", PartnerSystem.PHONE, ""),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One patron of the demo. `sign_in` empty: no account."""

    key: str
    name: str
    category: str = "adult"
    sign_in: str = ""
    language: str = "en"
    branch: str = "main"
    values: dict[str, Any] = field(default_factory=dict)


READERS: tuple[Reader, ...] = (
    Reader("nora", "Nora Whitfield", sign_in="patron"),
    Reader("jonas", "Jonas Brandt", sign_in="patron-de", language="de", branch="north"),
    Reader("lucia", "Lucía Herrera", "student", sign_in="patron-es", language="es", branch="river"),
    Reader("priya", "Priya Raman", "teacher", sign_in="teacher"),
    Reader("theo", "Theo Lindqvist", "student", sign_in="newcomer", values={"cleared_at": None}),
    Reader("grace", "Grace Amory", values={"expires_on": -20}),
    Reader("silas", "Silas Thorne", values={"is_blocked": True, "block_reason": "Two loans never returned"}),
    Reader("ingrid", "Ingrid Vale", "visitor"),
    Reader("walter", "Walter Oakes", branch="north", values={"contact": ContactChannel.PHONE, "email": ""}),
    Reader("mabel", "Mabel Quinn", values={"contact": ContactChannel.LETTER}),
    Reader("edwin", "Edwin Pell", branch="river", values={"email": ""}),
    Reader("hannah", "Hannah Brook", "student"),
)
_CLOSED: tuple[tuple[int, int, str], ...] = (
    (1, 1, "New Year’s Day"),
    (7, 4, "Independence Day"),
    (12, 24, "Christmas Eve"),
    (12, 25, "Christmas Day"),
    (12, 31, "New Year’s Eve"),
)


@dataclass(slots=True)
class House:
    """The demo library with everything that stories name by a short key."""

    library: Library
    branches: dict[str, Branch] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    partners: dict[str, Library] = field(default_factory=dict)
    readers: dict[str, Patron] = field(default_factory=dict)

    def staff(self, role: str) -> Actor:
        """A staff member with one role; the branch worker works in one branch."""
        return Actor(
            ActorKind.STAFF,
            id=self.people[role].pk,
            library_id=self.library.pk,
            roles=frozenset({role}),
            branches=frozenset({self.branches["north"].pk}) if role == Role.BRANCH else frozenset(),
        )

    def reader(self, key: str) -> Actor:
        """A patron as the one who acts."""
        return Actor(ActorKind.PATRON, id=self.readers[key].user_id, library_id=self.library.pk)


def build(*, at: datetime, password: str) -> House:
    """The demo library and its neighbour, with all their people."""
    house = House(_tenant("Maple Hollow Public Library", "demo", SYMBOL))
    _branches(house, at.date())
    _people(house, make_password(password))
    _partners(house)
    _readers(house, at=at, password=make_password(password))
    _neighbour(house, make_password(password))
    return house


def _tenant(name: str, slug: str, symbol: str) -> Library:
    library = Library.objects.create(
        entity=LegalEntity.objects.create(name=f"Trustees of the {name}"),
        name=name,
        slug=slug,
        is_tenant=True,
        timezone=ZONE,
        email=f"ill@{slug}.example.org",
        phone="+1 555 0100",
        address=f"{name}\nInterlibrary Loan\n12 Millrace Street\nMaple Hollow",
        closed_weekdays="7",
    )
    Symbol.objects.create(library=library, scheme=SymbolScheme.LOCAL, value=symbol)
    return library


def _branches(house: House, today: date) -> None:
    for code, name, address, hours in BRANCHES:
        house.branches[code] = Branch.objects.create(
            library=house.library,
            code=code,
            name=name,
            address=address,
            opening_hours=hours,
            is_main=code == "main",
        )
    ClosedDay.objects.bulk_create(
        ClosedDay(library=house.library, date=date(year, month, day), name=name)
        for year in (today.year - 1, today.year, today.year + 1)
        for month, day, name in _CLOSED
    )


def _person(username: str, name: str, password: str, language: str = "en") -> User:
    """The hash is made once: it is slow on purpose, and everybody has the same password."""
    return User.objects.create(
        username=username,
        display_name=name,
        password=password,
        language=language,
        email=f"{username}@demo.example.org",
    )


def _people(house: House, password: str) -> None:
    for role, name in STAFF:
        user = _person(role, name, password)
        membership = Membership.objects.create(user=user, library=house.library, role=role)
        if role == Role.BRANCH:
            membership.branches.add(house.branches["north"])
        house.people[role] = user


def _partners(house: House) -> None:
    for code, name, system, email in PARTNERS:
        partner = Library.objects.create(name=name, slug=code, email=email)
        Symbol.objects.create(library=partner, scheme=SymbolScheme.OCLC, value=code.upper())
        Partnership.objects.create(
            library=house.library,
            partner=partner,
            system=system,
            email=email,
            phone="+1 555 0177" if system == PartnerSystem.PHONE else "",
            return_address=f"{name}\nInterlibrary Loan Returns\n1 College Walk",
            cost_note="" if code != "nordhafen" else "8.00 USD for each loan",
        )
        house.partners[code] = partner


def _readers(house: House, *, at: datetime, password: str) -> None:
    categories = {
        code: PatronCategory.objects.create(library=house.library, code=code, name=name, **values)
        for code, name, values in CATEGORIES
    }
    for number, reader in enumerate(READERS, start=1):
        user = _person(reader.sign_in, reader.name, password, reader.language) if reader.sign_in else None
        values: dict[str, Any] = {
            "barcode": f"2150000{number:04d}",
            "email": f"{reader.key}@readers.example.org",
            "phone": f"+1 555 01{number:02d}",
            "address": f"{number} Lantern Row\nMaple Hollow",
            "language": reader.language,
            "cleared_at": at - timedelta(days=400),
            "expires_on": 300,
        } | reader.values
        values["expires_on"] = at.date() + timedelta(days=values["expires_on"])
        house.readers[reader.key] = Patron.objects.create(
            library=house.library,
            user=user,
            category=categories[reader.category],
            home_branch=house.branches[reader.branch],
            name=reader.name,
            **values,
        )


def _neighbour(house: House, password: str) -> None:
    """A second library in the same deployment, with one person who works in both."""
    library = _tenant("Quarry Point College Library", "quarry", "QUARRY")
    Branch.objects.create(library=library, code="main", name="College Library", is_main=True)
    PatronCategory.objects.create(library=library, code="student", name="Student")
    user = _person("quarry", "Sasha Underhill", password)
    for role in (Role.BORROWING, Role.ADMINISTRATOR):
        Membership.objects.create(user=user, library=library, role=role)
    Membership.objects.create(user=house.people[Role.HEAD], library=library, role=Role.HEAD)


def usernames() -> list[str]:
    """The names of all demo sign-ins."""
    return [*(str(role) for role, _name in STAFF), *(r.sign_in for r in READERS if r.sign_in), "quarry"]


def sign_ins(password: str) -> str:
    """Who can sign in, and as what; without a password where nobody knows it any more."""
    rows = [(str(role), str(Role(role).label)) for role, _name in STAFF]
    rows += [(reader.sign_in, f"patron: {reader.name}") for reader in READERS if reader.sign_in]
    rows.append(("quarry", "borrowing desk and administrator of the second library"))
    lines = "\n".join(f"  {name:<15} {what}" for name, what in rows)
    known = f"all with the password {password}" if password else "with the password they were made with"
    return f"Demo sign-ins, {known}:\n{lines}"
