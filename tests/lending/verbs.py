"""What tests of lending do: a library asks, and a request in every place it can come to.

Northfield lends to Eastlake and Westport, its partners outside. Each verb takes the request and gives it back as it
is afterwards; `at` is NOON unless a test says otherwise.
"""

import itertools
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.directory.models import Library, Partnership, Reason
from lending.models import ItemPlace, LendingRequest
from lending.services import answers, items, loans, words
from lending.services.intake import NewLending, submit
from lending.services.items import Copy
from tests.world import NOON, World, article, book

_count = itertools.count(1)
SHELF = Copy(call_number="QL 568 .A6", barcode="N-1001", shelf="Stacks")


def desk(world: World, role: str = Role.LENDING) -> Actor:
    """Somebody of Northfield's lending desk."""
    return world.north.actor(role)


def as_borrower(world: World, borrower: Library | None = None) -> Actor:
    """The borrower itself: by message, by our web form, or by a link in a mail."""
    return Actor(ActorKind.PARTNER, id=(borrower or world.eastlake).pk, library_id=world.north.library.pk)


def new_loan(**values: Any) -> NewLending:
    """A book that nobody asked for before, so that no twin holds it back."""
    number = next(_count)
    citation = book(f"Voyage {number} to island {number * 7919}", author=f"Author{number}, A.")
    defaults: dict[str, Any] = {"material": "book", "wanted": "loan", "citation": citation}
    return NewLending(**defaults | values)


def new_copy(**values: Any) -> NewLending:
    """An article that nobody asked for before, with its copyright statement."""
    number = next(_count)
    citation = article(f"Flight {number} over island {number * 7919}", author=f"Author{number}, A.")
    defaults: dict[str, Any] = {"material": "article", "wanted": "copy", "citation": citation}
    defaults["copyright_statement"] = "CCG"
    return NewLending(**defaults | values)


def lend(
    world: World,
    new: NewLending | None = None,
    *,
    borrower: Library | None = None,
    actor: Actor | None = None,
    at: datetime = NOON,
    **values: Any,
) -> LendingRequest:
    """Eastlake (or `borrower`) asks Northfield. Without `actor` the desk types it in; `values` go to new_loan."""
    number = submit(
        library_id=world.north.library.pk,
        borrower_id=(borrower or world.eastlake).pk,
        new=new or new_loan(**values),
        actor=actor or desk(world),
        at=at,
    )
    return LendingRequest.objects.get(number=number)


def again(request: LendingRequest) -> LendingRequest:
    """The request as it is now, with nothing fetched beforehand."""
    return LendingRequest.objects.get(pk=request.pk)


def pulled(
    world: World,
    request: LendingRequest | None = None,
    *,
    copies: Sequence[Copy] = (SHELF,),
    at: datetime = NOON,
    **values: Any,
) -> LendingRequest:
    """To be fetched from the stacks."""
    request = request or lend(world, at=at, **values)
    items.pull(request_id=request.pk, copies=copies, actor=desk(world), at=at)
    return again(request)


def found(
    world: World, request: LendingRequest | None = None, *, at: datetime = NOON, **values: Any
) -> LendingRequest:
    """Everything is on the desk, to be packed or scanned."""
    request = pulled(world, request, at=at, **values)
    for item in request.items.filter(place=ItemPlace.TO_PULL):
        items.item_found(request_id=request.pk, item_id=item.pk, actor=desk(world), at=at)
    return again(request)


def shipped(
    world: World,
    request: LendingRequest | None = None,
    *,
    due: date | None = None,
    at: datetime = NOON,
    **values: Any,
) -> LendingRequest:
    """Out on loan."""
    request = found(world, request, at=at, **values)
    loans.ship(request_id=request.pk, due=due, actor=desk(world), at=at)
    return again(request)


def copied(world: World, *, at: datetime = NOON, **values: Any) -> LendingRequest:
    """A copy that went out on paper."""
    request = found(world, lend(world, new_copy(**values), at=at), at=at)
    loans.send_copy(request_id=request.pk, actor=desk(world), at=at)
    return again(request)


def coming_back(
    world: World, request: LendingRequest | None = None, *, at: datetime = NOON, **values: Any
) -> LendingRequest:
    """On its way home."""
    request = shipped(world, request, at=at, **values)
    loans.sent_back(request_id=request.pk, actor=as_borrower(world, request.borrower), at=at)
    return again(request)


def checked_in(
    world: World, request: LendingRequest | None = None, *, at: datetime = NOON, **values: Any
) -> LendingRequest:
    """A loan that is over."""
    request = shipped(world, request, at=at, **values)
    loans.check_in(request_id=request.pk, actor=desk(world), at=at)
    return again(request)


def refused(
    world: World, request: LendingRequest | None = None, *, at: datetime = NOON, **values: Any
) -> LendingRequest:
    """Answered no, with the first reason there is."""
    request = request or lend(world, at=at, **values)
    answers.refuse(request_id=request.pk, reason=a_reason("not_supplied"), actor=desk(world), at=at)
    return again(request)


def overdue(
    world: World, request: LendingRequest | None = None, *, at: datetime = NOON, **values: Any
) -> LendingRequest:
    """Out on loan, and the clock has said so."""
    request = shipped(world, request, at=at, **values)
    loans.mark_overdue(request_id=request.pk, at=at)
    return again(request)


def wrote(world: World, request: LendingRequest, *, at: datetime = NOON) -> LendingRequest:
    """The borrower wrote, which puts the request before staff."""
    words.borrower_message(
        request_id=request.pk, text="Any news?", actor=as_borrower(world, request.borrower), at=at
    )
    return again(request)


def a_reason(purpose: str) -> Reason:
    """A shared reason for a purpose (`not_supplied`, `retry`)."""
    known = Reason.objects.filter(purpose=purpose, library__isnull=True).first()
    return known or Reason.objects.create(
        purpose=purpose, code=f"test-{purpose}".replace("_", "-"), staff_text="In use", iso_code="InUse"
    )


def partnership(world: World, borrower: Library | None = None) -> Partnership:
    """What Northfield knows of a borrower."""
    return Partnership.objects.get(library=world.north.library, partner=borrower or world.eastlake)
