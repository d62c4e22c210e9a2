"""What goes from a lending request with the reader it was for, and later with its words."""

from datetime import datetime
from typing import Any

from illservice.citations.models import CITATION_COLUMNS
from illservice.core.retention import BLACK, Case
from lending.models import (
    LendingCharge,
    LendingHold,
    LendingIdentifier,
    LendingItem,
    LendingMessage,
    LendingNote,
    LendingRequest,
)


def erase_reader(case: Case, at: datetime) -> None:
    """Where the reader lives, and what the borrower wrote. The address of a library stays."""
    mine = LendingRequest.objects.filter(pk=case.pk)
    mine.filter(sent_to_patron=True).update(ship_to="", electronic_address="")
    mine.update(borrower_note="", raw={}, undo=None, anonymised_at=at)


def erase_words(case: Case, _at: datetime) -> None:
    """What was written in free words: that it was, and when, stays."""
    LendingMessage.objects.filter(request_id=case.pk).update(text=BLACK)
    LendingNote.objects.filter(request_id=case.pk).update(text=BLACK)
    LendingCharge.objects.filter(request_id=case.pk).exclude(note="").update(note=BLACK)


def erase_citation(case: Case, at: datetime) -> None:
    """The words of what was asked for. Kinds, dates, outcome, charge and the events stay for statistics."""
    empty: dict[str, Any] = dict.fromkeys(CITATION_COLUMNS, "") | {"year": None}
    LendingRequest.objects.filter(pk=case.pk).update(
        **empty,
        fingerprint="",
        search_text="",
        volume_wanted="",
        ship_to="",
        electronic_address="",
        borrower_note="",
        raw={},
        undo=None,
        forgotten_at=at,
    )
    LendingIdentifier.objects.filter(request_id=case.pk).delete()
    LendingItem.objects.filter(request_id=case.pk).update(barcode="", call_number="", volume="", shelf="")
    for hold in LendingHold.objects.filter(request_id=case.pk).exclude(detail={}).only("detail"):
        hold.detail = {}
        hold.save(update_fields=["detail"])
