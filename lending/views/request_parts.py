"""The parts of a lending request's page, as the words and links that its templates print."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from illservice.citations.kinds import Kind
from illservice.citations.selectors import LicenceSays
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk import page
from illservice.core.desk.costs import costs_part, too_much
from illservice.core.desk.page import Fact, day_words, fact, filled, money_words
from illservice.core.money import LOSSES, bill_until
from illservice.directory.kinds import condition_words
from illservice.directory.models import BorrowerStanding, Library, Suspended
from illservice.policies.views.words import fee_policies, policy_fact
from lending.forms.actions.items import looked_for
from lending.forms.actions.review import CLEARING_REASONS
from lending.forms.partner import StandingForm
from lending.models import (
    DeliveryWay,
    ItemPlace,
    LendingHold,
    LendingItem,
    LendingQuestion,
    LendingRequest,
)
from lending.selectors.page import Neighbour
from lending.selectors.sight import sees_readers
from lending.views.links import LINKS
from lending.views.side import SIDE
from lending.workflow.rights import DESK
from lending.workflow.states import SETTLING, HoldKind

_PLACE_TONES = {
    ItemPlace.TO_PULL: "info",
    ItemPlace.NOT_FOUND: "bad",
    ItemPlace.KEPT: "neutral",
    ItemPlace.BACK: "neutral",
}


LICENCE = "licence"
"""The shared reason, PolicyProblem over the wire (ISO 18626), for what a licence forbids."""


def wish_facts(request: LendingRequest, actor: Actor) -> list[Fact]:
    """How it is wanted and by which policy it is handled. Where a reader lives only those read who send the parcel."""
    hidden = request.sent_to_patron and not sees_readers(actor)
    ship_to = _("Your work needs no names.") if hidden else request.ship_to
    return filled(
        [
            *page.kind_facts(request, lambda code: Kind(code).label),
            fact(_("Needed by"), day_words(request.need_by)),
            fact(_("Also welcome"), _("any edition") if request.any_edition else ""),
            fact(_("Volume wanted"), request.volume_wanted),
            fact(_("Service level"), request.service_level),
            fact(_("Copyright statement"), _statement(request)),
            fact(_("Pays up to"), money_words(request.max_cost, request.max_cost_currency)),
            fact(_("A copy goes"), request.get_delivery_display() if request.kind != Kind.LOAN else ""),
            fact(_("Copies to"), request.electronic_address),
            fact(_("Ship to"), ship_to, copyable=bool(ship_to) and not hidden),
            fact(_("Note from the borrower"), request.borrower_note),
            policy_fact(request.policy, request.library.slug, actor),
        ]
    )


def _statement(request: LendingRequest) -> str:
    missing = _("none") if request.kind == Kind.COPY else ""
    return request.copyright_statement or missing


def licence_part(
    says: LicenceSays | None, one: LendingRequest, slug: str, rows: Any
) -> dict[str, Any] | None:
    """What a licence says against sending this copy, with the answer to the borrower where it forbids it."""
    if says is None:
        return None
    tone, words, refuse = "bad", _("The licence does not allow copies for other libraries"), "refuse" in rows
    if says.on_paper and not says.electronically:
        tone, words = "warn", _("The licence allows a copy on paper or by fax only, no file")
        refuse = refuse and one.delivery == DeliveryWay.LINK
    elif says.electronically:
        tone, words, refuse = "info", _("The licence allows copies for non-profit libraries only"), False
    url = f"{LINKS.action(slug, one.number, 'refuse')}?reason={LICENCE}" if refuse else ""
    return {"tone": tone, "words": words, "names": ", ".join(says.names), "refuse_url": url}


def place_facts(request: LendingRequest) -> list[Fact]:
    """Until when, under which conditions, what it costs, and why not."""
    return filled(
        [
            fact(_("Due back"), day_words(request.due)),
            fact(_("Renewals"), request.renewals or ""),
            fact(_("Conditions"), "\n".join(condition_words(request.conditions))),
            fact(_("Charge"), money_words(request.cost, request.cost_currency)),
            fact(_("Reason"), request.reason.for_staff if request.reason else ""),
            fact(_("May be asked for again from"), day_words(request.retry_after)),
            fact(_("Sent"), day_words(_day(request, request.shipped_at))),
            fact(_("Arrived at the borrower"), day_words(_day(request, request.borrower_received_at))),
            fact(_("Sent back"), day_words(_day(request, request.borrower_returned_at))),
            fact(_("Checked in"), day_words(_day(request, request.checked_in_at))),
        ]
    )


def _day(request: LendingRequest, moment: Any) -> Any:
    return local_date(moment, request.library.timezone) if moment else None


def costs(one: LendingRequest, library: Library, rows: Any, at: datetime) -> dict[str, Any]:
    """The charges, whether they are more than the borrower pays, and until when a loss is billed in time."""
    warnings = too_much(one, one.max_cost_currency or library.currency)
    last = bill_until(one.due)
    if one.state == SETTLING and last and not _is_billed(one):
        words = _("Bill the loss by %(day)s: six months after the due date.")
        if last < local_date(at, library.timezone):
            words = _("The last day to bill the loss was %(day)s: six months after the due date.")
        warnings.append(words % {"day": day_words(last)})
    return costs_part(SIDE, one, library.slug, rows, at, warnings=warnings, policies=fee_policies(one))


def _is_billed(one: LendingRequest) -> bool:
    losses = [each for each in one.charges.all() if each.kind in LOSSES]
    return any(each.invoiced_on or not each.is_open for each in losses)


def item_part(item: LendingItem, number: int, candidates: list[LendingItem]) -> dict[str, Any]:
    """One copy's line. `code` is what the form of "found" calls it."""
    where = (item.location.name if item.location else "", item.shelf)
    return {
        "code": number,
        "volume": item.volume or _("item"),
        "call_number": item.call_number,
        "where": " · ".join(part for part in where if part),
        "barcode": item.barcode,
        "pieces": item.pieces,
        "printed_at": item.printed_at,
        "status": {
            "text": item.get_place_display(),
            "tone": _PLACE_TONES.get(ItemPlace(item.place), "ok"),
        },
        "looked_for": item in candidates,
    }


