"""What the lending desk prints: slips to pull, bands, shipping labels, and the sheet that goes into the parcel.

No reader's name stands on any of it, except in the address of an item that goes straight to the reader. The words are
in the library's language. Printing reads and changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.citations.kinds import Kind as Wanted
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
from illservice.documents.services.legend import legend_of
from lending.models import DeliveryWay, ItemPlace, LendingItem, LendingRequest
from lending.selectors.paper import SlipFilter
from lending.workflow import states as s
from lending.workflow.slips import PullSlip, pull_slips, walking_order

EVERY = SlipFilter()
LONGEST_LARGE = 30
"""Characters of a call number that can stand in large letters on the smallest slip."""
_LEFT = frozenset({ItemPlace.SENT, ItemPlace.BACK})
_POSTED = s.FETCHING | {s.ON_LOAN, s.COPY_SENT}


def kinds_for(request: LendingRequest) -> list[Kind]:
    """What can be printed for a request; a label also when an address has to be found first."""
    found = {code for code in ("pull_slip", "band", "packing_slip") if not KINDS[code].why_not(request)}
    found |= set() if not_by_post(request) else {"shipping_label"}
    return [kind for kind in KINDS.values() if kind.code in found]


def kinds_in_list(requests: Iterable[LendingRequest]) -> list[Kind]:
    """What can be printed for at least one row of a list."""
    found = {kind.code for request in requests for kind in kinds_for(request)}
    return [kind for kind in KINDS.values() if kind.code in found]


def _kind(request: LendingRequest) -> str:
    return request.kind_supplied or request.kind


def _their_number(request: LendingRequest) -> str:
    return request.borrower_number.strip()


def _whom(request: LendingRequest) -> str:
    number = _their_number(request)
    theirs = _("their number %(number)s") % {"number": number} if number else ""
    return ", ".join(part for part in (request.borrower.name, theirs) if part)


def not_by_post(request: LendingRequest) -> str:
    """Why nothing of it goes into a parcel or a letter; "" when something does."""
    if request.state not in _POSTED:
        return _("it is not being fetched and has not just left")
    if _kind(request) == Wanted.COPY and request.delivery == DeliveryWay.LINK:
        return _("the copy goes as a link")
    return ""


# --- Pull slips ------------------------------------------------------------------------------


def pull_slip_kind(wanted: SlipFilter = EVERY) -> Kind:
    """Slips for the stacks; with a filter, some of them."""

    def slips(request: LendingRequest) -> list[PullSlip]:
        return slips_of(request, wanted)

    def why_not(request: LendingRequest) -> str:
        if slips(request):
            return ""
        return _no_pull_slip(request) or _("its slips are printed, or for another place")

    def build(request: LendingRequest) -> Iterator[Sorted]:
        every = len(pull_slips(request.items.all()))
        for slip in slips(request):
            yield (walking_order(slip.item), _pull_slip(request, slip, every))

    return Kind(
        *("pull_slip", Family.SLIPS, gettext_lazy("Pull slip"), gettext_lazy("Pull slips")),
        *(why_not, build),
    )


def slips_of(request: LendingRequest, wanted: SlipFilter = EVERY) -> list[PullSlip]:
    """The slips of a request whose items are to be fetched now."""
    if request.state != s.TO_PULL:
        return []
    return [slip for slip in pull_slips(request.items.all()) if wanted.takes(slip)]


def _no_pull_slip(request: LendingRequest) -> str:
    return "" if slips_of(request) else _("nothing of it is to be fetched")


def _pull_slip(request: LendingRequest, slip: PullSlip, every: int) -> Slip:
    item = slip.item
    call_number = item.call_number.strip()
    large = call_number if len(call_number) <= LONGEST_LARGE else ""
    together = _("one of %(count)s to fetch") % {"count": every} if every > 1 else ""
    return Slip(
        heading=_("Fetch and copy") if _kind(request) == Wanted.COPY else _("Fetch for another library"),
        number=request.number,
        code=large,
        title=title_on_paper(request),
        lines=(
            *([] if large else [Line(_("Call number"), call_number, strong=True)]),
            Line(_("Location"), _place(item), strong=True),
            *fact(_("Fetch"), ", ".join(part for part in (item.volume, together) if part), strong=True),
            *fact(_("Item barcode"), item.barcode),
            *fact(_("Pieces"), item.pieces if item.pieces > 1 else ""),
            *(Line(_("Or this copy"), _copy(other)) for other in slip.others),
            *part_lines(request),
            *fact(_("Volume wanted"), request.volume_wanted if not item.volume else ""),
            *fact(_("Wanted as"), Wanted(_kind(request)).label),
            *fact(_("Needed by"), day_words(request.need_by), strong=True),
            *fact(_("For"), _whom(request)),
            *fact(_("Their note"), request.borrower_note),
            *edition_lines(request, request.identifiers.all()),
            *fact(_("Edition"), _("any will do") if request.any_edition else ""),
        ),
        flag=_("Rush") if request.rush else "",
        foot=request.library.name,
    )


def _place(item: LendingItem) -> str:
    return " · ".join(part for part in (item.location.name if item.location else "", item.shelf) if part)


def _copy(item: LendingItem) -> str:
    return " · ".join(part for part in (item.call_number, _place(item), item.barcode) if part)


# --- Shipping label --------------------------------------------------------------------------


def ship_to_lines(request: LendingRequest) -> tuple[str, ...]:
    """To whom the parcel goes: what the borrower said this time, else its address as far as we know one."""
    if request.sent_to_patron and request.ship_to.strip():
        return tuple(line.strip() for line in request.ship_to.splitlines() if line.strip())
    known = getattr(request, "known_address", "") or ""
    address = request.ship_to.strip() or known.strip() or request.borrower.address.strip()
    return address_lines(request.borrower.name, address) if address else ()


def _no_label(request: LendingRequest) -> str:
    why = not_by_post(request)
    if why:
        return why
    if getattr(request, "hides_reader", False):
        return _("it goes straight to the reader, and your work needs no names")
    if request.sent_to_patron and not request.ship_to.strip():
        return _("it goes straight to the reader, whose address is not known")
    missing = _("no address is known of %(library)s") % {"library": request.borrower.name}
    return "" if ship_to_lines(request) else missing


def _label(request: LendingRequest) -> Iterator[Sorted]:
    number = _their_number(request)
    label = Label(
        to=ship_to_lines(request),
        sender=library_lines(request.library),
        number=request.number,
        small=(_("Your number: %(number)s") % {"number": number},) if number else (),
        to_label=_("To:"),
        sender_label=_("From:"),
    )
    yield (request.borrower.name.casefold(), request.borrower_id, request.number), label


# --- Book band -------------------------------------------------------------------------------


def _no_band(request: LendingRequest) -> str:
    if _kind(request) == Wanted.COPY:
        return _("a copy needs no band")
    return "" if request.state == s.ON_LOAN else _("it has no due date: that comes when you send it")


def sent_items(request: LendingRequest) -> list[LendingItem]:
    """What left with the parcel; nothing where nobody said which items it were."""
    return [item for item in request.items.all() if item.place in _LEFT]


def _band(request: LendingRequest) -> Iterator[Sorted]:
    """One for each item: several volumes are several books on the borrower's desk."""
    items: list[LendingItem | None] = [*sent_items(request)]
    for position, item in enumerate(items or [None]):
        lines = [
            *fact(_("Author"), request.author),
            *fact(_("Volume"), item.volume if item else request.volume_wanted),
            *fact(_("Pieces"), item.pieces if item and item.pieces > 1 else ""),
            *fact(_("Lent to"), request.borrower.name),
            *fact(_("Your number"), _their_number(request)),
            *fact(_("Item barcode"), item.barcode if item else ""),
        ]
        band = loan_band(
            request.library,
            number=request.number,
            due=request.due,
            title=request.title or title_on_paper(request),
            conditions=request.conditions,
            lines=lines,
        )
        yield (request.borrower.name.casefold(), request.number, position), band


