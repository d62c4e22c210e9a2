"""Actions on what arrives, is handed out and goes home."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.fields import currency, day, lines, money, short_text, upper
from illservice.core.desk.forms import ActionDoor, ActionForm, PickField, one_click, with_facts
from illservice.directory.forms import loan_conditions
from requests_app.forms.actions.fields import BranchForm, open_try
from requests_app.models import BorrowingRequest, LenderTry, RequestItem, Wanted
from requests_app.services import copies, items
from requests_app.workflow.facts import MAY_COME_LATE
from requests_app.workflow.policy import policy_terms

_KINDS = [(Wanted.LOAN.value, _("a loan, to go back")), (Wanted.COPY.value, _("a copy, to keep"))]
MOST_PIECES = 999


def _pieces(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=1,
        max_value=MOST_PIECES,
        widget=forms.TextInput(attrs={"class": "width-xs", "inputmode": "numeric", "autocomplete": "off"}),
    )


class ArrivalForm(ActionForm):
    """What the desk notes when something arrives; everything may stay as the lender announced it."""

    kind = forms.ChoiceField(label=_("It is"), choices=_KINDS)
    barcode = short_text(_("Lender’s barcode"), 60, css="width-m number")
    call_number = short_text(_("Call number"), 100)
    labels = lines(_("Volumes or parts"), _("One on each line, when there are several."), rows=2)
    pieces = _pieces(_("Pieces"), _("Count discs, maps and supplements too."))
    pieces_expected = _pieces(_("Pieces that should have come"), _("Only when some are missing."))
    condition = short_text(_("Condition"), 200, _("Damage that you see now."), css="width-l")
    lender_due = day(_("Due back at the lender"), _("As the strap in the book says."))
    conditions = loan_conditions()
    return_address = lines(_("Return address"), rows=3)
    cost = money(_("Cost"))
    currency = currency()

    def sender(self) -> LenderTry | None:
        """The lender from whom it came."""
        return open_try(self.request)

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """What the lender announced."""
        sender = self.sender()
        return {
            "kind": Wanted.COPY if request.kind == Wanted.COPY else Wanted.LOAN,
            "pieces": 1,
            "lender_due": sender.lender_due if sender else None,
            "conditions": sender.conditions if sender else [],
            "return_address": sender.return_address if sender else "",
            "cost": sender.cost if sender else None,
            "currency": (sender.cost_currency if sender else "") or request.library.currency,
        }

    def prepare(self) -> None:
        """One scan sends no field: then it is what was asked for."""
        self.fields["kind"].required = False

    def clean_currency(self) -> str:
        """Capital letters."""
        return upper(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Missing pieces are fewer than those that should have come."""
        data = super().clean() or {}
        came, expected = data.get("pieces") or 1, data.get("pieces_expected")
        if expected and expected < came:
            self.add_error("pieces_expected", _("That is less than what came."))
        return data

    @property
    def arrival(self) -> items.Arrival:
        """As the service takes it."""
        data = self.cleaned_data
        known = self.defaults(self.request)
        return items.Arrival(
            kind=data["kind"] or known["kind"],
            barcode=data["barcode"],
            call_number=data["call_number"],
            labels=[each.strip()[:100] for each in data["labels"].splitlines() if each.strip()],
            pieces=data["pieces"] or 1,
            pieces_expected=data["pieces_expected"],
            condition=data["condition"],
            lender_due=data["lender_due"],
            conditions=data["conditions"],
            return_address=data["return_address"],
            cost=data["cost"],
            currency=data["currency"] if data["cost"] is not None else "",
        )

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"arrival": self.arrival}


def lenders_left(request: BorrowingRequest) -> list[LenderTry]:
    """The lenders that we had moved on from, whose item may still come."""
    return [each for each in request.tries.all() if each.status in MAY_COME_LATE]


class SecondArrivalForm(ArrivalForm):
    """The same of a lender that we had moved on from."""

    lender = PickField(label=_("Lender"))
    field_order = ("lender",)

    def prepare(self) -> None:
        """Offer the lenders by their place in the list."""
        super().prepare()
        field = self.fields["lender"]
        if isinstance(field, PickField):
            field.offer((str(each.ordinal), each.partner.name, each) for each in lenders_left(self.request))

    def sender(self) -> LenderTry | None:
        """The last one that we had moved on from."""
        return next(iter(reversed(lenders_left(self.request))), None)

    @property
    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"arrival": self.arrival, "try_id": self.cleaned_data["lender"].pk}


