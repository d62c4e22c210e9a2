"""What a connection asks again and again is planned once, does the same, and stays with its connection."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from illservice.core import planned
from illservice.core.statements import Prepared, insert, text, update
from illservice.directory.models import Library, Symbol, SymbolScheme
from tests.world import World

NASTY = "'; DROP TABLE ill_directory_library; -- %s \" \\ é"
ON_POSTGRESQL = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db


def _by_slug() -> "Prepared[Any]":
    """With values that are always the same, one of them in the columns, and a percent sign of the text's own."""
    return Prepared(
        lambda: (
            Library.objects.filter(slug=text("slug"), is_active=True)
            .exclude(name__endswith="%s")
            .annotate(always=models.Value(True, output_field=models.BooleanField()))
            .values_list("name", "always")
        )
    )


def _asked(query: "Prepared[Any]", *slugs: str) -> tuple[list[Any], list[str]]:
    with CaptureQueriesContext(connection) as captured:
        found = [query.first(slug=slug) for slug in slugs]
    return found, [each["sql"].partition(" ")[0] for each in captured]


def test_the_third_time_is_planned_and_finds_the_same(world: World) -> None:
    north = world.north.library
    row = (north.name, True)
    found, words = _asked(_by_slug(), north.slug, NASTY, north.slug, NASTY, north.slug)
    assert found == [row, None, row, None, row]
    assert words == ["SELECT"] * 2 + ["EXECUTE" if ON_POSTGRESQL else "SELECT"] * 3


def test_rows_are_written_and_refused_as_before(world: World) -> None:
    library = world.north.library
    symbols = [Symbol(library=library, scheme=SymbolScheme.LOCAL, value=f"O'Neil %s {n}") for n in range(6)]
    for symbol in symbols:
        insert(symbol)
    for symbol in symbols:
        symbol.value = f"{symbol.value} – new"
        assert update(symbol, ["value"])
        assert not update(symbol, ["value"], library_id=library.pk + 999)
    values = Symbol.objects.filter(pk__in=[each.pk for each in symbols]).values_list("value", flat=True)
    assert sorted(values) == [f"O'Neil %s {n} – new" for n in range(6)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Symbol(library=library, scheme=SymbolScheme.LOCAL, value="O'Neil %s 1 – new"))
    insert(Symbol(library=library, scheme=SymbolScheme.LOCAL, value="One more"))


def test_what_was_planned_survives_what_is_taken_back(world: World) -> None:
    query, slug = _by_slug(), world.north.library.slug
    with transaction.atomic():
        _asked(query, slug, slug, slug)
        transaction.set_rollback(True)
    assert _asked(query, slug)[0] == [(world.north.library.name, True)]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_begins_anew(world: World) -> None:
    query, slug = _by_slug(), world.north.library.slug
    _asked(query, slug, slug, slug)
    connection.close()
    assert _asked(query, slug)[1] == ["SELECT"]


@pytest.mark.skipif(not ON_POSTGRESQL, reason="what SQLite prepares is its driver's affair")
@pytest.mark.django_db(transaction=True)
def test_behind_a_pooler_or_where_the_url_says_so_nothing_is_planned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = world.north.library.slug
    connection.close()
    with monkeypatch.context() as pooler:
        pooler.setattr(planned, "_greeted_by", lambda _driver: -1)
        assert _asked(_by_slug(), *[slug] * 5)[1] == ["SELECT"] * 5
    connection.close()
    with monkeypatch.context() as url:
        url.setitem(connection.settings_dict, "PREPARE", False)
        assert _asked(_by_slug(), *[slug] * 5)[1] == ["SELECT"] * 5
    assert _asked(_by_slug(), *[slug] * 5)[1][-1] == "EXECUTE"


@pytest.mark.skipif(not ON_POSTGRESQL, reason="what SQLite prepares is its driver's affair")
@pytest.mark.django_db(transaction=True)
def test_no_connection_keeps_more_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setattr(planned, "MOST", 1)
    first, second, slug = _by_slug(), _by_slug(), world.north.library.slug
    assert _asked(first, *[slug] * 4)[1][-1] == "EXECUTE"
    assert _asked(second, *[slug] * 4)[1] == ["SELECT"] * 4
