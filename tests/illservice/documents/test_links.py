"""Links: their tokens, their limits, their ends."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from illservice.core.errors import InvalidInput, NotFound, Refused
from illservice.documents import selectors, services
from illservice.documents.kinds import Audience, Gone, Stage
from illservice.documents.models import DocumentLink
from tests.illservice.documents.conftest import SUBJECT, Shelf
from tests.world import NOON, later


def test_a_token_has_256_bits_and_is_not_in_the_database(shelf: Shelf) -> None:
    link = shelf.link(Audience.BORROWER)
    token = services.token_of(link)
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    kept = str(DocumentLink.objects.values())
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() == link.digest
    assert selectors.borrower_link(token) == link


def test_a_token_is_the_same_whenever_it_is_asked_for_and_never_that_of_another_link(shelf: Shelf) -> None:
    document = shelf.release(shelf.attach())
    links = [shelf.another_link(document, Audience.BORROWER) for _each in range(50)]
    again = [DocumentLink.objects.get(pk=link.pk) for link in links]
    tokens = [services.token_of(link) for link in links]
    assert tokens == [services.token_of(link) for link in again]
    assert len(set(tokens)) == 50


def test_the_database_alone_opens_nothing(shelf: Shelf, settings: object) -> None:
    """Somebody has every row, but another secret key: what can be computed from the rows finds no link."""
    link = shelf.link(Audience.BORROWER)
    token = services.token_of(link)
    settings.SECRET_KEY = "another key that is long enough to be one"  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refusal:
        services.token_of(link)
    assert refusal.value.code == "no_token"
    for guess in (link.seed, link.digest, link.document.key, "", token[:-1], token + "A", "\ud800"):
        assert guess is not None
        with pytest.raises(NotFound):
            selectors.borrower_link(guess)
    assert selectors.borrower_link(token) == link


def test_a_link_ends_when_the_settings_say_unless_it_says_itself(shelf: Shelf, settings: object) -> None:
    settings.ILL_LINK_DAYS, settings.ILL_LINK_VIEWS = 7, 3  # type: ignore[attr-defined]
    link = shelf.link(Audience.BORROWER)
    assert (link.expires_at, link.views_allowed) == (later(days=7), 3)
    own = shelf.another_link(link.document, Audience.BORROWER, days=1, views=0)
    assert (own.expires_at, own.views_left) == (later(days=1), None)


def test_impossible_limits_make_no_link(shelf: Shelf) -> None:
    document = shelf.release(shelf.attach())
    for limits in ({"days": 0}, {"days": 366}, {"views": -1}, {"views": 1001}):
        with pytest.raises(InvalidInput) as refusal:
            shelf.another_link(document, Audience.PATRON, **limits)
        assert set(refusal.value.fields) == set(limits)
    assert not DocumentLink.objects.exists()


def test_there_is_no_link_before_the_release_nor_after_the_withdrawal(shelf: Shelf) -> None:
    document, actor = shelf.attach(), shelf.world.north.actor()
    with pytest.raises(Refused):
        shelf.another_link(document, Audience.PATRON)
    shelf.release(document)
    services.withdraw(document_id=document.pk, actor=actor, at=NOON)
    with pytest.raises(Refused):
        shelf.another_link(document, Audience.PATRON)
    assert not DocumentLink.objects.exists()


def test_a_stranger_makes_and_ends_no_link(shelf: Shelf) -> None:
    link, stranger = shelf.link(), shelf.world.south.actor()
    with pytest.raises(NotFound):
        services.make_link(document_id=link.document_id, audience=Audience.PATRON, actor=stranger, at=NOON)
    with pytest.raises(NotFound):
        services.end_link(link_id=link.pk, actor=stranger, at=NOON)
    assert list(DocumentLink.objects.all()) == [link]
    assert DocumentLink.objects.get().ended_at is None


def test_withdrawing_ends_every_link(shelf: Shelf) -> None:
    link, actor = shelf.link(), shelf.world.north.actor()
    other = shelf.another_link(link.document, Audience.BORROWER)
    services.withdraw(document_id=link.document_id, actor=actor, at=later(hours=1))
    for each in (link, other):
        each.refresh_from_db()
        with pytest.raises(Gone) as gone:
            services.fetch(link=each, at=later(hours=2))
        assert (gone.value.code, each.views) == ("withdrawn", 0)


def test_a_new_link_for_the_patron_takes_the_place_of_the_old_one(shelf: Shelf) -> None:
    link = shelf.link(views=1)
    services.fetch(link=link, at=NOON)
    new = shelf.another_link(link.document, Audience.PATRON)
    link.refresh_from_db()
    assert link.ended_at == NOON
    ada = shelf.world.north.patrons["ada"].user_id
    assert ada is not None
    assert selectors.patron_link(link.document.key, user_id=ada) == new
    assert selectors.link_in_force(link.document, Audience.PATRON, NOON) == new


def test_a_borrowers_link_ends_alone(shelf: Shelf) -> None:
    link, actor = shelf.link(Audience.BORROWER), shelf.world.north.actor()
    other = shelf.another_link(link.document, Audience.BORROWER)
    for hour in (1, 2):
        services.end_link(link_id=link.pk, actor=actor, at=later(hours=hour))
    link.refresh_from_db()
    assert link.ended_at == later(hours=1)
    assert other.lives(later(hours=2))
    assert selectors.link_in_force(link.document, Audience.BORROWER, later(hours=2)) == other
    assert link.document.stage(later(hours=2)) == Stage.RELEASED


def test_views_are_counted_until_the_limit_and_not_a_moment_after_the_end(shelf: Shelf) -> None:
    link = shelf.link(Audience.BORROWER, views=2, days=1)
    for minute in (1, 2):
        services.fetch(link=DocumentLink.objects.get(), at=later(minutes=minute))
    with pytest.raises(Gone) as gone:
        services.fetch(link=DocumentLink.objects.get(), at=later(minutes=3))
    assert gone.value.code == "used"
    with pytest.raises(Gone) as gone:
        services.fetch(link=link, at=later(minutes=3))  # as somebody saw it who read the row before
    assert gone.value.code == "used"
    link.refresh_from_db()
    assert (link.views, link.first_opened_at, link.last_opened_at) == (2, later(minutes=1), later(minutes=2))
    endless = shelf.another_link(link.document, Audience.BORROWER, views=0, days=1)
    services.fetch(link=endless, at=endless.expires_at - timedelta(microseconds=1))
    with pytest.raises(Gone) as gone:
        services.fetch(link=endless, at=endless.expires_at)
    assert gone.value.code == "expired"


def test_the_database_itself_refuses_a_view_too_many(shelf: Shelf) -> None:
    link = shelf.link(views=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentLink.objects.filter(pk=link.pk).update(views=3)
    assert DocumentLink.objects.filter(pk=link.pk).update(views=2) == 1


def test_a_lost_file_costs_no_view(shelf: Shelf) -> None:
    link = shelf.link()
    for path in shelf.files():
        path.unlink()
    with pytest.raises(Gone):
        services.fetch(link=link, at=NOON)
    link.refresh_from_db()
    assert link.views == 0


def test_the_stage_follows_from_the_links(shelf: Shelf) -> None:
    link = shelf.link(days=1)
    [document] = selectors.documents_of(SUBJECT, link.document.library_id)
    assert document.stage(later(hours=23)) == Stage.RELEASED
    assert document.stage(later(days=1)) == Stage.EXPIRED
