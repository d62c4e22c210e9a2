"""What a copy request says of copyright to the library that is asked: by mail and by message (CONTU guideline 3)."""

from decimal import Decimal

import pytest

from illservice.exchange.kinds import Manners
from illservice.notices.kinds import kind_of
from illservice.notices.kinds.sandbox import render_text
from illservice.notices.kinds.shipped import shipped_texts
from illservice.protocols.iso18626.messages import Request
from requests_app.messages.building import build
from requests_app.models import BorrowingRequest
from requests_app.selectors.declarations import declaration_of
from requests_app.services import review
from requests_app.services.copyright.clearing import Fee, clear_copyright, pay_royalty
from requests_app.services.declaring import Declared
from tests.requests_app.copyright.desk import again, ask, clerk, day, recent, record, sent
from tests.world import World, ask_for, new_copy

pytestmark = pytest.mark.django_db
ON = "2026-03-02"
NOTE = "Request complies with section 50 of the Copyright Act"


def asked_in(world: World, country: str) -> BorrowingRequest:
    """A copy that is asked for under the law of a country, signed where it wants that."""
    library = world.north.library
    assert library.entity is not None
    library.entity.jurisdiction = country
    library.entity.save()
    declared = Declared(declaration_of(library).version, signature="Ada Lund")
    return ask_for(world.north, new_copy(citation=recent(), declared=declared), at=day(ON))


def mailed(request: BorrowingRequest, language: str = "en") -> str:
    """The letter to the lender as it leaves."""
    kind = kind_of("lender_request")
    letter = kind.preview(request.library_id, request.number, day(ON))
    assert letter is not None
    return render_text(
        shipped_texts(kind.code, language).body_text, frozenset(letter.context), letter.context
    )


def on_the_wire(request: BorrowingRequest) -> tuple[str, str]:
    """Statement and note of the message to the lender."""
    lender_try = request.tries.get()
    payload = {"request": request.pk, "try": lender_try.pk, "word": "request", "at": day(ON).isoformat()}
    message = build(payload, day(ON), Manners()).message
    assert isinstance(message, Request)
    assert message.service is not None
    return message.service.copyright_compliance, message.service.note


def test_the_letter_to_a_lender_carries_the_statement(world: World) -> None:
    assert "Copyright: conforms to the copyright guidelines (CCG)" in mailed(sent(world, ask(world), ON))
    old = sent(world, ask(world, citation=recent(date="2015")), ON)
    assert "Copyright: conforms to copyright law (CCL)" in mailed(old)
    assert on_the_wire(old) == ("US-CCL", "")
    for language, word in (("de", "Urheberrecht: "), ("es", "Derechos de autor: ")):
        assert word in mailed(old, language)


def test_a_loan_states_nothing(world: World) -> None:
    request = ask(world)
    review.edit(request_id=request.pk, values={"kind": "loan"}, actor=world.north.actor(), at=day(ON))
    loan = sent(world, again(request), ON)
    assert "Copyright" not in mailed(loan)
    assert on_the_wire(loan) == ("", "")


@pytest.mark.parametrize(("free", "stated"), [(False, "AU-CopyrightActS50-1"), (True, "Other")])
def test_australias_law_wants_its_sentence_on_the_request(world: World, free: bool, stated: str) -> None:
    request = asked_in(world, "AU")
    assert record(request).rule == "A2"
    if free:
        review.open_hold(request_id=request.pk, kind="copyright", actor=clerk(world), at=day(ON))
        clear_copyright(request_id=request.pk, ground="free", actor=clerk(world), at=day(ON))
    sent(world, request, ON)
    assert on_the_wire(request) == (stated, "" if free else NOTE)
    assert (NOTE in mailed(request)) is not free


@pytest.mark.parametrize(
    ("country", "ground", "stated"),
    [
        ("GB", "within", "UK-FairDealing"),
        ("GB", "paid", "UK-CopyRFeePaid"),
        ("AU", "within", "AU-CopyrightActS50-1"),
        ("AU", "not_sold", "AU-CopyrightActS50-7A"),
        ("AU", "paid", "AU-CopyrightCleared"),
        ("NZ", "within", "Other"),
        ("CA", "within", "Other"),
        ("DE", "paid", "Other"),
        ("US", "paid", "US-CCG"),
    ],
)
def test_what_staff_found_has_the_code_of_its_law(
    world: World, country: str, ground: str, stated: str
) -> None:
    request, desk = asked_in(world, country), clerk(world)
    review.open_hold(request_id=request.pk, kind="copyright", actor=desk, at=day(ON))
    if ground == "paid":
        fee = Fee(fee=Decimal(20), pages=8)
        pay_royalty(request_id=request.pk, fee=fee, actor=desk, at=day(ON))
    else:
        clear_copyright(request_id=request.pk, ground=ground, reason="Looked", actor=desk, at=day(ON))
    assert record(request).statement == stated