# --- Packing slip ----------------------------------------------------------------------------


def _no_packing_slip(request: LendingRequest) -> str:
    why = not_by_post(request)
    if why or request.state in {s.ON_LOAN, s.COPY_SENT}:
        return why
    if _kind(request) == Wanted.COPY:
        return "" if request.state == s.FOUND else _("it is not found yet")
    return _("it has no due date: that comes when you send it")


def _packing_slip(request: LendingRequest) -> Iterator[Sorted]:
    is_copy = _kind(request) == Wanted.COPY
    items = sent_items(request)
    sender = library_lines(request.library)
    volumes = ", ".join(item.volume for item in items if item.volume) or request.volume_wanted
    pieces = sum(item.pieces for item in items)
    lines = [
        *fact(_("Your number"), _their_number(request), strong=True),
        *fact(_("For"), request.borrower.name),
        *part_lines(request),
        *fact(_("In this parcel"), "" if is_copy else volumes),
        *fact(_("Pieces"), pieces if pieces > 1 and not is_copy else ""),
        *fact(_("Charge"), _money(request)),
        *fact(_("From") if is_copy else _("Return to"), ", ".join(sender)),
        *fact(
            _("Questions"), ", ".join(part for part in (request.library.email, request.library.phone) if part)
        ),
    ]
    slip = Slip(
        heading=_("Copy for you") if is_copy else _("Interlibrary loan: please return by"),
        number=request.number,
        code="" if is_copy else day_words(request.due) or _("when we ask for it"),
        title=title_on_paper(request),
        lines=tuple(lines),
        notes=_copyright(request) if is_copy else conditions_on_paper(request.conditions),
        foot="" if is_copy else _("Please enclose this sheet when you send the item back."),
    )
    yield (request.borrower.name.casefold(), request.number), slip


def _money(request: LendingRequest) -> str:
    return f"{request.cost} {request.cost_currency}" if request.cost else ""


def _copyright(request: LendingRequest) -> tuple[str, ...]:
    """The notice that a copy carries (17 USC 108(a)(3)), and on which ground it was asked for."""
    notice = legend_of(request.library)
    said = request.copyright_statement.strip()
    ground = _("Copyright statement of the request: %(code)s") % {"code": said}
    return (notice, ground) if said else (notice,)


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        pull_slip_kind(),
        Kind(
            *("packing_slip", Family.SLIPS, gettext_lazy("Packing slip"), gettext_lazy("Packing slips")),
            *(_no_packing_slip, _packing_slip),
        ),
        Kind(
            *("band", Family.BANDS, gettext_lazy("Book band"), gettext_lazy("Book bands")),
            *(_no_band, _band),
        ),
        Kind(
            *("shipping_label", Family.LABELS),
            *(gettext_lazy("Shipping label"), gettext_lazy("Shipping labels")),
            *(_no_label, _label),
        ),
    )
}
"""What can be printed, in the order of the day."""
