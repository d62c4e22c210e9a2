"""How a patron wants to be told of things, and whom the patron sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.forms import DayInput
from patrons.models import OFF, ContactChannel, NoticeChoice, Patron
from patrons.services import Named, Wish

_CONTACTS = {
    ContactChannel.EMAIL: _("By e-mail"),
    ContactChannel.PHONE: _("The library calls me"),
    ContactChannel.LETTER: _("By letter"),
}


class NoticesForm(forms.Form):
    """Ways to be told, of those that the library offers. `ways`: the channels beside mail, by code."""

    everything = forms.ChoiceField(
        label=_("How shall we tell you?"),
        widget=forms.RadioSelect,
        help_text=_("What is ready for you, called back or to be paid always reaches you in this way."),
    )
    news = forms.ChoiceField(label=_("News about your requests"), widget=forms.RadioSelect, required=False)
    reminders = forms.ChoiceField(
        label=_("Reminders before something is due"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Once something is overdue, we tell you in any case."),
    )
    address = forms.CharField(
        label=_("Your number for messages"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "width-m"}),
    )

    def __init__(self, *args: Any, patron: Patron, ways: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = {code: label for code, label in ways.items() if code != "mail"}
        contacts = dict(_CONTACTS)
        if self.ways:
            contacts[ContactChannel.MESSAGE] = next(iter(self.ways.values()))
        if patron.contact not in contacts:
            patron.contact = ContactChannel.EMAIL
        same = [("", _("In the same way")), *([("mail", _("By e-mail")), *self.ways.items()] if ways else [])]
        self._choose("everything", list(contacts.items()))
        self._choose("news", same)
        self._choose("reminders", [*same, (OFF, _("No reminders"))])
        if not self.ways:
            del self.fields["address"]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says to the type checker what stands above
        field.choices = choices

    @classmethod
    def showing(cls, patron: Patron, choice: NoticeChoice, ways: dict[str, Any]) -> "NoticesForm":
        """The form filled with what the patron chose; a channel that is gone counts as "the same"."""
        form = cls(patron=patron, ways=ways)
        known = {"", "mail", OFF, *form.ways}
        form.initial = {
            "everything": patron.contact,
            "news": choice.news if choice.news in known else "",
            "reminders": choice.reminders if choice.reminders in known else "",
            "address": choice.address or patron.phone,
        }
        return form

    def wish(self) -> Wish:
        """What was chosen."""
        return Wish(**{name: self.cleaned_data.get(name, "") for name in Wish.__dataclass_fields__})


class ProxyForm(forms.Form):
    """Somebody whom the patron sends."""

    prefix = "proxy"
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    may_collect = forms.BooleanField(label=_("may pick up what is ready"), required=False, initial=True)
    gets_notices = forms.BooleanField(label=_("is told, too"), required=False)
    until = forms.DateField(
        label=_("Until"), required=False, widget=DayInput, help_text=_("Empty: until you take the name away.")
    )

    def named(self) -> Named:
        """Who it is."""
        return Named(**self.cleaned_data)


class DeskProxyForm(ProxyForm):
    """The same at the desk, which may also name a patron by the library card."""

    card = forms.CharField(
        label=_("or library card"),
        max_length=60,
        required=False,
        help_text=_("Of somebody with a card of this library: name and address are taken from there."),
    )