def items_part(request: LendingRequest) -> list[dict[str, Any]]:
    """Every copy in the order in which it is looked for."""
    candidates = list(looked_for(request))
    return [item_part(each, number, candidates) for number, each in enumerate(request.items.all(), start=1)]


def hold_part(hold: LendingHold, slug: str, *, clears: bool) -> dict[str, Any]:
    """What a hold says, where to look, and its ways out."""
    return {
        "kind": hold.kind,
        "label": HoldKind(hold.kind).label,
        "words": [],
        "opened_at": hold.opened_at,
        "reply_by": hold.reply_by,
        "twins": page.twins(SIDE, slug, (hold.detail or {}).get("numbers", [])),
        "reasons": CLEARING_REASONS[HoldKind(hold.kind)],
        "clears": clears,
    }


def question_facts(question: LendingQuestion) -> list[Fact]:
    """What we asked for."""
    terms = question.terms or {}
    price = " ".join(part for part in (terms.get("cost", ""), terms.get("currency", "")) if part)
    return filled(
        [
            fact(_("Conditions"), "\n".join(condition_words(terms.get("conditions", [])))),
            fact(_("Charge"), price),
        ]
    )


def borrower_part(
    request: LendingRequest, library: Library, actor: Actor, near: Neighbour, at: Any
) -> dict[str, Any]:
    """Who asks, by which way, and how we stand with them."""
    borrower = request.borrower
    came = request.get_channel_display()
    if request.system:
        came = _("%(way)s (%(system)s)") % {"way": came, "system": request.get_system_display()}
    lines = [
        fact(_("Library"), borrower.name),
        fact(_("Symbol"), request.borrower_symbol, copyable=True),
        fact(_("Their number"), request.borrower_number, copyable=True),
        fact(_("Came by"), came),
        fact(_("E-mail"), near.email, url=f"mailto:{near.email}" if near.email else ""),
        fact(_("Telephone"), near.phone or borrower.phone),
        fact(_("Postal address"), near.address or borrower.address),
        fact(
            _("Asked before as"),
            request.previous.number if request.previous else "",
            url=LINKS.request(library.slug, request.previous.number) if request.previous else "",
        ),
    ]
    known = near.standing is not None
    return {
        "facts": filled(lines),
        "warnings": _standing_words(near, local_date(at, library.timezone)),
        "dealings": _dealings(near),
        "list_url": f"{LINKS.page('queue', library.slug)}?borrower={borrower.pk}",
        "may_change": known and bool(actor.roles & DESK),
        "standing_form": StandingForm(
            initial={"standing": near.standing, "suspended_until": near.suspended_until},
            auto_id="standing_%s",
        ),
        "standing_url": reverse("lending:standing", args=[library.slug, borrower.slug]),
    }


def _standing_words(near: Neighbour, today: Any) -> list[str]:
    if near.standing == BorrowerStanding.BLOCKED:
        return [_("We do not lend to this library.")]
    over = near.suspended_until is not None and near.suspended_until < today
    if near.standing == BorrowerStanding.SUSPENDED and not over:
        if near.suspended_for == Suspended.OVERDUE:
            day = day_words(near.suspended_since)
            return [
                _("We do not lend to this library since %(day)s: something is long overdue.") % {"day": day}
            ]
        if near.suspended_until is None:
            return [_("We do not lend to this library for the time being.")]
        return [_("We do not lend to this library until %(day)s.") % {"day": day_words(near.suspended_until)}]
    return [] if near.standing is not None else [_("This library is not among your partners.")]


def _dealings(near: Neighbour) -> str:
    asked = ngettext("%(n)d request so far", "%(n)d requests so far", near.asked) % {"n": near.asked}
    return _("%(asked)s: %(open)d open, %(supplied)d supplied") % {
        "asked": asked,
        "open": near.still_open,
        "supplied": near.supplied,
    }
