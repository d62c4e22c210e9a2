"""The form in which administrators write notice texts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.numbers import read_number
from illservice.notices.kinds import NoticeKind, Texts
from illservice.notices.kinds.sandbox import LONGEST_BODY, LONGEST_SUBJECT
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
