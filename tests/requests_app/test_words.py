"""Notes, the conversation and marks: they move nothing, and never get lost."""

import pytest

from illservice.core.errors import InvalidInput, NotPermitted, Refused
from requests_app.services import closing, review, words
from tests.requests_app.standing import again, marks, refused, told
from tests.world import World, ask_for, later


@pytest.mark.parametrize("text", ["", " \n\t", "\0\x07", "x" * 5001])
def test_words_that_say_nothing_or_too_much_are_refused(world: World, text: str) -> None:
    request, desk, patron = ask_for(world.north), world.north.actor(), world.north.patron_actor()
    with refused(request, InvalidInput, field="text"):
        words.add_note(request_id=request.pk, text=text, actor=desk, at=later(hours=1))
    with refused(request, InvalidInput, field="text"):
        words.message_patron(request_id=request.pk, text=text, actor=desk, at=later(hours=1))
    with refused(request, InvalidInput, field="text"):
        words.patron_message(request_id=request.pk, text=text, actor=patron, at=later(hours=1))


def test_words_make_nobodys_page_stale_and_stay_out_of_the_history(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    words.add_note(request_id=request.pk, text="Ada called", actor=desk, at=later(hours=1))
    words.message_patron(request_id=request.pk, text="Dear Ada", actor=desk, at=later(hours=1))
    words.patron_message(
        request_id=request.pk, text="Thanks, Ada", actor=world.north.patron_actor(), at=later(hours=2)
    )
    fresh = again(request)
    assert (fresh.version, fresh.attention, marks(request)) == (request.version, True, {"patron_wrote"})
    assert told(request, "message") == 1
    history = str(list(request.events.values()))
    assert not any(word in history for word in ("Ada", "Dear", "Thanks", "called"))
    review.rush(request_id=request.pk, on=True, actor=desk, at=later(hours=3), version=request.version)


def test_an_answer_of_the_desk_settles_what_the_patron_wrote(world: World) -> None:
    request, desk = ask_for(world.north), world.north.actor()
    words.patron_message(
        request_id=request.pk, text="When?", actor=world.north.patron_actor(), at=later(hours=1)
    )
    words.message_patron(request_id=request.pk, text="Soon", actor=desk, at=later(hours=2))
    assert (marks(request), again(request).attention) == (set(), False)


def test_the_patrons_answer_lets_the_request_go_on_in_any_state_of_the_question(world: World) -> None:
    request, desk, patron = ask_for(world.north), world.north.actor(), world.north.patron_actor()
    review.ask_patron(request_id=request.pk, text="Which one?", actor=desk, at=later(hours=1))
    words.flag(request_id=request.pk, kind="no_reply", at=later(days=8))
    words.patron_message(request_id=request.pk, text="The first", actor=patron, at=later(days=9))
    assert (again(request).state, marks(request)) == ("ready", {"patron_wrote"})
    words.patron_message(request_id=request.pk, text="Or not", actor=patron, at=later(days=9))
    assert request.messages.filter(from_patron=True).count() == 2
    closing.cancel(request_id=request.pk, actor=desk, at=later(days=10))
    words.patron_message(request_id=request.pk, text="Oh", actor=patron, at=later(days=11))
    assert (again(request).state, marks(request)) == ("cancelled", {"patron_wrote"})
    words.clear_mark(request_id=request.pk, kind="patron_wrote", actor=desk, at=later(days=12))
    assert not again(request).attention


def test_who_may_not_write_writes_nothing(world: World) -> None:
    request = ask_for(world.north)
    with refused(request, NotPermitted):
        words.add_note(request_id=request.pk, text="x", actor=world.north.patron_actor(), at=later(hours=1))
    with refused(request, NotPermitted):
        words.message_patron(
            request_id=request.pk, text="x", actor=world.north.patron_actor(), at=later(hours=1)
        )
    with refused(request, NotPermitted):
        words.clear_mark(
            request_id=request.pk,
            kind="rush",
            actor=world.north.actor("copyright"),
            at=later(hours=1),
        )
    request.patron = None
    request.save(update_fields=["patron"])
    with refused(request, Refused, code="has_patron"):
        words.message_patron(request_id=request.pk, text="x", actor=world.north.actor(), at=later(hours=1))
