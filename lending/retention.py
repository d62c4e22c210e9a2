"""What is held about readers of other libraries in lending requests, and about those who ask in their name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.retention import Held, Occasion, register, register_dates, register_harmless
from lending.models import LendingRequest
from lending.services import erasing
from lending.services.privacy import retime

_CLOCK_ONE = _("Until the days that the lending library sets (usually 90) after a request is over.")
_CLOCK_TWO = _(
    "Until the end of the third year after the year of the request; the library may set more years."
)


def _work_dates_out(whose: Mapping[str, Any], at: datetime) -> int:
    """A library's rules changed, so the dates of its closed requests follow."""
    if "library" not in whose:
        return 0
    return retime(LendingRequest.objects.filter(library_id=whose["library"]), at)


HELD: tuple[Held, ...] = (
    Held(
        code="lent_reader",
        side="L",
        label=_("Where a reader lives to whom an item went straight, and the borrowing library’s note"),
        why=_("So that the item arrives."),
        until=_CLOCK_ONE,
        fields={
            "ill_lending.LendingRequest": "ship_to electronic_address borrower_note raw undo",
        },
        on={Occasion.PERSON: erasing.erase_reader},
        position=110,
    ),
    Held(
        code="lent_words",
        side="L",
        label=_("What libraries and their staff wrote about a request"),
        why=_("So that questions about it can be answered."),
        until=_CLOCK_ONE,
        fields={
            "ill_lending.LendingMessage": "author text",
            "ill_lending.LendingNote": "author text",
            "ill_lending.LendingCharge": "note",
        },
        on={Occasion.PERSON: erasing.erase_words, Occasion.CITATION: erasing.erase_words},
        position=111,
    ),
    Held(
        code="lent_citation",
        side="L",
        label=_("The title and the other words of what was lent"),
        why=_("Because the copyright rules ask libraries to keep records of copies."),
        until=_CLOCK_TWO,
        fields={
            "ill_lending.LendingRequest": "title article_title author article_author publisher place edition series"
            " volume issue part date pages language volume_wanted fingerprint search_text",
            "ill_lending.LendingIdentifier": "raw normalised",
            "ill_lending.LendingItem": "barcode call_number volume shelf",
            "ill_lending.LendingHold": "detail",
        },
        on={Occasion.CITATION: erasing.erase_citation},
        position=112,
    ),
)


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    for held in HELD:
        register(held)
    _register_harmless()
    register_dates("lending", _work_dates_out)


def _register_harmless() -> None:
    register_harmless(
        "ill_lending.LendingRequest",
        "number state queue wording next_actor borrower_number borrower_symbol service_level max_cost_currency"
        " copyright_statement source_key conditions cost_currency",
        "numbers, codes and libraries",
    )
    register_harmless(
        "ill_lending.LendingEvent",
        "action from_state to_state actor_kind actor_id cause changed",
        "codes and dates; who acted is staff or a library",
    )
    register_harmless("ill_lending.LendingHold", "kind reason", "codes")
    register_harmless("ill_lending.LendingQuestion", "kind terms answer", "codes, dates and prices")
    register_harmless("ill_lending.LendingMark", "kind", "codes")
    register_harmless("ill_lending.LendingTimer", "kind last_error", "codes")
    register_harmless("ill_lending.LendingDesk", "refused_materials", "codes")
    register_harmless(
        "ill_lending.BorrowerAccount", "user", "who works for which library, until the lending desk ends it"
    )
    register_harmless(
        "ill_lending.LendingCharge", "currency method invoice_number bill_key", "sums between libraries"
    )
