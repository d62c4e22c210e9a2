"""What is held about people in borrowing requests, who erases it, and what keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.citations.drafts import forget_drafts
from illservice.core import retention
from illservice.core.retention import Held, Occasion, Person, register, register_harmless
from requests_app.models import BorrowingRequest
from requests_app.selectors import held
from requests_app.services import erasing
from requests_app.services.privacy import finish_requests, retime

_CLOCK_ONE = _("Until the days that your library sets (usually 90) after a request is over.")
_CLOCK_TWO = _(
    "Until the end of the third year after the year of the request; your library may set more years."
)


def _forget_drafts(person: Person, _at: datetime) -> None:
    forget_drafts(person.record_id)


def _work_dates_out(whose: Mapping[str, Any], at: datetime) -> int:
    """A rule or a wish changed, so the dates of closed requests follow."""
    if "record" in whose:
        return retime(BorrowingRequest.objects.filter(patron_id=whose["record"]), at)
    return retime(BorrowingRequest.objects.filter(library_id=whose["library"]), at)


HELD: tuple[Held, ...] = (
    Held(
        code="twins",
        side="B",
        label=_("Which requests may be the same one twice"),
        why=_("So that nothing is got twice by mistake."),
        until=_CLOCK_ONE,
        fields={"ill_requests.BorrowingHold": "detail"},
        on={Occasion.PERSON: erasing.erase_twins},
        position=41,
    ),
    Held(
        code="history",
        side="B",
        label=_("What happened with your requests, and when"),
        why=_("So that you and the library can see how far a request is."),
        until=_("It stays for statistics, without you."),
        fields={"ill_requests.BorrowingEvent": "actor_kind actor_id"},
        on={Occasion.PERSON: erasing.erase_acts},
        told=held.acts_of,
        position=42,
    ),
    Held(
        code="requests",
        side="B",
        label=_("Your requests"),
        why=_("So that the library can get what you ask for and give it to you."),
        until=_CLOCK_ONE,
        fields={
            "ill_requests.BorrowingRequest": "patron person_text patron_note cited_in delivery_address raw asked"
            " copy_link undo copied_from"
        },
        on={Occasion.PERSON: erasing.erase_person},
        told=held.requests_of,
        position=49,
    ),
    Held(
        code="drafts",
        side="B",
        label=_("What you typed and have not sent yet"),
        why=_("So that nothing is lost between two pages."),
        until=_("One day."),
        fields={},
        on={Occasion.LEAVING: _forget_drafts},
        position=15,
    ),
    Held(
        code="messages",
        side="B",
        label=_("What you and the library wrote to each other"),
        why=_("So that questions about a request can be answered."),
        until=_CLOCK_ONE,
        fields={"ill_requests.Message": "author text"},
        on={
            Occasion.PERSON: erasing.erase_conversation,
            Occasion.CITATION: erasing.erase_conversation,
        },
        told=held.words_of,
        position=43,
    ),
    Held(
        code="notes",
        side="B",
        label=_("Notes of staff about your requests"),
        why=_("So that colleagues know what was arranged."),
        until=_CLOCK_ONE,
        fields={
            "ill_requests.Note": "author text",
            "ill_requests.LenderMessage": "author text",
            "ill_requests.RequestItem": "condition",
            "ill_requests.CopyrightRecord": "reason",
        },
        on={Occasion.PERSON: erasing.erase_notes, Occasion.CITATION: erasing.erase_notes},
        told=held.notes_about,
        position=44,
    ),
    Held(
        code="declarations",
        side="B",
        label=_("What you declared about copyright"),
        why=_("Because some countries let a library copy only what was asked for with a signed declaration."),
        until=_(
            "Where you had to sign: as long as the law of your country asks, apart from your requests. Otherwise your"
            " name is not in it."
        ),
        fields={"ill_requests.SignedDeclaration": "signature material"},
        on={Occasion.PERSON: erasing.cut_declaration, Occasion.CITATION: erasing.cut_declaration},
        told=held.declarations_of,
        prune=erasing.prune_declarations,
        position=45,
    ),
    Held(
        code="charges",
        side="B",
        label=_("What you were asked to pay"),
        why=_("So that it can be paid, and so that the library can account for it."),
        until=_(
            "The sums stay in the accounts, without you; the words about them go with the request’s person."
        ),
        fields={"ill_requests.BorrowingCharge": "note"},
        on={Occasion.PERSON: erasing.erase_charge_notes},
        told=held.charges_of,
        position=47,
    ),
    Held(
        code="citation",
        side="B",
        label=_("The title and the other words of what was asked for"),
        why=_("Because the copyright rules ask libraries to keep records of copies. You are not in them."),
        until=_CLOCK_TWO,
        fields={
            "ill_requests.BorrowingRequest": "title article_title author article_author publisher place edition"
            " series volume issue part date pages language volume_wanted fingerprint search_text",
            "ill_requests.RequestIdentifier": "raw normalised",
            "ill_requests.RequestItem": "barcode call_number label",
            "ill_requests.CopyrightRecord": "work_key keys details",
            "ill_requests.Royalty": "rightsholder title_number",
        },
        on={Occasion.CITATION: erasing.erase_citation},
        position=60,
    ),
)


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    for each in HELD:
        register(each)
    _register_harmless()
    retention.register_reasons("requests", held.reasons_of)
    retention.register_reasons("debts", held.debts_of)
    retention.register_charges("requests", held.was_charged)
    retention.register_cases("requests", numbers=held.numbers_of, finish=finish_requests)
    retention.register_dates("requests", _work_dates_out)


def _register_harmless() -> None:
    _copyright_is_harmless()
    register_harmless(
        "ill_requests.BorrowingRequest",
        "number state queue wording next_actor patron_category patron_department source source_key shelf_code"
        " conditions cost_currency",
        "numbers, codes and the statistics that stay: category and department are groups of people",
    )
    register_harmless(
        "ill_requests.BorrowingEvent", "action from_state to_state cause changed", "codes and dates"
    )
    register_harmless(
        "ill_requests.CopyrightText", "version jurisdiction language text digest", "the words of the law"
    )
    register_harmless("ill_requests.BorrowingHold", "kind reason", "codes")
    register_harmless("ill_requests.BorrowingQuestion", "kind terms answer", "codes, dates and prices")
    register_harmless("ill_requests.BorrowingMark", "kind", "codes")
    register_harmless("ill_requests.BorrowingTimer", "kind last_error", "codes")
    register_harmless(
        "ill_requests.LenderTry",
        "system_number conditions return_address cost_currency",
        "numbers of partners, and where libraries are",
    )
    register_harmless(
        "ill_requests.BorrowingCharge",
        "currency method invoice_number bill_key",
        "sums and how they were paid",
    )


def _copyright_is_harmless() -> None:
    """Nobody stands in the records of copies; `decided_by` is of the staff."""
    register_harmless(
        "ill_requests.CopyrightRecord",
        "outcome rule statement mode jurisdiction flags conditions words way ground fate decided_by",
        "codes, and sentences of the rules that are the same for everybody",
    )
    register_harmless("ill_requests.CopyrightCounter", "holder work", "keys, and digests of titles")
    register_harmless(
        "ill_requests.CopyrightRules",
        "contu_window_mode contu_count_year_basis chapter_statement",
        "what a library settled",
    )
    register_harmless("ill_requests.Royalty", "currency status", "sums and how they were paid")
    register_harmless("ill_requests.RoyaltyBatch", "currency", "sums and how they were paid")
