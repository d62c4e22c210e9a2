"""The forms in which administrators write notice texts, and decide when reminders leave."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from illservice.core.numbers import read_number
from illservice.notices.kinds import NoticeKind, Texts
from illservice.notices.kinds.sandbox import LONGEST_BODY, LONGEST_SUBJECT
from illservice.notices.models import NoticeRules
from illservice.notices.selectors import TextInForce
from illservice.notices.services.texts import check


class NoticeTextForm(forms.Form):
    """Subject, text and HTML of one notice; `version` is what the author saw, `number` a request to try it on."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body_text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
    )
    body_html = forms.CharField(
        label=_("HTML"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Paragraphs, lists, emphasis and links. Anything else is taken out when it is sent."),
    )
    number = forms.CharField(
        label=_("Try it on request number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "width-s"}),
        help_text=_("Empty: the newest request of the library."),
    )

    def __init__(self, *args: Any, kind: NoticeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    @classmethod
    def showing(cls, kind: NoticeKind, current: TextInForce, number: str = "") -> "NoticeTextForm":
        """The form filled with the text in force."""
        texts = current.texts
        return cls(
            kind=kind,
            initial={
                "version": current.version,
                "subject": texts.subject,
                "body_text": texts.body_text,
                "body_html": texts.body_html,
                "number": number,
            },
        )

    def clean_number(self) -> str:
        """The number in its written form; one that is none is looked for as it is, and not found."""
        typed: str = self.cleaned_data["number"]
        return read_number(typed) or typed.upper()

    def clean(self) -> dict[str, Any]:
        """Broken texts and unknown fields are refused with a word where they stand."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if {"subject", "body_text", "body_html"} <= data.keys():
            for part, problem in check(self.kind, self.texts()).items():
                self.add_error(part, problem)
        return data

    def texts(self) -> Texts:
        """What was typed."""
        data = self.cleaned_data
        subject, text, html = (
            str(data[part]).replace("\r\n", "\n") for part in ("subject", "body_text", "body_html")
        )
        return Texts(subject, text, html)


class NoticeRulesForm(forms.Form):
    """The rules for all notices of a library; `version` is what the writer saw."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    quiet_from = forms.TimeField(
        label=_("No reminders from"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "width-s"}),
        help_text=_("In the library’s own time. The same time twice: reminders leave at any hour."),
    )
    quiet_until = forms.TimeField(
        label=_("until"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "width-s"})
    )
    open_days_only = forms.BooleanField(label=_("Reminders leave on open days only"), required=False)
    bundle = forms.BooleanField(label=_("Several reminders of a patron leave as one mail"), required=False)
    title_in_text = forms.BooleanField(
        label=_("Notices to patrons name the title"),
        required=False,
        help_text=_("Subjects never do."),
    )
    title_in_messages = forms.BooleanField(
        label=_("Messages to telephones name the title, too"),
        required=False,
        help_text=_("Others may read what lights up on a screen."),
    )
    title_in_calendar = forms.BooleanField(
        label=_("Calendar files name the title"),
        required=False,
        help_text=_("Calendars are often shared. Without it they say “An item you requested”."),
    )
    webhook_url = forms.URLField(
        label=_("Address of your gateway for messages"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("For text messages and the like. Each message is sent there as signed JSON."),
    )
    webhook_label = forms.CharField(
        label=_("What patrons call it"),
        required=False,
        max_length=60,
        help_text=_("Such as “text message”; patrons who gave a number can then choose it."),
    )

    @classmethod
    def showing(cls, rules: NoticeRules) -> "NoticeRulesForm":
        """The form filled with the rules in force."""
        return cls(initial={name: getattr(rules, name) for name in cls.base_fields})

    def clean_webhook_url(self) -> str:
        """https, as passers-by could read the numbers; http only where the operator allows private addresses."""
        url: str = self.cleaned_data["webhook_url"]
        parts = urlsplit(url)
        if url and (parts.username or (parts.scheme != "https" and not settings.ILL_WEBHOOK_PRIVATE)):
            raise forms.ValidationError(_("Give an address that begins with https:// and holds no password."))
        return url

    def values(self) -> dict[str, Any]:
        """The rules as typed."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class GatewayTestForm(forms.Form):
    """To whom a test of the gateway goes."""

    to = forms.CharField(
        label=_("Send a test to"),
        max_length=200,
        help_text=_("A number of your own, as patrons would give it. It is not kept."),
        widget=forms.TextInput(attrs={"class": "width-m", "autocomplete": "tel"}),
    )
