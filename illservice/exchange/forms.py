"""Forms about partners' systems."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.errors import InvalidInput
from illservice.exchange.kinds import Quirk, Transport
from illservice.exchange.models import Connection
from illservice.exchange.services.connections import ConnectionFacts
from illservice.protocols.iso18626.messages import Edition


def _line(label: Any, hint: Any = "", *, longest: int, css: str = "width-m") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs={"class": css, "autocomplete": "off"}),
    )


class ConnectionForm(forms.Form):
    """How one partner's system is reached. Passwords are typed in and never shown."""

    transport = forms.ChoiceField(label=_("Messages travel"), choices=Transport, widget=forms.RadioSelect)
    address = _line(_("Address"), _("Such as https://ill.example.org/iso18626."), longest=300, css="width-l")
    edition = forms.ChoiceField(
        label=_("Edition of ISO 18626"),
        choices=[(each.value, each.value) for each in Edition],
        widget=forms.Select(attrs={"class": "width-s"}),
    )
    own_agency = _line(
        _("Our symbol there"), _("Such as ISIL:DE-1. Empty: our own first symbol."), longest=60
    )
    partner_agency = _line(_("Their symbol"), _("Empty: the first symbol that we know of them."), longest=60)
    username = _line(_("Our user name there"), longest=100)
    password = forms.CharField(
        label=_("Our password there"),
        help_text=_("It is kept encrypted and never shown. Empty: the one that is kept stays."),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "width-m", "autocomplete": "new-password"}),
    )
    forget = forms.BooleanField(label=_("Forget our password there"), required=False)
    quirks = forms.MultipleChoiceField(
        label=_("Peculiarities of their system"),
        choices=Quirk,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(
        label=_("Active: messages are sent and taken"), required=False, initial=True
    )
    asked_by_it = forms.BooleanField(label=_("Ask this library by ISO 18626 from now on"), required=False)
    mirror = forms.BooleanField(
        label=_("Connect the other side, too"),
        help_text=_("You administer that library as well."),
        required=False,
    )

    def __init__(self, *args: Any, loopback: bool, mirror: bool, asked: bool, **kwargs: Any) -> None:
        """`loopback` and `mirror` say what may be offered, `asked` that the partner is asked by messages already."""
        super().__init__(*args, **kwargs)
        if asked:
            del self.fields["asked_by_it"]
        if not loopback:
            self.fields["transport"].choices = [(Transport.HTTP.value, Transport.HTTP.label)]  # type: ignore[attr-defined]  # a ChoiceField
        if not mirror:
            del self.fields["mirror"]

    @classmethod
    def showing(cls, connection: Connection | None, **offers: bool) -> "ConnectionForm":
        """The form filled with what is known; a new connection begins as the likelier one."""
        if connection is None:
            way = Transport.LOOPBACK if offers["loopback"] else Transport.HTTP
            return cls(initial={"transport": way, "asked_by_it": True}, **offers)
        shown = {name: getattr(connection, name) for name in cls.base_fields if hasattr(connection, name)}
        return cls(initial=shown | {"password": ""}, **offers)

    def facts(self) -> ConnectionFacts:
        """What was typed, for the service."""
        data = self.cleaned_data
        password = "" if data["forget"] else (data["password"] or None)
        plain = ("transport", "address", "edition", "own_agency", "partner_agency", "username", "is_active")
        return ConnectionFacts(
            **{name: data[name] for name in plain}, password=password, quirks=tuple(data["quirks"])
        )

    def refuse(self, refusal: InvalidInput) -> None:
        """What the service could not use stands where it was typed."""
        for name, words in refusal.fields.items():
            self.add_error(name if name in self.fields else None, str(words))


class CredentialsForm(forms.Form):
    """The name with which a partner signs in here."""

    partner_username = forms.CharField(
        label=_("Their user name here"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "width-m", "autocomplete": "off"}),
    )
