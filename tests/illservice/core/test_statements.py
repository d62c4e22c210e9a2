"""Statements kept as text do what the ORM would have done, and bind every value."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from illservice.core.models import Counter
from illservice.core.statements import (
    Prepared,
    among,
    delete,
    first_of_all,
    insert,
    insert_new,
    moment,
    number,
    spread,
    text,
    update,
)
from illservice.directory.models import Library, Symbol, SymbolScheme
from requests_app.models import BorrowingRequest, Note
from tests.world import NOON, World, ask_for, later

NASTY = "'; DROP TABLE ill_directory_library; -- %s \" \\ é"


def test_a_query_is_built_once_and_run_with_other_values_each_time(world: World) -> None:
    built: list[int] = []

    def build() -> Any:
        built.append(1)
        return Library.objects.select_related("entity").filter(slug=text("slug"))

    libraries = Prepared(build)
    north, other = world.north.library, world.eastlake
    with CaptureQueriesContext(connection) as captured:
        found = [libraries.first(slug=each) for each in (north.slug, other.slug, NASTY, north.slug)]
        assert [each.entity.name for each in found if each and each.entity]
    assert (found, len(built)) == ([north, other, None, north], 1)
    assert len(captured) == 4


def test_a_lookup_that_makes_a_pattern_of_its_value_is_refused_where_it_would_lose_it(world: World) -> None:
    with pytest.raises(TypeError, match="cannot be prepared"):
        str(text("slug"))
    changed = Prepared(lambda: Library.objects.filter(slug__iexact=text("slug")))
    if connection.vendor == "sqlite":
        with pytest.raises(TypeError, match="cannot be prepared"):
            changed.rows(slug=world.north.library.slug)
    else:
        assert changed.rows(slug=world.north.library.slug.upper()) == [world.north.library]


def test_rows_are_the_same_as_those_of_the_orm(world: World) -> None:
    request = ask_for(world.north)
    by_key = Prepared(
        lambda: BorrowingRequest.objects.select_related("library", "patron").filter(
            pk=number("pk"), submitted_at__lte=moment("until")
        )
    )
    found = by_key.first(pk=request.pk, until=NOON)
    known = BorrowingRequest.objects.get(pk=request.pk)
    assert found is not None
    for column in BorrowingRequest._meta.concrete_fields:
        assert getattr(found, column.attname) == getattr(known, column.attname), column.name
    with CaptureQueriesContext(connection) as captured:
        joined = (found.library, found.patron)
    assert (joined, len(captured)) == ((request.library, request.patron), 0)
    assert by_key.first(pk=request.pk, until=later(days=-1)) is None
    columns = Prepared(
        lambda: BorrowingRequest.objects.filter(pk=number("pk")).values_list("number", "asked")
    )
    assert columns.rows(pk=request.pk) == [(request.number, known.asked)]


def test_what_is_deferred_is_read_when_it_is_asked_for(world: World) -> None:
    request = ask_for(world.north)
    without = Prepared(
        lambda: (
            BorrowingRequest.objects.select_related("patron").defer("title", "undo").filter(pk=number("pk"))
        )
    )
    found = without.first(pk=request.pk)
    assert found is not None
    assert found.get_deferred_fields() == {"title", "undo"}
    with CaptureQueriesContext(connection) as captured:
        read = (found.number, found.version, found.patron)
    assert (read, len(captured)) == ((request.number, request.version, request.patron), 0)
    assert found.title == BorrowingRequest.objects.get(pk=request.pk).title
    assert found.get_deferred_fields() == {"undo"}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_rows_of_several_keys_are_found_once_each(world: World, count: int) -> None:
    requests = [ask_for(world.north) for _number in range(4)]
    for each in requests:
        Note.objects.create(request=each, text="kept", at=NOON)
    keys = [each.pk for each in requests[:count]]
    by_key = Prepared(lambda: BorrowingRequest.objects.filter(among("pk", "key", 3)))
    assert {each.pk for each in by_key.rows(**spread("key", keys, 3))} == set(keys)
    notes = Prepared(lambda: Note.objects.filter(among("request_id", "key", 3)))
    assert sorted(each.request_id for each in notes.rows(**spread("key", keys, 3))) == keys


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_of_a_transaction_is_refused() -> None:
    counters = Prepared(lambda: Counter.objects.select_for_update().filter(value=number("value")))
    with pytest.raises(transaction.TransactionManagementError):
        counters.rows(value=7)
    with transaction.atomic():
        assert counters.rows(value=7) == []


def test_a_row_is_written_changed_and_deleted(world: World) -> None:
    library = world.north.library
    symbol = Symbol(library=library, scheme=SymbolScheme.LOCAL, value="O'Neil %s")
    insert(symbol)
    assert (Symbol.objects.get(pk=symbol.pk).value, symbol._state.adding) == ("O'Neil %s", False)
    symbol.value = "OTHER"
    assert update(symbol, ["value"])
    assert not update(symbol, ["value"], library_id=library.pk + 999)
    assert Symbol.objects.get(pk=symbol.pk).value == "OTHER"
    delete(symbol)
    assert [symbol.pk] == [None]
    assert not Symbol.objects.filter(value="OTHER").exists()


def test_what_is_known_is_no_second_row_and_the_transaction_goes_on(world: World) -> None:
    known = Symbol.objects.create(library=world.north.library, scheme=SymbolScheme.LOCAL, value="TWICE")
    with transaction.atomic():
        again = Symbol(library=world.eastlake, scheme=SymbolScheme.LOCAL, value="TWICE")
        assert not insert_new(again)
        assert [again.pk] == [None]
        assert insert_new(Symbol(library=world.eastlake, scheme=SymbolScheme.LOCAL, value="ONCE"))
    assert Symbol.objects.get(value="TWICE") == known
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Symbol(library=world.eastlake, scheme=SymbolScheme.LOCAL, value="TWICE"))


def test_what_hangs_on_a_row_goes_with_it(world: World) -> None:
    request = ask_for(world.north)
    request.events.all()._raw_delete("default")
    Note.objects.create(request=request, text="Look here", at=NOON)
    delete(request)
    assert not Note.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_kept_too_long_is_replaced_and_nobody_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts: list[int] = []

    def read() -> int:
        attempts.append(1)
        if len(attempts) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return Counter.objects.count()

    monkeypatch.setattr(type(connections["default"]), "is_usable", lambda _self: False)
    assert (first_of_all(read), len(attempts)) == (0, 2)
    attempts.clear()
    monkeypatch.setattr(type(connections["default"]), "is_usable", lambda _self: True)
    with pytest.raises(OperationalError):
        first_of_all(read)
    attempts.clear()
    monkeypatch.setattr(type(connections["default"]), "is_usable", lambda _self: False)
    with transaction.atomic(), pytest.raises(OperationalError):
        first_of_all(read)
