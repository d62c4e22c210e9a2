"""What a partner's system needs to be told differently is told so to it alone."""

from decimal import Decimal

from illservice.directory.models import Library
from illservice.exchange.kinds import Quirk
from illservice.exchange.models import Connection, Exchanged
from illservice.protocols.iso18626.codec import read
from illservice.protocols.iso18626.messages import Request, SupplyingMessage
from lending.services import answers, loans, words
from tests.exchange.pair import Pair, failed_messages
from tests.exchange.test_both_sides import DUE

ADDRESS = "Interlibrary Loan\n1 Weir Street\nUpper Weir 12345"


def known_for(pair: Pair, *quirks: Quirk) -> None:
    """Both systems have these peculiarities, and both libraries an address."""
    Connection.objects.update(quirks=[str(each) for each in quirks])
    Library.objects.filter(pk__in=[pair.north.library.pk, pair.south.library.pk]).update(address=ADDRESS)


def notes() -> list[str]:
    """The notes of all that was sent, in order."""
    found = []
    for row in Exchanged.objects.filter(outward=True).order_by("id"):
        message = read(row.body.encode()).message
        if isinstance(message, Request):
            found.append(message.service.note if message.service else "")
        elif isinstance(message, SupplyingMessage):
            found.append(message.info.note)
    return found


def test_who_reads_only_the_note_finds_addresses_conditions_and_charges_there(pair: Pair) -> None:
    known_for(pair, Quirk.REPEAT_IN_NOTE)
    lent = pair.lent(pair.ask())
    loans.ship(
        request_id=lent.pk, due=DUE, conditions=["NoReproduction"], cost=Decimal(12), currency="USD",
        note="Handle with care.", actor=pair.lender, at=pair.at,
    )  # fmt: skip
    pair.post()
    asked, sent = notes()
    north, south = pair.north.library.name, pair.south.library.name
    assert asked == f"deliver to: {north}, Interlibrary Loan, 1 Weir Street, Upper Weir 12345"
    assert sent.splitlines() == [
        "Handle with care.",
        "loanCondition: NoReproduction",
        "cost: 12 USD",
        f"return to: {south}, Interlibrary Loan, 1 Weir Street, Upper Weir 12345",
    ]
    assert failed_messages() == []


def test_everybody_else_reads_them_in_their_elements(pair: Pair) -> None:
    known_for(pair)
    lent = pair.lent(pair.ask())
    loans.ship(request_id=lent.pk, due=DUE, actor=pair.lender, at=pair.at)
    pair.post()
    assert notes() == ["", ""]


def test_who_knows_no_expect_gets_will_and_who_wants_received_gets_it_on_notifications(pair: Pair) -> None:
    known_for(pair, Quirk.NO_EXPECT, Quirk.STATUS_RECEIVED)
    lent = pair.lent(pair.ask())
    answers.expect(request_id=lent.pk, actor=pair.lender, at=pair.at)
    pair.post()
    words.message_borrower(request_id=lent.pk, text="It takes a week.", actor=pair.lender, at=pair.at)
    pair.post()
    said = Exchanged.objects.filter(outward=True, kind="supplyingAgencyMessage").order_by("id")
    assert [row.word for row in said] == ["RequestResponse WillSupply", "Notification RequestReceived"]
