"""Reasons of ISO 18626 in words (open code lists ReasonUnfilled and ReasonRetry), for the log of an exchange."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REASON_WORDS: dict[str, Any] = {
    "NonCirculating": _("not for loan"),
    "NotAvailableForILL": _("not available for other libraries"),
    "NotHeld": _("not in the collection"),
    "NotOnShelf": _("not on the shelf"),
    "PolicyProblem": _("against the library's policy"),
    "PoorCondition": _("in poor condition"),
    "Duplicate": _("asked for already"),
    "AtBindery": _("at the bindery"),
    "CostExceedsMaxCost": _("it costs more than was offered"),
    "CourierNotSupp": _("not by this courier"),
    "LoanCondition": _("only under conditions"),
    "MustMeetLoanCondition": _("only under conditions"),
    "MultiVolAvail": _("there are several volumes"),
    "NotCurrentAvailableForILL": _("not available at the moment"),
    "NotFoundAsCited": _("not found as cited"),
    "OnLoan": _("on loan"),
    "OnOrder": _("on order"),
    "ReqDelDateNotPossible": _("not by the date that was asked for"),
    "ReqDelMethodNotSupp": _("not by this way of delivery"),
    "ReqEditionNotPossible": _("only another edition"),
    "ReqFormatNotPossible": _("not in this format"),
    "ReqPayMethodNotSupported": _("not with this way of paying"),
    "ReqServLevelNotSupp": _("not as fast as that"),
    "ReqServTypeNotPossible": _("only as a copy, or only as a loan"),
}
"""A code that is not here stands as it is."""
