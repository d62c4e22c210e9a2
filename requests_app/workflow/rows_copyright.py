"""Rows of the copyright desk: what the rules could not clear by themselves, and the ways out of it."""

from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import Row, Way
from requests_app.workflow import facts
from requests_app.workflow import states as s
from requests_app.workflow.rights import CLEARING, CLOCK, COPYRIGHT_DESK, DESK

TO_REVIEW = (Way(s.READY, facts.NO_HOLDS), Way(s.IN_REVIEW))

_HELD = frozenset({s.IN_REVIEW})
_HELD_COPY = (facts.COPYRIGHT_OPEN, facts.IS_COPY)

COPYRIGHT: tuple[Row, ...] = (
    Row("clear_copyright", _("Clear copyright"), _HELD, COPYRIGHT_DESK, TO_REVIEW, only_if=(facts.COPYRIGHT_OPEN,),
        past=_("Copyright cleared"),
        words=_("Within the limits, or on another ground that is kept with the request.")),
    Row("clear_copyright", _("Clear copyright"), s.ALL - _HELD, COPYRIGHT_DESK, only_if=(facts.NOT_CLEARED,),
        past=_("Copyright cleared"),
        words=_("A copy came, or comes, that nobody had decided on. It counts already; say on what ground.")),
    Row("pay_royalty", _("Pay the royalty"), _HELD, COPYRIGHT_DESK, TO_REVIEW, only_if=_HELD_COPY,
        past=_("Cleared with a royalty"),
        words=_("The fee and the pages are noted. It becomes payable when the copy came.")),
    Row("pay_royalty", _("Pay the royalty"), s.ALL - _HELD, COPYRIGHT_DESK, only_if=(facts.NOT_CLEARED,),
        past=_("Cleared with a royalty"),
        words=_("The fee and the pages are noted. It becomes payable when the copy came.")),
    Row("get_elsewhere", _("Get it without copying"), _HELD, COPYRIGHT_DESK, TO_REVIEW,
        only_if=_HELD_COPY, past=_("To be got without a library’s copy"),
        words=_("From a document supplier who pays the royalty, or bought. It counts against no limit.")),
    Row("wait_year", _("Wait for next year"), _HELD, COPYRIGHT_DESK, only_if=_HELD_COPY,
        past=_("Waits for next year"),
        words=_("On 1 January it is looked at again and counts in the new year.")),
    Row("note_declaration", _("Note the declaration"), _HELD, DESK, TO_REVIEW, undo=False,
        only_if=(*_HELD_COPY, facts.HAS_PATRON, facts.DECLARATION_MISSING), past=_("Declaration noted"),
        words=_("The patron signed on paper what the law wants declared; a loan that became a copy had none.")),
    Row("recheck_copyright", _("Look at copyright again"), _HELD, CLEARING | CLOCK, TO_REVIEW,
        only_if=(facts.COPYRIGHT_OPEN,), undo=False, button=False, past=_("Copyright looked at again"),
        words=_("A subscription, the citation or the year changed. What was decided stays as it was decided.")),
)  # fmt: skip
