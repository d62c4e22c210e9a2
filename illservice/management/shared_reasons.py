"""The reasons that every library can offer: words for staff, plain words for patrons, codes of ISO 18626 (open code
lists of 2017, ReasonUnfilled and ReasonRetry)."""

from django.utils.translation import gettext_noop as _

from illservice.directory.models import Reason, ReasonPurpose

_CANCEL = (
    (
        "patron-asked",
        _("The patron does not need it any more"),
        _("You told us that you no longer need it."),
        "",
    ),
    ("duplicate", _("Duplicate request"), _("You have asked for the same thing already."), ""),
    ("owned", _("In our own collection"), _("Our library has it. You can borrow or read it here."), ""),
    ("online", _("Free online"), _("You can read it online without a charge."), ""),
    ("citation", _("Cannot be verified as cited"), _("We could not find out which work is meant."), ""),
    (
        "course-book",
        _("Textbook for a course"),
        _("Libraries do not lend each other textbooks for courses."),
        "",
    ),
    ("cost", _("Too expensive"), _("It would cost more than you or we can pay."), ""),
    (
        "copyright",
        _("Over the copyright limit"),
        _(
            "This year we may get no more copies from this journal. Ask us again in January, or about another way."
        ),
        "",
    ),
    ("other", _("Other"), "", ""),
)
_UNFILLED = (
    (
        "all-tried",
        _("All lenders tried"),
        _("We asked every library that might have it. None can send it."),
        "",
    ),
    ("not-lent", _("No library lends it"), _("The libraries that have it do not lend it."), ""),
    ("too-new", _("Too new to be lent"), _("It is too new. Libraries lend it after some months."), ""),
    ("not-in-time", _("Not before the date needed"), _("It would not arrive before the date you gave."), ""),
    ("copyright", _("Not allowed by copyright"), _("The law does not let us copy it for you."), ""),
)
_LENDER_NO = (
    ("on-loan", _("On loan"), _("It is lent to somebody else at the moment."), "OnLoan"),
    ("not-held", _("Does not have it"), _("The library does not have it."), "NotHeld"),
    ("not-on-shelf", _("Not on the shelf"), _("The library could not find it."), "NotOnShelf"),
    ("non-circulating", _("Does not lend it"), _("The library does not lend it."), "NonCirculating"),
    ("poor-condition", _("In poor condition"), _("It is too fragile to travel."), "PoorCondition"),
    (
        "policy",
        _("Against the lender's policy"),
        _("The library does not lend it to others."),
        "PolicyProblem",
    ),
    ("at-bindery", _("At the bindery"), _("It is being bound."), "AtBindery"),
    ("on-order", _("On order"), _("The library has ordered it but not got it yet."), "OnOrder"),
    ("cost", _("Costs more than we would pay"), _("It would cost too much."), "CostExceedsMaxCost"),
    (
        "not-as-cited",
        _("Not found as cited"),
        _("The library could not find what was described."),
        "NotFoundAsCited",
    ),
    (
        "not-available",
        _("Not available for interlibrary loan"),
        _("It is not available."),
        "NotAvailableForILL",
    ),
)
_REOPEN = (
    ("new-lender", _("Another lender turned up"), "", ""),
    ("mistake", _("Closed by mistake"), "", ""),
    ("patron-asked", _("The patron still needs it"), "", ""),
)
_NOT_SUPPLIED = (
    ("not-held", _("We do not have it"), "", "NotHeld"),
    ("not-on-shelf", _("Not on the shelf, missing or lost"), "", "NotOnShelf"),
    ("non-circulating", _("Not for loan"), "", "NonCirculating"),
    ("poor-condition", _("In poor condition"), "", "PoorCondition"),
    ("policy", _("Against our policy"), "", "PolicyProblem"),
    ("licence", _("The licence does not allow it"), "", "PolicyProblem"),
    ("in-process", _("In processing or on reserve"), "", "NotAvailableForILL"),
    ("not-available", _("Not available for interlibrary loan"), "", "NotAvailableForILL"),
)
_RETRY = (
    ("on-loan", _("On loan"), "", "OnLoan"),
    ("at-bindery", _("At the bindery"), "", "AtBindery"),
    ("on-order", _("On order"), "", "OnOrder"),
    ("cost", _("Costs more than you offered"), "", "CostExceedsMaxCost"),
    ("not-as-cited", _("Not found as cited"), "", "NotFoundAsCited"),
    ("not-now", _("Not available at the moment"), "", "NotCurrentAvailableForILL"),
    ("other-service", _("Only as a copy, or only as a loan"), "", "ReqServTypeNotPossible"),
    ("other-edition", _("Only another edition"), "", "ReqEditionNotPossible"),
    ("not-in-time", _("Not by the date you need it"), "", "ReqDelDateNotPossible"),
    ("other-delivery", _("Not by this way of delivery"), "", "ReqDelMethodNotSupp"),
    ("conditions", _("Only under conditions"), "", "LoanCondition"),
)
_CATALOGUE = {
    ReasonPurpose.CANCEL: _CANCEL,
    ReasonPurpose.UNFILLED: _UNFILLED,
    ReasonPurpose.LENDER_NO: _LENDER_NO,
    ReasonPurpose.REOPEN: _REOPEN,
    ReasonPurpose.NOT_SUPPLIED: _NOT_SUPPLIED,
    ReasonPurpose.RETRY: _RETRY,
}


def ensure_shared_reasons() -> int:
    """Add the shared reasons that are missing and return how many. What an administrator changed stays changed."""
    known = set(Reason.objects.filter(library__isnull=True).values_list("purpose", "code"))
    missing = [
        Reason(
            purpose=purpose,
            code=code,
            staff_text=staff_text,
            patron_text=patron_text,
            iso_code=iso_code,
            position=position,
        )
        for purpose, reasons in _CATALOGUE.items()
        for position, (code, staff_text, patron_text, iso_code) in enumerate(reasons)
        if (purpose, code) not in known
    ]
    return len(Reason.objects.bulk_create(missing))
