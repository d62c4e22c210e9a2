"""The merge fields of letters to borrowers, with what they mean for the people who write texts."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import COPY_LEGEND
from illservice.notices.kinds import MergeField

_DAY = date(2026, 3, 16)

BORROWER = (
    MergeField("partner_name", _("name of the borrowing library"), "Other Library"),
    MergeField("request_number", _("number of the request"), "L0012341", in_subject=True),
    MergeField("your_number", _("the borrower’s own number"), "EL-77", in_subject=True),
    MergeField("known_number", _("the borrower’s own number, else ours"), "EL-77", in_subject=True),
    MergeField(
        "request_url",
        _("link to the request, for libraries that ask on the web"),
        "https://ill.example.org/from/example/requests/L0012341/",
    ),
    MergeField("title", _("title"), "A Treatise on Examples", in_subject=True),
    MergeField("article_title", _("title of the part"), "", in_subject=True),
    MergeField("author", _("author"), "E. Writer", in_subject=True),
    MergeField("published", _("year or date"), "2019"),
    MergeField("volume", _("volume"), "12"),
    MergeField("issue", _("issue"), "3"),
    MergeField("pages", _("pages"), "11–29"),
    MergeField("is_copy", _("whether it is a copy to keep"), False),
    MergeField("due", _("when it is due back"), _DAY, in_subject=True),
    MergeField("back_by", _("by when we need it back"), _DAY, in_subject=True),
    MergeField("step", _("which notice of the overdue ladder it is"), "2"),
    MergeField("steps", _("how many notices there are"), "3"),
    MergeField("blocked", _("whether we lend nothing to the borrower now"), False),
    MergeField("next_on", _("when the next step comes"), _DAY),
    MergeField("next_blocks", _("whether we lend nothing to the borrower then"), True),
    MergeField("next_bills", _("whether a bill comes then"), False),
    MergeField("lost_on", _("when it counts as lost"), _DAY),
    MergeField("conditions", _("our conditions"), "use in the library only"),
    MergeField("cost", _("what we charge"), "12.00 EUR"),
    MergeField("reply_by", _("by when we need an answer"), _DAY),
    MergeField("reply_needed", _("whether we wait for an answer"), True),
    MergeField("reason", _("why we cannot send it"), "It is on loan"),
    MergeField("retry_after", _("from when on it can be asked for again"), _DAY),
    MergeField("message_text", _("what our desk wrote"), "Which volume do you need?"),
    MergeField("copy_url", _("link to the copy"), "https://ill.example.org/d/example/"),
    MergeField("link_until", _("until when the link works"), _DAY),
    MergeField("views", _("how often the link opens"), "5"),
    MergeField("legend", _("the notice of copyright on a copy"), COPY_LEGEND),
    MergeField("library_name", _("name of our library"), "Example Library", in_subject=True),
    MergeField("library_address", _("our postal address"), "1 Library Road"),
    MergeField("library_email", _("e-mail address of our desk"), "desk@example.org"),
    MergeField("library_phone", _("telephone of our desk"), "+1 555 0100"),
)
BILL = (
    *BORROWER,
    MergeField("amount", _("what is to be paid"), "45.00 EUR"),
    MergeField("charge_kind", _("what it is for"), "loss"),
    MergeField("invoice_number", _("number of the bill"), "L0012341-R1", in_subject=True),
    MergeField("pay_by", _("by when it is to be paid"), _DAY, in_subject=True),
    MergeField("how_to_pay", _("how other libraries pay us"), "IBAN DE00 0000 0000 0000 0000 00"),
)
