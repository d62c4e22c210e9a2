"""Every column that could hold something about a person is spoken for: it has an eraser, or a reason to stay."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from illservice.core.retention import Held, Occasion, all_harmless, all_held, register
from patrons.models import Patron
from tests.architecture.source import PACKAGES

TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.GenericIPAddressField,
    models.BinaryField,
    models.FileField,
)
PEOPLE = (get_user_model(), Patron)
NAMES_OF_KEYS = ("actor_id", "_by", "user_id", "account_id", "patron_id", "author_id")
"""Plain numbers with such names are somebody's key."""


def _could_be_personal(field: Any) -> bool:
    if field.is_relation:
        return field.related_model in PEOPLE
    if isinstance(field, TEXT):
        return not field.choices
    return isinstance(field, models.IntegerField) and field.name.endswith(NAMES_OF_KEYS)


def _ours() -> Iterator[type[models.Model]]:
    return (
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.split(".")[0] in PACKAGES and not model._meta.auto_created
    )


def _columns() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in _ours()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if _could_be_personal(field)
    }


def _erased() -> set[str]:
    return {
        f"{model}.{name}"
        for held in all_held()
        for model, names in held.fields.items()
        for name in names.split()
    }


def _kept() -> set[str]:
    return {f"{each.model}.{name}" for each in all_harmless() for name in each.fields}


def test_every_column_has_an_eraser_or_a_reason_to_stay() -> None:
    unspoken = sorted(_columns() - _erased() - _kept())
    assert not unspoken, (
        f"say in the app's retention.py who erases these, or why they are harmless: {unspoken}"
    )


def test_what_is_spoken_for_exists_and_is_not_both() -> None:
    known = {
        f"{model._meta.label}.{field.name}"
        for model in _ours()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
    }
    assert sorted((_erased() | _kept()) - known) == []
    assert sorted(_erased() & _kept()) == []


def test_everything_held_says_why_and_how_long_and_can_be_erased() -> None:
    codes = {held.code for held in all_held()}
    for held in all_held():
        assert str(held.label), held.code
        assert str(held.why).endswith("."), held.code
        assert str(held.until).endswith("."), held.code
        assert held.on or held.prune or held.goes_with in codes, held.code
        assert set(held.on) <= set(Occasion), held.code


def test_the_erasers_of_one_side_never_touch_the_other() -> None:
    """Keys of both sides begin at one: an eraser that is not told apart would erase a stranger's request."""
    sides = {"ill_requests": "B", "ill_lending": "L"}
    for held in all_held():
        apps_of = {model.split(".")[0] for model in held.fields} & sides.keys()
        wanted = {sides[label] for label in apps_of}
        assert not wanted or {held.side} == wanted, held.code


def test_what_nobody_erases_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="nobody erases"):
        register(Held(code="x", label="x", why="x.", until="x.", fields={}))
    assert "x" not in {held.code for held in all_held()}


def test_the_rule_sees_words_and_keys_of_people_and_not_codes() -> None:
    columns = _columns()
    assert {"ill_patrons.Patron.email", "ill_requests.BorrowingRequest.patron"} <= columns
    assert {"ill_documents.Document.attached_by", "ill_requests.BorrowingEvent.actor_id"} <= columns
    assert "ill_requests.BorrowingRequest.outcome" not in columns
