"""A small consortium for tests: libraries, people of every role, patrons, partners, requests.

Northfield is the library most tests work in; Southfield is a stranger in the same deployment; Eastlake and Westport
are lenders outside it. All dates hang on NOON, so that no test reads the clock.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.core.actors import Actor, ActorKind
from illservice.directory.models import (
    Branch,
    LegalEntity,
    Library,
    Partnership,
    Reason,
    ReasonPurpose,
    Symbol,
)
from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.services import Selector, Wording, change_policy, make_policy
from illservice.policies.terms import Side, default_terms
from patrons.models import Patron, PatronCategory
from requests_app.copyright.rules import us
from requests_app.models import BorrowingRequest
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest, submit

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday."""
US_WARNING = us.DECLARATION.version


def later(**delta: float) -> datetime:
    """A moment after NOON."""
    return NOON + timedelta(**delta)


@dataclass
class House:
    """One tenant with its people."""

    library: Library
    main: Branch
    branch: Branch
    category: PatronCategory
    people: dict[str, User] = field(default_factory=dict)
    patrons: dict[str, Patron] = field(default_factory=dict)

    def actor(self, role: str = Role.BORROWING, *, branches: frozenset[int] = frozenset()) -> Actor:
        """A staff member with one role."""
        return Actor(
            ActorKind.STAFF,
            id=self.people[role].pk,
            library_id=self.library.pk,
            roles=frozenset({role}),
            branches=branches,
        )

    def patron_actor(self, name: str = "ada") -> Actor:
        """A patron as actor."""
        return Actor(ActorKind.PATRON, id=self.patrons[name].user_id, library_id=self.library.pk)


@dataclass
class World:
    """All of it."""

    north: House
    south: House
    eastlake: Library
    westport: Library
    no_reason: Reason


def make_house(slug: str, name: str) -> House:
    """A tenant with a main desk, a branch, one person of each role and two patrons."""
    entity = LegalEntity.objects.create(name=f"{name} Trust")
    library = Library.objects.create(
        entity=entity,
        name=name,
        slug=slug,
        is_tenant=True,
        timezone="America/Chicago",
        email=f"ill@{slug}.example",
    )
    Symbol.objects.create(library=library, value=slug.upper())
    main = Branch.objects.create(library=library, code="main", name="Main Library", is_main=True)
    branch = Branch.objects.create(library=library, code="hill", name="Hill Branch")
    category = PatronCategory.objects.create(library=library, code="student", name="Student")
    house = House(library, main, branch, category)
    for role in Role.values:
        user = User.objects.create_user(
            f"{slug}-{role}", password="correct horse", display_name=f"{role} of {name}"
        )
        membership = Membership.objects.create(user=user, library=library, role=role)
        if role == Role.BRANCH:
            membership.branches.add(branch)
        house.people[role] = user
    for patron in ("ada", "ben"):
        house.patrons[patron] = make_patron(house, patron)
    return house


def make_patron(house: House, name: str, **values: Any) -> Patron:
    """A cleared patron with a sign-in."""
    slug = house.library.slug
    user = User.objects.create_user(f"{slug}-{name}", password="correct horse", display_name=name.title())
    defaults: dict[str, Any] = {
        "library": house.library,
        "user": user,
        "category": house.category,
        "home_branch": house.main,
        "barcode": f"{slug}-{name}-001",
        "name": f"{name.title()} {house.library.name}",
        "email": f"{name}@{slug}.example",
        "cleared_at": NOON,
        "expires_on": date(2030, 1, 1),
    }
    return Patron.objects.create(**defaults | values)


def make_world() -> World:
    """Two tenants and two lenders that the first one knows."""
    north, south = make_house("north", "Northfield Library"), make_house("south", "Southfield Library")
    eastlake = Library.objects.create(
        name="Eastlake University", slug="eastlake", email="ill@eastlake.example"
    )
    westport = Library.objects.create(name="Westport Public Library", slug="westport")
    Partnership.objects.create(library=north.library, partner=eastlake, email="lend@eastlake.example")
    Partnership.objects.create(library=north.library, partner=westport, email="lend@westport.example")
    reason = Reason.objects.create(
        purpose=ReasonPurpose.LENDER_NO,
        code="on-loan",
        staff_text="On loan",
        patron_text="All copies are on loan.",
        iso_code="NotAvailableForILL",
    )
    return World(north, south, eastlake, westport, reason)


def set_terms(
    house: House, side: str = Side.BORROWING, *, on: date = date(2026, 1, 1), name: str = "", **values: Any
) -> PolicyVersion:
    """A policy of the house from a day on, with these terms beside the defaults, or a newer version of the one for the
    same; `partner_id`, `agreement_id`, `category`, `material`, `kind` say for whom and for what."""
    about = ("partner_id", "agreement_id", "category", "material", "kind")
    selector = Selector(side, **{each: values.pop(each) for each in about if each in values})
    wording = Wording(name or selector.key(), on, replace(default_terms(side), **values))
    act: dict[str, Any] = {
        "library_id": house.library.pk,
        "actor": house.actor(Role.ADMINISTRATOR),
        "at": NOON,
    }
    known = Policy.objects.filter(library=house.library, selector=selector.key()).first()
    if known is None:
        return make_policy(selector=selector, wording=wording, **act)
    seen = known.versions.count()
    return change_policy(number=known.number, wording=wording, seen=seen, **act)


def book(title: str = "A Short History of Bees", **values: str) -> CitationData:
    """A book's citation."""
    return CitationData.from_mapping({"title": title, "author": "Hale, Miriam", "date": "1998"} | values)


def article(title: str = "On the Flight of Bees", **values: str) -> CitationData:
    """An article's citation."""
    return CitationData.from_mapping(
        {
            "article_title": title,
            "title": "Journal of Apiculture",
            "author": "Hale, Miriam",
            "volume": "12",
            "issue": "3",
            "date": "2019",
            "pages": "45-52",
        }
        | values
    )


def new_loan(**values: Any) -> NewRequest:
    """A loan as the form gives it."""
    defaults: dict[str, Any] = {"material": "book", "wanted": "loan", "citation": book()}
    return NewRequest(**defaults | values)


def new_copy(**values: Any) -> NewRequest:
    """A copy as the form gives it, with the warning of the United States accepted."""
    defaults: dict[str, Any] = {"material": "article", "wanted": "copy", "citation": article()}
    defaults["declared"] = Declared(US_WARNING)
    return NewRequest(**defaults | values)


def ask_for(
    house: House, new: NewRequest | None = None, *, patron: str = "ada", at: datetime = NOON
) -> BorrowingRequest:
    """A request that a patron sent in."""
    number = submit(
        patron_id=house.patrons[patron].pk, new=new or new_loan(), actor=house.patron_actor(patron), at=at
    )
    return BorrowingRequest.objects.get(number=number)
