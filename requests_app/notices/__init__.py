"""Every notice of the borrowing side: what it says, to whom, and whether it is still true when it leaves."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from illservice.core import outbox
from illservice.notices.kinds import Audience, Group, MergeField, NoticeKind, register
from requests_app.notices import fields, lender, patron, proxies, truth
from requests_app.notices.attention import show_failed
from requests_app.notices.building import Compose, Telling, build, due_dates, preview, read_ahead
from requests_app.notices.truth import Check
from requests_app.services.answer_links import Purpose

__all__ = ["due_dates", "register_notices"]

_PATRON: tuple[tuple[str, object, tuple[MergeField, ...], Compose, Check], ...] = (
    ("submitted", _("Request received"), fields.SUBMITTED, patron.submitted, truth.always),
    ("cancelled", _("Request cancelled"), fields.CLOSED, patron.closed, truth.cancelled),
    ("unfilled", _("Closed unfilled"), fields.CLOSED, patron.closed, truth.unfilled),
    ("ready", _("Ready to pick up"), fields.READY, patron.ready, truth.ready),
    ("posted", _("Posted to the patron"), fields.POSTED, patron.posted, truth.posted),
    ("copy_ready", _("Copy ready"), fields.COPY_READY, patron.copy_ready, truth.copy_ready),
    ("supplied", _("Supplied without a lender"), fields.SUPPLIED, patron.supplied, truth.supplied),
    ("renewed", _("Renewal granted"), fields.DUE, patron.due, truth.renewed),
    ("not_renewed", _("Renewal refused"), fields.DUE, patron.due, truth.not_renewed),
    ("recalled", _("Recalled by the lender"), fields.RECALLED, patron.recalled, truth.recalled),
    ("due_changed", _("Due date changed"), fields.DUE, patron.due, truth.due_changed),
    ("due_soon", _("Due soon"), fields.DUE_SOON, patron.due_soon, truth.due_soon),
    ("overdue", _("Overdue"), fields.OVERDUE, patron.overdue, truth.overdue),
    ("bill", _("Bill to the patron"), fields.BILL, patron.bill, truth.billed),
    ("pickup_reminder", _("Still on the hold shelf"), fields.READY, patron.ready, truth.ready),
    ("recall_reminder", _("Recalled and not back"), fields.DUE, patron.due, truth.recall_reminder),
    ("still_needed", _("Still needed?"), fields.STILL_NEEDED, patron.still_needed, truth.still_needed),
    ("message", _("Message from the desk"), fields.MESSAGE, patron.message, truth.message),
)
_PARTNER: tuple[tuple[str, object, tuple[MergeField, ...], Check], ...] = (
    ("lender_request", _("Request to a lender"), fields.LENDER, truth.try_open),
    ("lender_reminder", _("Reminder to a lender"), fields.LENDER, truth.lender_silent),
    ("lender_cancel", _("Cancellation at a lender"), fields.LENDER, truth.lender_cancel),
    ("lender_conditions_accepted", _("Conditions accepted"), fields.LENDER, truth.try_open),
    ("lender_conditions_refused", _("Conditions refused"), fields.LENDER, truth.try_ended),
    ("lender_renewal", _("Renewal asked of a lender"), fields.LENDER, truth.lender_renewal),
    ("lender_claim", _("Not arrived: asking the lender"), fields.LENDER, truth.lender_claim),
    ("lender_resend", _("Better copy asked of a lender"), fields.LENDER, truth.lender_resend),
)

_REMINDERS = frozenset({"due_soon", "overdue", "pickup_reminder", "recall_reminder", "still_needed"})
"""Wait for an open hour of the library, and come as one mail when there are several; workflow.effects bundles them."""
_OPTIONAL = frozenset({"due_soon"})
"""Patrons can switch them off."""
_IMPORTANT = frozenset({"ready", "posted", "copy_ready", "supplied", "recalled", "due_changed", "bill"})
"""Always come in the way that a patron chose for everything."""
_DATED = frozenset({"ready", "posted", "renewed", "recalled", "due_changed", "due_soon"})
"""Hold a calendar file with the patron's date."""

_BY_LAW = {
    "lender_request": frozenset({"copyright_statement"}),
    "copy_ready": frozenset({"legend"}),
    "supplied": frozenset({"legend"}),
}
"""What a text must say of a copy: the statement (CONTU guideline 3), the notice of copyright (17 USC 108(a)(3))."""

_ASKS = {
    "lender_request": Purpose.SUPPLY,
    "lender_reminder": Purpose.SUPPLY,
    "lender_conditions_accepted": Purpose.SUPPLY,
    "lender_renewal": Purpose.RENEWAL,
    "lender_cancel": Purpose.CANCEL,
}
"""Letters that hold a link by which the lender answers."""


def register_notices() -> None:
    """Make the kinds known to the machinery, and be told when a mail is given up."""
    for code, label, merge_fields, compose, check in _PATRON:
        _register(code, label, Audience.PATRON, merge_fields, compose, check)
    for code, label, merge_fields, check in _PARTNER:
        compose = partial(lender.letter, _ASKS.get(code))
        _register(code, label, Audience.PARTNER, merge_fields, compose, check)
    _register(
        "lender_message",
        _("Message to a lender"),
        Audience.PARTNER,
        fields.LENDER_MESSAGE,
        lender.message,
        truth.lender_message,
    )
    proxies.register_proxies({code: check for code, _label, _fields, _compose, check in _PATRON})
    outbox.on_failure(show_failed)


def _group(code: str) -> Group:
    if code in _REMINDERS:
        return Group.REMINDERS
    return Group.IMPORTANT if code in _IMPORTANT else Group.NEWS


def _register(
    code: str,
    label: object,
    audience: Audience,
    merge_fields: tuple[MergeField, ...],
    compose: Compose,
    check: Check,
) -> None:
    telling = Telling(audience, compose, _group(code), code in _OPTIONAL, code in _DATED)
    register(
        NoticeKind(
            code=code,
            label=label,
            audience=audience,
            fields=merge_fields,
            build=partial(build, telling, check),
            preview=partial(preview, telling),
            group=telling.group,
            optional=telling.optional,
            read_ahead=read_ahead,
            by_law=_BY_LAW.get(code, frozenset()),
        )
    )
