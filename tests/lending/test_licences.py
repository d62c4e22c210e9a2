"""What a licence forbids, the lending desk reads before the copy leaves (17 USC 108(f)(4), standards S20)."""

from datetime import date
from typing import Any

import pytest

from illservice.citations.models import Journal, LicenceTerms, Subscription
from lending.models import LendingRequest
from tests.lending import verbs
from tests.lending.pages import clerk, door, shown
from tests.world import World, article

FORBIDDEN = "The licence does not allow copies for other libraries"
PAPER = "The licence allows a copy on paper or by fax only"
ANSWER = "?reason=licence"


def held(world: World, terms: str, **more: Any) -> Subscription:
    """A subscription to the journal that copies are asked from, under a licence."""
    journal = Journal.objects.filter(title="Journal of Apiculture").first() or Journal()
    journal.set_title("Journal of Apiculture")
    journal.save()
    journal.issns.get_or_create(value="0317-8471")
    library = world.north.library.pk
    licence = (
        LicenceTerms.objects.create(library=library, name=f"Licence {terms}", terms=terms) if terms else None
    )
    row = {"library": library, "journal": journal, "covers_key": terms, "licence": licence}
    return Subscription.objects.create(**row | more)


def a_copy(world: World, **values: Any) -> LendingRequest:
    citation = article(issn="0317-8471")
    return verbs.lend(world, verbs.new_copy(**{"citation": citation, "delivery": "link"} | values))


def page_of(world: World, request: LendingRequest) -> str:
    return shown(world.north, request)


@pytest.mark.parametrize(
    ("terms", "delivery", "words", "offers"),
    [
        ("prohibited", "link", FORBIDDEN, True),
        ("prohibited", "mail", FORBIDDEN, True),
        ("paper", "link", PAPER, True),
        ("contu_paper", "mail", PAPER, False),
        ("non_profit", "link", "non-profit libraries only", False),
        ("electronic", "link", "", False),
        ("silent", "link", "", False),
    ],
)
def test_the_licence_speaks_where_it_forbids(
    world: World, terms: str, delivery: str, words: str, offers: bool
) -> None:
    held(world, terms)
    page = page_of(world, a_copy(world, delivery=delivery))
    assert words in page
    assert ("The licence" in page) == bool(words)
    assert (ANSWER in page) == offers


def test_the_answer_is_the_reason_of_the_licence_over_the_wire_as_policy_problem(world: World) -> None:
    held(world, "prohibited")
    request = a_copy(world)
    reason = verbs.a_reason("not_supplied")
    reason.code, reason.iso_code = "licence", "PolicyProblem"
    reason.save()
    client = clerk(world.north)
    form = client.get(door(request, "refuse") + ANSWER).context["form"]
    assert form.initial["reason"] == "licence"


def test_print_without_a_licence_loans_and_what_is_over_are_free(world: World) -> None:
    held(world, "prohibited")
    loan = verbs.lend(world, verbs.new_loan())
    assert "The licence" not in page_of(world, loan)
    other = a_copy(world, citation=article(title="Other", issn="2049-3630"))
    assert "The licence" not in page_of(world, other)
    request = a_copy(world)
    assert FORBIDDEN in page_of(world, request)
    held(world, "")
    assert "The licence" not in page_of(world, request)


def test_only_what_is_in_force_counts(world: World) -> None:
    row = held(world, "prohibited", ends=date(2000, 1, 1))
    request = a_copy(world)
    assert "The licence" not in page_of(world, request)
    Subscription.objects.filter(pk=row.pk).update(ends=None)
    LicenceTerms.objects.update(ends=date(2000, 1, 1))
    assert "The licence" not in page_of(world, request)
    LicenceTerms.objects.update(ends=None)
    assert FORBIDDEN in page_of(world, request)
    Subscription.objects.update(library=world.south.library.pk)
    assert "The licence" not in page_of(world, request)
