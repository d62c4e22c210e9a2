"""Whether values fit their columns: asked before the database is, so that both refuse the same, with a word."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Dates of this work lie in between; others are slips of the finger, and arithmetic with them overflows."""


def refuse_unfit(obj: models.Model, names: Iterable[str] | None = None) -> None:
    """Raise InvalidInput for values too long, too large, of an impossible date, or that no database can keep.

    `names` are fields or columns of `obj`; without them all are looked at. Choices and blanks are the services' affair.
    """
    known = _columns(type(obj))
    fields = obj._meta.concrete_fields if names is None else [known[name] for name in names if name in known]
    wrong: dict[str, Any] = {}
    for field in fields:
        message = _fault(field, getattr(obj, field.attname))
        if message:
            wrong[field.name] = message
    if wrong:
        raise InvalidInput(wrong)


@cache
def _columns(model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
    """Fields by their names and by those of their columns."""
    fields = model._meta.concrete_fields
    return {name: each for each in fields for name in (each.attname, each.name)}


def _fault(field: "models.Field[Any, Any]", value: Any) -> Any:
    if value is None or value == "":
        return ""
    if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        return _("This date cannot be right.")
    if isinstance(field, models.JSONField):
        value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).replace("\\u0000", "\0")
    if isinstance(value, str) and not _can_be_kept(value):
        return _("This holds characters that cannot be kept.")
    if isinstance(field, models.JSONField):
        return ""
    try:
        field.run_validators(value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _can_be_kept(text: str) -> bool:
    """PostgreSQL keeps no NUL, and neither database half a surrogate pair."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
