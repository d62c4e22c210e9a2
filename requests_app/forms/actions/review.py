"""Actions before anything is sent, and words to the patron."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.directory.calendars import end_of_day
from requests_app.forms.actions.fields import day, lines
from requests_app.forms.base import ActionDoor, ActionForm, one_click, with_facts
from requests_app.models import BorrowingRequest
from requests_app.services import review, words
from requests_app.workflow.states import HoldKind, MarkKind

CLEARING_REASONS: dict[str, tuple[tuple[str, Any], ...]] = {
    HoldKind.PATRON: (
        ("checked", _("Account checked, all is well")),
        ("exception", _("Allowed all the same")),
    ),
    HoldKind.DUPLICATE: (
        ("different", _("Not the same thing")),
        ("again", _("The same, and needed again")),
    ),
    HoldKind.OWNED: (
        ("not_ours", _("We do not have it, nor is it free online")),
        ("not_usable", _("Ours is missing, on loan or cannot be used")),
    ),
    HoldKind.CITATION: (("checked", _("Citation checked")), ("as_is", _("Good enough to ask with"))),
    HoldKind.LIMIT: (("exception", _("Allowed all the same")), ("room", _("Another request was finished"))),
    HoldKind.COPYRIGHT: (
        ("within", _("Within the limits")),
        ("licensed", _("A licence covers it")),
        ("paid", _("The fee will be paid")),
    ),
    HoldKind.WAITING_PATRON: (
        ("answered", _("Answered in another way")),
        ("not_needed", _("No answer needed")),
    ),
}
"""What settles each kind of hold, by the code that is kept."""

_FREE_HOLDS = [choice for choice in HoldKind.choices if choice[0] != HoldKind.WAITING_PATRON]


def reason_words(kind: str, code: str) -> Any:
    """The words of a code that settled a hold; the code itself when it is none of these."""
    return dict(CLEARING_REASONS.get(kind, ())).get(code, code)


class HoldForm(ActionForm):
    """Which queue it shall wait in."""

    kind = forms.ChoiceField(label=_("Why is it held back?"), choices=_FREE_HOLDS, widget=forms.RadioSelect)


class ClearHoldForm(ActionForm):
    """Which hold is settled, and how."""

    kind = forms.ChoiceField(label=_("What is settled?"), choices=HoldKind.choices)
    reason = forms.ChoiceField(label=_("How was it settled?"), required=False)

    def prepare(self) -> None:
        """Only open holds can be settled; the reasons are those of the hold when there is just one."""
        held = [each.kind for each in self.request.holds.all() if each.cleared_at is None]
        named = self.data.get("kind") or self.initial.get("kind")
        self._fill("kind", [choice for choice in HoldKind.choices if choice[0] in held])
        kinds = [named] if named in HoldKind.values else held
        reasons = dict(reason for kind in kinds for reason in CLEARING_REASONS[HoldKind(kind)])
        self._fill("reason", list(reasons.items()))
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial.setdefault("kind", kinds[0])

    def _fill(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class AskPatronForm(ActionForm):
    """A question that must be answered."""

    text = lines(
        _("Question to the patron"),
        _("It is sent as you write it. The request waits until the patron answers."),
        required=True,
        rows=5,
    )
    reply_by = day(_("Answer by"))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """A week, as the service would take it."""
        today = local_date(self.at, request.library.timezone)
        return {"reply_by": today + timedelta(days=review.REPLY_DAYS)}

    @property
    def facts(self) -> dict[str, Any]:
        """The date as the end of that day in the library."""
        reply_by = self.cleaned_data.get("reply_by")
        moment = end_of_day(reply_by, self.library.timezone) if reply_by else None
        return {"text": self.cleaned_data["text"], "reply_by": moment}

    def clean_reply_by(self) -> Any:
        """Not in the past."""
        wanted = self.cleaned_data.get("reply_by")
        if wanted and wanted < local_date(self.at, self.library.timezone):
            raise forms.ValidationError(_("That day is over. Choose a later one."))
        return wanted


class MessageForm(ActionForm):
    """A message that waits for no answer."""

    text = lines(
        _("Message to the patron"), _("The patron gets it by mail and sees it here."), required=True, rows=5
    )


class RushForm(ActionForm):
    """On or off; empty turns it round."""

    on = forms.NullBooleanField(label=_("Rush"), required=False, widget=forms.HiddenInput)


class MarkForm(ActionForm):
    """Which mark is settled."""

    kind = forms.ChoiceField(label=_("What is settled?"), choices=MarkKind.choices)


def _message(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    # The conversation makes nobody's page stale, so it asks for no version.
    words.message_patron(request_id=request.pk, text=data["text"], actor=actor, at=at)


def _rush(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    on = data.get("on")
    review.rush(
        request_id=request.pk, on=not request.rush if on is None else on, actor=actor, at=at, version=version
    )


def _clear_mark(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> None:
    words.clear_mark(request_id=request.pk, kind=data["kind"], actor=actor, at=at)


def _several_holds(request: BorrowingRequest) -> bool:
    return sum(1 for each in request.holds.all() if each.cleared_at is None) > 1


REVIEW: dict[str, ActionDoor] = {
    "open_hold": with_facts(HoldForm, review.open_hold, _("Held back")),
    "clear_hold": with_facts(ClearHoldForm, review.clear_hold, _("Settled"), asks=_several_holds),
    "ask_patron": with_facts(AskPatronForm, review.ask_patron, _("Question sent to the patron")),
    "supply_here": one_click(review.supply_here, _("Sent to the stacks")),
    "not_here": one_click(review.not_here, _("Not on our shelves")),
    "found_here": one_click(review.found_here, _("Found on our shelves")),
    "rush": ActionDoor(RushForm, _rush, _("Rush changed")),
    "clear_mark": ActionDoor(MarkForm, _clear_mark, _("Settled"), asks=lambda _request: True),
    "message_patron": ActionDoor(MessageForm, _message, _("Message sent"), asks=lambda _request: True),
}
