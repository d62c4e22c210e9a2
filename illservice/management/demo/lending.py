"""What other libraries ask of the demo library: requests in every place of the lending desk, and a neighbour's system
that talks ISO 18626 with ours inside this service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from illservice.accounts.roles import Role
from illservice.citations.data import CitationData
from illservice.core.actors import Actor, ActorKind
from illservice.directory.models import Library, Partnership, PartnerSystem, Reason
from illservice.exchange.kinds import Transport
from illservice.exchange.models import Connection
from illservice.management.demo.house import House
from lending.models import LendingRequest
from lending.services import answers, clocks, items, loans, words
from lending.services.intake import NewLending, submit


def connect_neighbour(house: House) -> None:
    """The library and its neighbour ask each other by message, without any network."""
    neighbour = Library.objects.get(slug="quarry")
    house.partners["quarry"] = neighbour
    for library, partner in ((house.library, neighbour), (neighbour, house.library)):
        partnership = Partnership.objects.create(
            library=library,
            partner=partner,
            system=PartnerSystem.ISO18626,
            email=partner.email,
            return_address=partner.address,
        )
        Connection.objects.create(partnership=partnership, transport=Transport.LOOPBACK)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: by whom, for what, how many days ago, and what was done with it, each after so many days."""

    borrower: str
    ago: float
    citation: dict[str, str]
    acts: tuple[tuple[float, str], ...] = ()
    material: str = "book"
    wanted: str = "loan"
    options: dict[str, Any] = field(default_factory=dict)


def _book(title: str, author: str, year: str) -> dict[str, str]:
    return {"title": title, "author": author, "date": year}


def _article(title: str, author: str, journal: str, pages: str) -> dict[str, str]:
    return {
        "article_title": title,
        "author": author,
        "title": journal,
        "volume": "14",
        "date": "1987",
        "pages": pages,
    }


_COPY: dict[str, Any] = {"material": "article", "wanted": "copy"}
_SENT = ((0.5, "pull"), (0.6, "found"), (1.0, "ship"))

ASKED: tuple[Asked, ...] = (
    Asked("merrow", 0.3, _book("Millraces of the valley", "Osterley, Piers", "1974")),
    Asked("westering", 0.2, _article("On tallow", "Fennimore, Clara", "Annals of Domestic Craft", "11-19"), **_COPY),
    Asked("fenwick", 1.2, _book("The ferryman's ledger", "Rook, Adelaide", "1961"), ((0.4, "conditional"),),
          options={"system": PartnerSystem.OCLC, "borrower_number": "218840117"}),
    Asked("merrow", 1.5, _book("A grammar of orchards", "Larkspur, Edith", "1990"), ((0.5, "pull"),)),
    Asked("nordhafen", 2, _book("Lantern law", "Amberley, Ruth", "1933"), ((0.5, "pull"), (0.9, "not_found"))),
    Asked("westering", 2, _book("Weights and measures", "Rook, Adelaide", "1955"), ((0.5, "pull"), (0.9, "found"))),
    Asked("merrow", 12, _book("Salt roads", "Osterley, Piers", "1968"), (*_SENT, (6, "arrived"))),
    Asked("fenwick", 30, _book("Ice houses", "Amberley, Ruth", "1971"), (*_SENT, (7, "arrived"), (28, "ask_renewal")),
          options={"system": PartnerSystem.OCLC, "borrower_number": "218839002"}),
    Asked("holloway", 70, _book("The county almanac", "Larkspur, Edith", "1949"), (*_SENT, (6, "arrived")),
          options={"system": PartnerSystem.PHONE}),
    Asked("westering", 40, _book("Bridges of wood", "Fennimore, Clara", "1982"),
          (*_SENT, (5, "arrived"), (38, "back"))),
    Asked("calder", 3, _article("Dew points", "Rook, Adelaide", "The Valley Naturalist", "201-214"),
          ((0.4, "copy"),), options={"copyright_statement": "US-CCG"}, **_COPY),
    Asked("merrow", 60, _book("Hedges", "Osterley, Piers", "1959"), (*_SENT, (5, "arrived"), (35, "back"), (40, "in"))),
    Asked("nordhafen", 20, _book("Der Mühlgraben", "Larkspur, Edith", "1921"), ((0.7, "refuse"),)),
    Asked("westering", 8, _book("Ropewalks", "Amberley, Ruth", "1977"), ((0.2, "cancel"),)),
    Asked("merrow", 95, _book("Quarry songs", "Fennimore, Clara", "1966"), (*_SENT, (5, "arrived"), (60, "lost"))),
)  # fmt: skip


