"""What the forms of all actions share: the request at hand, its version, choices by code and never by key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput

Words = Any
FIRST_YEAR, LAST_YEAR = 1900, 2199
EMPTY = ("", _("– choose –"))


class PickField(forms.ChoiceField):
    """A choice among things: sent as the thing's code, cleaned to the thing itself, or to None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.things: dict[str, Any] = {}

    def offer(self, found: Iterable[tuple[str, Words, Any]], *, empty: Words = EMPTY[1]) -> None:
        """Set the choices: code, words, thing. The first of two with the same code counts."""
        listed = []
        self.things = {}
        for code, words, thing in found:
            if code not in self.things:
                self.things[code] = thing
                listed.append((code, words))
        self.choices = [("", empty), *listed] if not self.required or len(listed) != 1 else listed

    def clean(self, value: Any) -> Any:
        """The thing; ChoiceField has refused a code that was not offered."""
        return self.things.get(super().clean(value))


class DayInput(forms.DateInput):
    """A date as browsers have a calendar for it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"class": "width-s"} | attrs, format="%Y-%m-%d")


def _of_our_time(day: date) -> None:
    """Refuses the first and the last days there are: from them no other date can be counted."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("Give a date between 1900 and 2199."))


def show_refusal(form: forms.Form, refusal: InvalidInput) -> None:
    """What a service refused, beside the field that it names, else above the form."""
    for name, words in refusal.fields.items():
        form.add_error(name if name in form.fields else None, str(words))


class ActionForm(forms.Form):
    """The facts that one action needs. `version` is what the person saw; programs may leave it out.

    Knows nothing of pages: `data` may be a posted form or an object of a program. Subclasses fill choices in
    `prepare` and defaults in `defaults`; `part` names a template for fields that do not stand one below the other;
    `submit` are the words of the button, where those of the action would not do.
    """

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    part: ClassVar[str] = ""
    submit: ClassVar[Words] = ""

    def __init__(
        self,
        data: Any = None,
        *,
        request: Any,
        actor: Actor,
        at: datetime,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.request = request
        self.actor = actor
        self.at = at
        given = {"version": request.version} | self.defaults(request) | dict(initial or {})
        super().__init__(data, initial=given, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.validators.append(_of_our_time)
        self.prepare()

    def defaults(self, request: Any) -> dict[str, Any]:
        """What the fields show before anybody typed."""
        return {}

    def prepare(self) -> None:
        """Fill the choices that depend on the request or its library."""

    @property
    def library(self) -> Any:
        """The library whose request it is."""
        return self.request.library

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def with_defaults(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What a program sent, completed by what the form would show: it may name only what it wants to say."""
        shown = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        known = {name: value for name, value in shown.items() if value is not None and name != "version"}
        return known | {name: self._as_typed(name, value) for name, value in data.items()}

    def _as_typed(self, name: str, value: Any) -> Any:
        """A program's value as a person would have typed it; the fields below count on text."""
        field = self.fields.get(name)
        if field is None or value is None or isinstance(value, str):
            return value
        if isinstance(value, bool) and isinstance(field, forms.BooleanField):
            return value
        several = isinstance(field, forms.MultipleChoiceField) or field.widget.is_hidden
        if isinstance(value, list) and several:
            return value
        if isinstance(value, list | dict):
            raise InvalidInput({name: _("Send one value.")})
        return str(value)


Run = Callable[..., Any]
"""`run(*, request, data, actor, at, version)`: calls exactly one service. `data` is the form's `facts`."""


def never(_request: Any) -> bool:
    """For actions that one click does, whatever their form could say."""
    return False


def _always(_request: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ActionDoor:
    """One action as doors offer it.

    `asks(request)` says whether a person is shown the form first; without it one click acts. `done` are the words
    afterwards, `danger` marks what ends or spoils something.
    """

    form_class: type[ActionForm]
    run: Run
    done: Words
    asks: Callable[[Any], bool] = never
    danger: bool = False

    def form(
        self,
        data: Any = None,
        *,
        request: Any,
        actor: Actor,
        at: datetime,
        initial: Mapping[str, Any] | None = None,
    ) -> ActionForm:
        """The form: unbound without data. For a program's object use `filled`."""
        return self.form_class(data, request=request, actor=actor, at=at, initial=initial)

    def filled(self, data: Mapping[str, Any], *, request: Any, actor: Actor, at: datetime) -> ActionForm:
        """The form bound to a program's object, completed by the form's own defaults."""
        blank = self.form(request=request, actor=actor, at=at)
        return self.form(blank.with_defaults(data), request=request, actor=actor, at=at)


def one_click(service: Run, done: Words, *, danger: bool = False) -> ActionDoor:
    """An action that needs no facts."""

    def run(*, request: Any, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None) -> Any:
        return service(request_id=request.pk, actor=actor, at=at, version=version)

    return ActionDoor(ActionForm, run, done, danger=danger)


def with_facts(
    form_class: type[ActionForm],
    service: Run,
    done: Words,
    *,
    asks: Callable[[Any], bool] = _always,
    danger: bool = False,
) -> ActionDoor:
    """An action whose form's fields are the service's arguments."""

    def run(*, request: Any, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None) -> Any:
        return service(request_id=request.pk, actor=actor, at=at, version=version, **data)

    return ActionDoor(form_class, run, done, asks=asks, danger=danger)


def versionless(
    form_class: type[ActionForm],
    service: Run,
    done: Words,
    *,
    asks: Callable[[Any], bool] = _always,
) -> ActionDoor:
    """An action whose service asks for no version: words, marks, what nobody can do twice."""

    def run(*, request: Any, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None) -> Any:
        return service(request_id=request.pk, actor=actor, at=at, **data)

    return ActionDoor(form_class, run, done, asks=asks)
