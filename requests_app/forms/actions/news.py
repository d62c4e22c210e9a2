"""Actions that note what else a lender says, answer its offers, and write to it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.desk.fields import CostForm, currency, day, lines, money, upper
from illservice.core.desk.forms import ActionDoor, ActionForm, PickField, one_click, versionless, with_facts
from illservice.directory.forms import ReasonForm, loan_conditions
from illservice.directory.models import PartnerSystem, ReasonPurpose
from requests_app.forms.actions.fields import open_try
from requests_app.models import BorrowingRequest, LenderTry
from requests_app.services import lender_news
from requests_app.workflow.facts import REACHED_BY_WORDS

_BY_POST, _IS_HERE = "post", "here"


class RetryForm(ReasonForm):
    """Why not now, from which day on, and on which terms the lender could supply."""

    purpose = ReasonPurpose.LENDER_NO
    after = day(_("Ask again from"), _("Empty when the lender named no day."))
    conditions = loan_conditions()
    cost = money(_("Price"))
    currency = currency()

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The library's own currency."""
        return {"currency": request.library.currency}

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        offer = lender_news.Offer(
            reason=data["reason"],
            after=data["after"],
            conditions=tuple(data["conditions"]),
            cost=data["cost"],
            currency=data["currency"] if data["cost"] is not None else "",
        )
        return {"offer": offer}


class SentCopyForm(CostForm):
    """How the copy comes, and what it costs."""

    comes = forms.ChoiceField(
        label=_("How does it come?"),
        choices=[
            (_BY_POST, _("on paper, by post")),
            (_IS_HERE, _("as a scan or link: it is here, to be attached below")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("comes",)

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        is_here = data["comes"] == _IS_HERE
        return {"copy": lender_news.SentCopy(is_here=is_here, cost=data["cost"], currency=data["currency"])}


class LenderForm(ActionForm):
    """Which of the lenders that were asked: the one asked now, unless somebody chooses another."""

    systems: Iterable[str] = REACHED_BY_WORDS
    lender = PickField(label=_("Lender"), required=False)

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The one asked now, else the last one."""
        asked = reached(request, self.systems)
        current = open_try(request)
        chosen = current if current in asked else next(iter(reversed(asked)), None)
        return {"lender": str(chosen.ordinal) if chosen else ""}

    def prepare(self) -> None:
        """Offer the lenders by their place in the list."""
        field = self.fields["lender"]
        if isinstance(field, PickField):
            asked = reached(self.request, self.systems)
            field.offer((str(each.ordinal), each.partner.name, each) for each in asked)

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = super().facts
        lender_try = data.pop("lender")
        return data | {"try_id": lender_try.pk if lender_try else None}


class MessageLenderForm(LenderForm):
    """Words to a lender."""

    text = lines(
        _("Message to the lender"),
        _("It goes to the other library as you write it. Never name the patron."),
        required=True,
        rows=5,
    )


class StatusForm(LenderForm):
    """Whose system is asked."""

    systems = (PartnerSystem.ISO18626,)


def reached(request: BorrowingRequest, systems: Iterable[str]) -> list[LenderTry]:
    """The lenders that were asked in one of these ways, in their order."""
    return [each for each in request.tries.all() if each.asked_at and each.system in systems]


def _several(request: BorrowingRequest) -> bool:
    return len(reached(request, StatusForm.systems)) > 1


NEWS: dict[str, ActionDoor] = {
    "lender_expects": one_click(lender_news.lender_expects, _("Lender expects to supply")),
    "lender_retry": with_facts(RetryForm, lender_news.lender_retry, _("Offer to ask again noted")),
    "accept_retry": one_click(lender_news.accept_retry, _("Same lender asked again")),
    "refuse_retry": one_click(lender_news.refuse_retry, _("Offer not taken")),
    "lender_copy": with_facts(SentCopyForm, lender_news.lender_copy, _("Copy on its way")),
    "lender_overdue": one_click(lender_news.lender_overdue, _("Noted as overdue at the lender")),
    "lender_hold": one_click(lender_news.lender_hold, _("To be kept for now")),
    "lender_release": one_click(lender_news.lender_release, _("May be sent back")),
    "hold_return": one_click(lender_news.hold_return, _("Lender told")),
    "message_lender": versionless(MessageLenderForm, lender_news.message_lender, _("Message sent")),
    "ask_status": versionless(StatusForm, lender_news.ask_status, _("Lender asked"), asks=_several),
}
