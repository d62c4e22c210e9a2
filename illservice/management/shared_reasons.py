"""The reasons that every library can offer: words for staff, plain words for patrons, codes of ISO 18626 (open code
lists of 2017, ReasonUnfilled and ReasonRetry)."""

from illservice.directory.models import Reason, ReasonPurpose

_CANCEL = (
    ("patron-asked", "The patron does not need it any more", "You told us that you no longer need it.", ""),
    ("duplicate", "Duplicate request", "You have asked for the same thing already.", ""),
    ("owned", "In our own collection", "Our library has it. You can borrow or read it here.", ""),
    ("online", "Free online", "You can read it online without a charge.", ""),
    ("citation", "Cannot be verified as cited", "We could not find out which work is meant.", ""),
    ("course-book", "Textbook for a course", "Libraries do not lend each other textbooks for courses.", ""),
    ("cost", "Too expensive", "It would cost more than you or we can pay.", ""),
    (
        "copyright",
        "Over the copyright limit",
        "This year we may get no more copies from this journal. Ask us again in January, or about another way.",
        "",
    ),
    ("other", "Other", "", ""),
)
_UNFILLED = (
    ("all-tried", "All lenders tried", "We asked every library that might have it. None can send it.", ""),
    ("not-lent", "No library lends it", "The libraries that have it do not lend it.", ""),
    ("too-new", "Too new to be lent", "It is too new. Libraries lend it after some months.", ""),
    ("not-in-time", "Not before the date needed", "It would not arrive before the date you gave.", ""),
    ("copyright", "Not allowed by copyright", "The law does not let us copy it for you.", ""),
)
_LENDER_NO = (
    ("on-loan", "On loan", "It is lent to somebody else at the moment.", "OnLoan"),
    ("not-held", "Does not have it", "The library does not have it.", "NotHeld"),
    ("not-on-shelf", "Not on the shelf", "The library could not find it.", "NotOnShelf"),
    ("non-circulating", "Does not lend it", "The library does not lend it.", "NonCirculating"),
    ("poor-condition", "In poor condition", "It is too fragile to travel.", "PoorCondition"),
    ("policy", "Against the lender's policy", "The library does not lend it to others.", "PolicyProblem"),
    ("at-bindery", "At the bindery", "It is being bound.", "AtBindery"),
    ("on-order", "On order", "The library has ordered it but not got it yet.", "OnOrder"),
    ("cost", "Costs more than we would pay", "It would cost too much.", "CostExceedsMaxCost"),
    (
        "not-as-cited",
        "Not found as cited",
        "The library could not find what was described.",
        "NotFoundAsCited",
    ),
    ("not-available", "Not available for interlibrary loan", "It is not available.", "NotAvailableForILL"),
)
_REOPEN = (
    ("new-lender", "Another lender turned up", "", ""),
    ("mistake", "Closed by mistake", "", ""),
    ("patron-asked", "The patron still needs it", "", ""),
)
_NOT_SUPPLIED = (
    ("not-held", "We do not have it", "", "NotHeld"),
    ("not-on-shelf", "Not on the shelf, missing or lost", "", "NotOnShelf"),
    ("non-circulating", "Not for loan", "", "NonCirculating"),
    ("poor-condition", "In poor condition", "", "PoorCondition"),
    ("policy", "Against our policy", "", "PolicyProblem"),
    ("licence", "The licence does not allow it", "", "PolicyProblem"),
    ("in-process", "In processing or on reserve", "", "NotAvailableForILL"),
    ("not-available", "Not available for interlibrary loan", "", "NotAvailableForILL"),
)
_RETRY = (
    ("on-loan", "On loan", "", "OnLoan"),
    ("at-bindery", "At the bindery", "", "AtBindery"),
    ("on-order", "On order", "", "OnOrder"),
    ("cost", "Costs more than you offered", "", "CostExceedsMaxCost"),
    ("not-as-cited", "Not found as cited", "", "NotFoundAsCited"),
    ("not-now", "Not available at the moment", "", "NotCurrentAvailableForILL"),
    ("other-service", "Only as a copy, or only as a loan", "", "ReqServTypeNotPossible"),
    ("other-edition", "Only another edition", "", "ReqEditionNotPossible"),
    ("not-in-time", "Not by the date you need it", "", "ReqDelDateNotPossible"),
    ("other-delivery", "Not by this way of delivery", "", "ReqDelMethodNotSupp"),
    ("conditions", "Only under conditions", "", "LoanCondition"),
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
