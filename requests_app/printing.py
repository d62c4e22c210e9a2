"""What the borrowing desk prints: hold-shelf slips, book bands, return labels, and slips to pull our own items.

Nothing on paper names the patron: slips lie on open shelves, bands and labels travel. The words are in the library's
language. Printing reads and changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.citations.normalise import shelf_key
from illservice.core.clock import local_date
from illservice.core.printing import Family, Kind, Label, Line, Slip, Sorted, fact
from illservice.directory.printing import (
    address_lines,
    conditions_on_paper,
    day_words,
    edition_lines,
    library_lines,
    loan_band,
    part_lines,
    title_on_paper,
)
from requests_app.models import BorrowingRequest, FillSource, LenderTry, TryStatus, Wanted
from requests_app.workflow import states as s

WITH_BAND = frozenset({s.AT_DESK, s.TO_BRANCH, s.ON_SHELF, s.ON_LOAN})
"""Where a loan is ours to hand out, or with the patron (who has a new date)."""
GOING_HOME = s.HERE | {s.RETURNED}
_WANTED = {
    Wanted.LOAN: gettext_lazy("loan"),
    Wanted.COPY: gettext_lazy("copy"),
    Wanted.EITHER: gettext_lazy("loan or copy"),
}
_GOES_BACK = frozenset({s.FROM_BRANCH, s.BACK_AT_DESK, s.RETURNED})


def kinds_for(request: BorrowingRequest) -> list[Kind]:
    """What can be printed for a request; a return label also when an address has to be found first."""
    found = {code for code in ("pull_slip", "hold_slip", "band") if not KINDS[code].why_not(request)}
    found |= {"return_label"} if senders(request) else set()
    return [kind for kind in KINDS.values() if kind.code in found]


def kinds_in_list(requests: Iterable[BorrowingRequest]) -> list[Kind]:
    """What can be printed for at least one row of a list, as far as a row knows (it has no items)."""
    found: set[str] = set()
    for request in requests:
        found |= {code for code in ("pull_slip", "hold_slip", "band") if not KINDS[code].why_not(request)}
        if request.state in _GOES_BACK and _kind(request) != Wanted.COPY:
            found.add("return_label")
    return [kind for kind in KINDS.values() if kind.code in found]


def _kind(request: BorrowingRequest) -> str:
    return request.kind_supplied or request.kind


def senders(request: BorrowingRequest) -> list[LenderTry]:
    """The lenders that something goes back to: of all that is here, a second copy too; of what was just sent back."""
    tries = {each.pk: each for each in request.tries.all()}
    copy = _kind(request) == Wanted.COPY  # paper copies stay with the patron, a second loan does not
    here = dict.fromkeys(
        item.lender_try_id
        for item in request.items.all()
        if item.received_at and not item.returned_at and (item.second_copy or not copy)
    )
    found = [tries[key] for key in here if key in tries]
    if found or copy or request.state not in GOING_HOME:
        return found
    if request.fill_source not in {FillSource.NONE, FillSource.LENDER}:
        return []
    return [each for each in tries.values() if each.status in {TryStatus.RECEIVED, TryStatus.RETURNED}][-1:]


def _sender_name(request: BorrowingRequest) -> str:
    found = senders(request)
    return found[0].partner.name if found else ""


def return_address(lender_try: LenderTry) -> str:
    """As the lender said it this time, else as the partnership knows it, else the partner's postal address."""
    known = getattr(lender_try, "known_address", "") or ""
    return lender_try.return_address.strip() or known.strip() or lender_try.partner.address.strip()


# --- Hold shelf ------------------------------------------------------------------------------


def _no_hold_slip(request: BorrowingRequest) -> str:
    return "" if request.shelf_code else _("it has no place on the hold shelf")


def _hold_slip(request: BorrowingRequest) -> Iterator[Sorted]:
    branch = request.location or request.pickup_branch
    until = next((timer.due_at for timer in request.timers.all()), None)
    last = day_words(local_date(until, request.library.timezone)) if until else ""
    lines = [
        *fact(_("Pick up at"), branch.name if branch else "", strong=True),
        *fact(_("Keep until"), last, strong=True),
        *fact(_("Author"), request.article_author or request.author),
        *fact(_("Due date"), day_words(request.patron_due)),
        *fact(_("Pieces"), _pieces(request)),
    ]
    yield (
        (branch.name if branch else "", request.shelf_code, request.number),
        Slip(
            heading=_("Hold shelf"),
            number=request.number,
            code=request.shelf_code,
            title=title_on_paper(request)[:200],
            lines=tuple(lines),
            notes=conditions_on_paper(request.conditions),
            foot=request.library.name,
        ),
    )


