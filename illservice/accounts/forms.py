"""Forms of the account pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.utils.translation import gettext_lazy as _

from illservice.accounts.services import ask_password_reset
from illservice.core import clock


class SignInForm(AuthenticationForm):
    """User name and password. The answer is the same whether the name is unknown, closed, or the password wrong."""

    error_messages = {
        "invalid_login": _("The user name or the password is not right. Check both and try again."),
        "inactive": _("The user name or the password is not right. Check both and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs["spellcheck"] = "false"


class ResetForm(PasswordResetForm):
    """Asks for an address. Neither the answer nor its time tells whether it is known: the mail leaves later."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Hand the wish over; Django would send the mail here and now."""
        ask_password_reset(email=self.cleaned_data["email"], at=clock.now())


class AccountForm(forms.Form):
    """What somebody chooses for themselves."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As my browser says")), *settings.LANGUAGES]
    )
    keyboard_shortcuts = forms.BooleanField(
        label=_("Use single keys as shortcuts"),
        required=False,
        help_text=_("Switch them off when a voice or a slip of the hand sets them off."),
    )

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_staff:  # only the lists of staff know single keys
            del self.fields["keyboard_shortcuts"]
