"""The merge fields of each notice, with what they mean for the people who write texts."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import COPY_LEGEND
from illservice.notices.kinds import MergeField

_DAY = date(2026, 3, 16)

_COMMON = (
    MergeField("patron_name", _("name of the patron"), "Alex Example"),
    MergeField("request_number", _("number of the request"), "B0012348", in_subject=True),
    MergeField("request_url", _("link to the request"), "https://ill.example.org/my/requests/B0012348"),
    MergeField("title", _("title of what was asked for"), "A Treatise on Examples"),
    MergeField("author", _("its author"), "E. Writer"),
    MergeField("library_name", _("name of the library"), "Example Library", in_subject=True),
    MergeField("library_email", _("e-mail address of the desk"), "desk@example.org"),
    MergeField("library_phone", _("telephone of the desk"), "+1 555 0100"),
)
_DUE = MergeField("due", _("when the patron must bring it back"), _DAY, in_subject=True)
_IS_COPY = MergeField("is_copy", _("whether it is a copy to keep"), False)

SUBMITTED = (
    *_COMMON,
    MergeField("next_by", _("by when the desk looks at it"), _DAY),
    MergeField("need_by", _("by when the patron needs it"), _DAY),
    MergeField("account_check", _("whether the desk must check the patron's account first"), False),
)
CLOSED = (
    *_COMMON,
    MergeField("reason", _("why, in words for the patron"), "No library could supply it."),
    MergeField("closed_on", _("when it was closed"), _DAY),
)
READY = (
    *_COMMON,
    _DUE,
    _IS_COPY,
    MergeField("pickup_place", _("where it waits"), "Main desk", in_subject=True),
    MergeField("pickup_address", _("address of that place"), "1 Library Road"),
    MergeField("opening_hours", _("opening hours of that place"), "Monday to Friday 9:00–18:00"),
    MergeField("shelf_code", _("code on the hold shelf"), "K47", in_subject=True),
    MergeField("pickup_until", _("until when it waits"), _DAY, in_subject=True),
    MergeField("library_use_only", _("whether it may not leave the library"), False),
)
POSTED = (*_COMMON, _DUE, _IS_COPY)
_LEGEND = MergeField("legend", _("the notice of copyright on a copy"), COPY_LEGEND)
COPY_READY = (
    *_COMMON,
    MergeField("copy_url", _("link to the copy"), "https://copies.example.org/1"),
    MergeField("link_until", _("until when the link works"), _DAY, in_subject=True),
    _LEGEND,
)
SUPPLIED = (
    *_COMMON,
    MergeField("copy_url", _("link to where it is"), "https://copies.example.org/1"),
    MergeField("from_own_shelves", _("whether it is from our own shelves"), True),
    MergeField("is_online", _("whether it is free online"), False),
    MergeField("was_bought", _("whether it was bought"), False),
    MergeField("from_supplier", _("whether a document supplier delivered it"), False),
    _LEGEND,
)
DUE = (*_COMMON, _DUE)
OVERDUE = (
    *DUE,
    MergeField("step", _("which notice of the overdue ladder it is"), "2"),
    MergeField("steps", _("how many notices there are"), "3"),
    MergeField("blocked", _("whether the patron's account is blocked"), False),
    MergeField("next_on", _("when the next step comes"), _DAY),
    MergeField("next_blocks", _("whether the account is blocked then"), True),
    MergeField("next_bills", _("whether a bill comes then"), False),
    MergeField("lost_on", _("when it counts as lost"), _DAY),
)
RECALLED = (*DUE, MergeField("with_patron", _("whether the patron has it at home"), True))
DUE_SOON = (*DUE, MergeField("may_renew", _("whether a renewal can be asked for"), True))
BILL = (
    *_COMMON,
    MergeField("amount", _("what is to be paid"), "12.00 EUR"),
    MergeField("charge_kind", _("what it is for"), "late fee"),
    MergeField("invoice_number", _("number of the bill"), "B0012348-R1", in_subject=True),
    MergeField("pay_by", _("by when it is to be paid"), _DAY, in_subject=True),
    MergeField("how_to_pay", _("how patrons pay"), "At the main desk, in cash or by card."),
)
STILL_NEEDED = (
    *_COMMON,
    MergeField("need_by", _("the day by which it was needed"), _DAY, in_subject=True),
    MergeField(
        "answer_url", _("page with the two answers"), "https://ill.example.org/my/requests/B0012348/needed/"
    ),
)
MESSAGE = (
    *_COMMON,
    MergeField("message_text", _("what the desk wrote"), "Which volume do you need?"),
    MergeField("reply_needed", _("whether the desk waits for an answer"), True),
    MergeField("reply_by", _("until when"), _DAY),
)

PROXY = (
    MergeField("proxy_name", _("name of the person whom the patron named"), "Kim Example"),
    MergeField("patron_name", _("name of the patron"), "Alex Example"),
    MergeField(
        "what", _("what is told, as the list of notices calls it"), "Ready to pick up", in_subject=True
    ),
    MergeField("request_number", _("number of the request"), "B0012348", in_subject=True),
    MergeField("title", _("title of what was asked for"), "A Treatise on Examples"),
    _DUE,
    MergeField("pickup_place", _("where it waits, for those who may pick it up"), "Main desk"),
    MergeField("pickup_address", _("address of that place"), "1 Library Road"),
    MergeField("opening_hours", _("opening hours of that place"), "Monday to Friday 9:00–18:00"),
    MergeField("shelf_code", _("code on the hold shelf"), "K47"),
    MergeField("pickup_until", _("until when it waits"), _DAY),
    MergeField("library_name", _("name of the library"), "Example Library", in_subject=True),
    MergeField("library_email", _("e-mail address of the desk"), "desk@example.org"),
    MergeField("library_phone", _("telephone of the desk"), "+1 555 0100"),
)

LENDER = (
    MergeField("partner_name", _("name of the lending library"), "Other Library"),
    MergeField(
        "request_number", _("our number with the number of the attempt"), "B0012348-1", in_subject=True
    ),
    MergeField("their_number", _("the lender's own number"), "77123", in_subject=True),
    MergeField("title", _("title"), "A Treatise on Examples", in_subject=True),
    MergeField("article_title", _("title of the part"), "On Names", in_subject=True),
    MergeField("author", _("author"), "E. Writer", in_subject=True),
    MergeField("article_author", _("author of the part"), ""),
    MergeField("edition", _("edition"), "2nd"),
    MergeField("publisher", _("publisher"), "Example Press"),
    MergeField("place", _("place of publication"), "Sampletown"),
    MergeField("published", _("year or date"), "2019"),
    MergeField("series", _("series"), ""),
    MergeField("volume", _("volume"), "12"),
    MergeField("issue", _("issue"), "3"),
    MergeField("part", _("part"), ""),
    MergeField("pages", _("pages"), "11–29"),
    MergeField("volume_wanted", _("volume wanted"), ""),
    MergeField("identifiers", _("ISBN, ISSN, DOI and other numbers"), "ISSN 2049-3630"),
    MergeField("is_loan", _("whether a loan is wanted"), True),
    MergeField("is_copy", _("whether a copy is wanted"), False),
    MergeField("any_edition", _("whether any edition will do"), False),
    MergeField(
        "copyright_statement",
        _("copyright statement of a copy"),
        "conforms to the copyright guidelines (CCG)",
    ),
    MergeField("rush", _("whether it is urgent"), False, in_subject=True),
    MergeField("need_by", _("by when it is needed"), _DAY),
    MergeField("max_cost", _("the most that may be charged"), "20.00 EUR"),
    MergeField("asked_on", _("when the lender was asked"), _DAY),
    MergeField("answer_by", _("by when an answer is expected"), _DAY),
    MergeField("shipped_on", _("when the lender sent it"), _DAY),
    MergeField("lender_due", _("when it is due back at the lender"), _DAY),
    MergeField(
        "answer_url", _("link by which the lender answers"), "https://ill.example.org/answer/example/"
    ),
    MergeField("conditions", _("the lender's conditions"), "use in the library only"),
    MergeField("cost", _("the lender's price"), "12.00 EUR"),
    MergeField("library_name", _("name of our library"), "Example Library", in_subject=True),
    MergeField("library_symbols", _("our symbols"), "XX-EXAMPLE"),
    MergeField("library_address", _("our postal address"), "1 Library Road"),
    MergeField("library_email", _("e-mail address of our desk"), "desk@example.org"),
    MergeField("library_phone", _("telephone of our desk"), "+1 555 0100"),
)
LENDER_MESSAGE = (
    *LENDER,
    MergeField("message_text", _("what the desk wrote"), "Do you have the second volume, too?"),
)