def _pieces(request: BorrowingRequest) -> str:
    """How many pieces belong together, where they are more than one."""
    count = sum(item.pieces for item in request.items.all() if not item.returned_at and not item.second_copy)
    return str(count) if count > 1 else ""


# --- Book band -------------------------------------------------------------------------------


def _no_band(request: BorrowingRequest) -> str:
    if _kind(request) == Wanted.COPY:
        return _("a copy needs no band")
    return "" if request.state in WITH_BAND else _("the item is not here and not with the patron")


def _band(request: BorrowingRequest) -> Iterator[Sorted]:
    lines = [
        *fact(_("Author"), request.author),
        *fact(_("Lent by"), _sender_name(request)),
        *fact(_("Pieces"), _pieces(request)),
    ]
    yield (
        (request.patron_due or date.max, request.number),
        loan_band(
            request.library,
            number=request.number,
            due=request.patron_due,
            title=request.title or title_on_paper(request),
            conditions=request.conditions,
            lines=lines,
        ),
    )


# --- Return label ----------------------------------------------------------------------------


def _no_label(request: BorrowingRequest) -> str:
    found = senders(request)
    if not found:
        return _("nothing of it goes back to a lender")
    without = [each.partner.name for each in found if not return_address(each)]
    return _("no address is known of %(lender)s") % {"lender": ", ".join(without)} if without else ""


def _label(request: BorrowingRequest) -> Iterator[Sorted]:
    for each in senders(request):
        theirs = _("Your number: %(number)s") % {"number": each.system_number} if each.system_number else ""
        label = Label(
            to=address_lines(each.partner.name, return_address(each)),
            sender=library_lines(request.library),
            number=request.number,
            small=(theirs,) if theirs else (),
            to_label=_("To:"),
            sender_label=_("From:"),
        )
        yield (each.partner.name.casefold(), each.partner_id, request.number), label


# --- Pull slip -------------------------------------------------------------------------------


def _no_pull_slip(request: BorrowingRequest) -> str:
    return "" if request.state == s.SUPPLY_HERE else _("it is not to be supplied from our shelves")


def _pull_slip(request: BorrowingRequest) -> Iterator[Sorted]:
    call_number = next((item.call_number for item in request.items.all() if item.call_number), "")
    place = request.location.name if request.location else ""
    yield (
        (place.casefold(), shelf_key(call_number), title_on_paper(request).casefold(), request.number),
        Slip(
            heading=_("Pull from our shelves"),
            number=request.number,
            code=request.number,
            title=title_on_paper(request),
            lines=(
                Line(_("Call number"), call_number, strong=True),
                Line(_("Location"), place, strong=True),
                *_citation_lines(request),
            ),
            flag=_("Rush") if request.rush else "",
            foot=request.library.name,
        ),
    )


def _citation_lines(request: BorrowingRequest) -> list[Line]:
    return [
        *part_lines(request),
        *edition_lines(request, request.identifiers.all()),
        *fact(_("Volume wanted"), request.volume_wanted),
        *fact(_("Wanted as"), _WANTED[Wanted(_kind(request))]),
        *fact(_("Needed by"), day_words(request.need_by)),
    ]


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            *("pull_slip", Family.SLIPS, gettext_lazy("Pull slip"), gettext_lazy("Pull slips")),
            *(_no_pull_slip, _pull_slip),
        ),
        Kind(
            *("band", Family.BANDS, gettext_lazy("Book band"), gettext_lazy("Book bands")),
            *(_no_band, _band),
        ),
        Kind(
            *("hold_slip", Family.SLIPS, gettext_lazy("Hold-shelf slip"), gettext_lazy("Hold-shelf slips")),
            *(_no_hold_slip, _hold_slip),
        ),
        Kind(
            *("return_label", Family.LABELS, gettext_lazy("Return label"), gettext_lazy("Return labels")),
            *(_no_label, _label),
        ),
    )
}
"""What can be printed, in the order of the day."""
