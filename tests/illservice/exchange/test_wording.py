"""A message in words: who said it, what, and with which date, condition, charge or reason."""

from typing import Any

import pytest
from django.utils import translation

from illservice.exchange.services.wording import LONGEST_NOTE, Spoken, in_words
from illservice.protocols.iso18626.messages import Action, MessageKind, Reason, RequestType, Status
from illservice.protocols.iso18626.notes import Word, with_word


def answer(**facts: Any) -> str:
    """What Eastlake said."""
    note = facts.pop("note", "")
    said = {"reason": "StatusChange", "status": ""} | facts
    return in_words(Spoken("Eastlake University", False, MessageKind.SUPPLYING, "", said, note=note))


def ours(action: str, note: str = "") -> str:
    """What we said as the borrower."""
    return in_words(Spoken("Eastlake University", True, MessageKind.REQUESTING, action, note=note))


def test_an_answer_names_the_partner_and_what_came_with_it() -> None:
    assert answer(status="Loaned", due="2026-05-01") == "Eastlake University: sent as a loan, due May 1, 2026"
    assert answer(
        status="WillSupply", conditions=["LibraryUseOnly", "OnMondays"], cost="15", currency="USD"
    ) == (
        "Eastlake University: promised to supply it, on condition: use in the library only; OnMondays, "
        "charge 15 USD"
    )
    assert answer(status="RetryPossible", reason_retry="OnLoan", retry_after="2026-06-02") == (
        "Eastlake University: answered that it may be asked for again, on loan, again after June 2, 2026"
    )
    assert answer(status="Unfilled", reason_unfilled="EatenByMoths").endswith("supplied, EatenByMoths")
    assert answer(status="CopyCompleted", link="https://x.example/1").endswith("copy, with a link to it")


def test_the_answer_wins_over_the_status() -> None:
    assert answer(reason="CancelResponse", answer=False, status="Cancelled").endswith(": did not cancel it")
    assert answer(reason="RenewResponse", answer=True, status="Overdue").endswith(": renewed it")
    assert answer(reason="StatusRequestResponse", status="Loaned").endswith(
        "how things stand: sent as a loan"
    )
    assert answer(reason="Notification", status="Loaned", note="Mind the map.#seq:3#") == (
        "Eastlake University: wrote a message – “Mind the map.”"
    )


def test_what_we_say_is_said_by_us_and_words_for_programs_are_read() -> None:
    assert ours("Renew") == "We asked for a renewal"
    assert ours("Notification", with_word(Word.AGREE)) == "We agreed to the conditions"
    assert ours("Notification", str(Word.LOST)) == "We reported it lost"
    long = ours("Notification", "x" * 1000)
    assert long.endswith("x…”")
    assert len(long) < LONGEST_NOTE + 60


def test_a_request_says_what_is_wanted() -> None:
    spoken = Spoken("Eastlake", False, MessageKind.REQUEST, "Retry", title="Bees", service="Loan")
    assert in_words(spoken) == "Eastlake: asked for it once more: Bees, as a loan"


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_every_word_of_the_standard_is_a_sentence_in_every_language(language: str) -> None:
    with translation.override(language):
        said = [ours(each) for each in Action] + [answer(status=each) for each in Status]
        said += [answer(reason=reason, answer=yes) for reason in Reason for yes in (True, False, None)]
        said += [in_words(Spoken("E", True, MessageKind.REQUEST, each)) for each in RequestType]
    words = {*Action, *Status, *Reason}
    assert not [line for line in said if line.split(": ")[-1] in words or line.endswith(": ")]
