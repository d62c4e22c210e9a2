"""A copy that another library asks for needs its copyright statement (CONTU guideline 3)."""

from typing import Any

import pytest

from lending.models import LendingDesk, LendingRequest
from lending.services.editing import Correction, edit
from lending.workflow.states import HoldKind, MarkKind
from tests.lending.verbs import again, desk, lend, new_copy, new_loan
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def correct(world: World, request: LendingRequest, **values: Any) -> LendingRequest:
    edit(request_id=request.pk, correction=Correction(**values), actor=desk(world), at=NOON)
    return again(request)


def is_marked(request: LendingRequest) -> bool:
    return request.marks.filter(kind=MarkKind.NO_STATEMENT, cleared_at__isnull=True).exists()


def is_asked(request: LendingRequest) -> bool:
    return request.holds.filter(kind=HoldKind.STATEMENT, cleared_at__isnull=True).exists()


@pytest.mark.parametrize(("country", "asked"), [("US", True), ("DE", False)])
def test_a_library_that_settled_nothing_asks_back_where_its_law_wants_a_statement(
    world: World, country: str, asked: bool
) -> None:
    assert world.north.library.entity is not None
    world.north.library.entity.jurisdiction = country
    world.north.library.entity.save()
    request = lend(world, new_copy(copyright_statement=""))
    assert (is_asked(request), is_marked(request)) == (asked, not asked)
    assert not is_asked(lend(world, new_copy()))
    LendingDesk.objects.create(library=world.north.library, statement_rule="warn")
    world.north.library.refresh_from_db()
    settled = lend(world, new_copy(copyright_statement=""))
    assert (is_asked(settled), is_marked(settled)) == (False, True)


@pytest.mark.parametrize("values", [{"copyright_statement": "US-CCL"}, {"kind": "loan"}])
def test_what_was_asked_for_is_settled_when_staff_enter_it_or_lend_instead(
    world: World, values: dict[str, Any]
) -> None:
    request = lend(world, new_copy(copyright_statement=""))
    assert is_asked(request)
    assert not is_asked(correct(world, request, **values))


def test_a_loan_that_is_handled_as_a_copy_needs_one_too(world: World) -> None:
    request = lend(world, new_loan())
    assert is_marked(correct(world, request, kind="copy"))
    assert not is_marked(correct(world, request, kind="loan"))
    assert is_marked(correct(world, request, kind="copy"))
    assert not is_marked(correct(world, request, copyright_statement="US-CCG"))