class CopyForm(ActionForm):
    """Where the patron finds the copy."""

    link = forms.URLField(
        label=_("Link to the copy"),
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "width-l", "autocomplete": "off"}),
    )
    until = day(_("Link works until"))
    cost = money(_("Cost"))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The link known, and the usual time."""
        today = local_date(self.at, request.library.timezone)
        return {"link": request.copy_link, "until": today + timedelta(days=policy_terms(request).resend_days)}

    def clean_until(self) -> Any:
        """Not over already."""
        until = self.cleaned_data.get("until")
        if until and until < local_date(self.at, self.library.timezone):
            raise forms.ValidationError(_("That day is over. Choose a later one."))
        return until


class SendToBranchForm(BranchForm):
    """Where it goes."""

    empty = _("– where the patron picks it up –")

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """Where the patron picks it up."""
        return {"branch": request.pickup_branch.code if request.pickup_branch else ""}


class TakeBackForm(BranchForm):
    """Where it was brought back."""

    empty = _("– where it was handed over –")


class HandOverForm(ActionForm):
    """Until when the patron may keep it."""

    patron_due = day(
        _("Due date for the patron"), _("Never later than the lender’s. Empty keeps the date known.")
    )

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """The date known."""
        return {"patron_due": request.patron_due}


class SendBackForm(ActionForm):
    """The pieces counted before packing."""

    pieces = _pieces(_("Pieces in the parcel"))

    def defaults(self, request: BorrowingRequest) -> dict[str, Any]:
        """Nothing: a number that stands there already is not counted."""
        return {}

    def prepare(self) -> None:
        """Several pieces are counted."""
        came = most_pieces(self.request)
        self.fields["pieces"].required = came > 1
        if came > 1:
            self.fields["pieces"].help_text = _(
                "%(number)d came. Count them before you close the parcel."
            ) % {"number": came}


def _here(request: BorrowingRequest) -> list[RequestItem]:
    return [each for each in request.items.all() if each.received_at and not each.returned_at]


def most_pieces(request: BorrowingRequest) -> int:
    """The pieces of the biggest item that is here."""
    return max((each.pieces for each in _here(request) if not each.second_copy), default=1)


def _no_date(request: BorrowingRequest) -> bool:
    return request.patron_due is None and (request.kind_supplied or request.kind) != Wanted.COPY


def _no_branch(request: BorrowingRequest) -> bool:
    return request.pickup_branch_id is None or request.pickup_branch_id == request.location_id


def _shelve(
    *, request: BorrowingRequest, data: Mapping[str, Any], actor: Actor, at: datetime, version: int | None
) -> Any:
    code = items.shelve(request_id=request.pk, actor=actor, at=at, version=version)
    return _("On the hold shelf under %(code)s") % {"code": code}


ITEMS: dict[str, ActionDoor] = {
    "receive": with_facts(ArrivalForm, items.receive, _("Received")),
    "receive_second": with_facts(SecondArrivalForm, items.receive_second, _("Second copy received")),
    "return_second": one_click(items.return_second, _("Second copy sent back")),
    "deliver_copy": with_facts(CopyForm, copies.deliver_copy, _("Copy delivered")),
    "send_to_branch": with_facts(
        SendToBranchForm, items.send_to_branch, _("On its way to the branch"), asks=_no_branch
    ),
    "receive_at_branch": one_click(items.receive_at_branch, _("Received at the branch")),
    "shelve": ActionDoor(ActionForm, _shelve, _("On the hold shelf")),
    "post_to_patron": one_click(items.post_to_patron, _("Posted to the patron")),
    "hand_over": with_facts(HandOverForm, items.hand_over, _("Handed over"), asks=_no_date),
    "not_collected": one_click(items.not_collected, _("Taken off the hold shelf")),
    "take_back": with_facts(TakeBackForm, items.take_back, _("Taken back"), asks=lambda _request: False),
    "arrive_back": one_click(items.arrive_back, _("Back at the desk")),
    "send_back": with_facts(
        SendBackForm,
        items.send_back,
        _("Sent back to the lender"),
        asks=lambda request: most_pieces(request) > 1,
    ),
    "send_on": one_click(items.send_on, _("Sent on to another library")),
    "reshelve": one_click(items.reshelve, _("Back on our shelves")),
    "confirm_return": one_click(items.confirm_return, _("The lender has it back")),
    "finish_copy": one_click(copies.finish_copy, _("Finished")),
}