class Lender:
    """Does what the lending desk and the borrowers did."""

    def __init__(self, house: House, *, now: datetime) -> None:
        self._house, self._now = house, now
        self._desk = house.staff(Role.LENDING)
        self._reason = Reason.objects.get(library=None, purpose="not_supplied", code="non-circulating")
        self._verbs: dict[str, Callable[[int, datetime], None]] = {
            "pull": self._pull,
            "found": lambda key, at: items.item_found(**self._one(key, at), item_id=self._item(key)),
            "not_found": lambda key, at: items.item_not_found(**self._one(key, at), item_id=self._item(key)),
            "ship": lambda key, at: loans.ship(**self._one(key, at)),
            "copy": lambda key, at: loans.send_copy(**self._one(key, at)),
            "arrived": lambda key, at: loans.arrived(**self._theirs(key, at)),
            "ask_renewal": lambda key, at: loans.ask_renewal(**self._theirs(key, at)),
            "back": lambda key, at: loans.sent_back(**self._theirs(key, at)),
            "in": lambda key, at: loans.check_in(**self._one(key, at)),
            "lost": lambda key, at: loans.lost(**self._one(key, at), cost=Decimal(45)),
            "refuse": lambda key, at: answers.refuse(**self._one(key, at), reason=self._reason),
            "cancel": self._cancel,
            "conditional": self._conditional,
        }

    def play(self) -> None:
        """Everything that happened, in order of time, with the clock running between."""
        scenes = sorted(
            (self._at(asked.ago, after), number, act)
            for number, asked in enumerate(ASKED)
            for after, act in ((0.0, ""), *asked.acts)
        )
        keys: dict[int, int] = {}
        for at, number, act in scenes:
            clocks.run_due_timers(at)
            if act:
                self._verbs[act](keys[number], at)
            else:
                keys[number] = self._submit(ASKED[number], at)
        clocks.run_due_timers(self._now)
        words.add_note(
            request_id=keys[3], text="Second copy in the reading room.", actor=self._desk, at=self._now
        )

    def _at(self, ago: float, after: float) -> datetime:
        return min(self._now - timedelta(minutes=1), self._now - timedelta(days=ago) + timedelta(days=after))

    def _submit(self, asked: Asked, at: datetime) -> int:
        options = {"system": PartnerSystem.MAIL} | asked.options
        number = submit(
            library_id=self._house.library.pk,
            borrower_id=self._house.partners[asked.borrower].pk,
            new=NewLending(
                material=asked.material,
                wanted=asked.wanted,
                citation=CitationData.from_mapping(asked.citation),
                **options,
            ),
            actor=self._desk,
            at=at,
        )
        return LendingRequest.objects.values_list("pk", flat=True).get(number=number)

    def _one(self, key: int, at: datetime) -> dict[str, Any]:
        return {"request_id": key, "actor": self._desk, "at": at}

    def _theirs(self, key: int, at: datetime) -> dict[str, Any]:
        borrower = LendingRequest.objects.values_list("borrower_id", flat=True).get(pk=key)
        actor = Actor(ActorKind.PARTNER, id=borrower, library_id=self._house.library.pk)
        return {"request_id": key, "actor": actor, "at": at}

    def _item(self, key: int) -> int:
        return LendingRequest.objects.get(pk=key).items.values_list("pk", flat=True)[0]

    def _pull(self, key: int, at: datetime) -> None:
        branch = self._house.branches["main" if key % 2 else "north"]
        copy = items.Copy(
            call_number=f"{600 + key * 7 % 99}.{key}", barcode=f"5{key:013d}", location_id=branch.pk
        )
        items.pull(**self._one(key, at), copies=[copy])

    def _cancel(self, key: int, at: datetime) -> None:
        answers.cancel_asked(**self._theirs(key, at))

    def _conditional(self, key: int, at: datetime) -> None:
        terms = answers.Terms(["LibraryUseOnly"], Decimal(8), "USD")
        answers.conditional(**self._one(key, at), terms=terms)
