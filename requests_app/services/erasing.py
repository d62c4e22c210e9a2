"""What goes from a borrowing request with its person, and later with its words. All of it in one transaction."""

from datetime import datetime
from typing import Any

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.models import CITATION_COLUMNS
from illservice.core.clock import local_date
from illservice.core.idempotency import forget
from illservice.core.retention import BLACK, Case, blacken
from requests_app.models import (
    BorrowingCharge,
    BorrowingEvent,
    BorrowingHold,
    BorrowingRequest,
    CopyrightRecord,
    LenderMessage,
    Message,
    Note,
    RequestIdentifier,
    RequestItem,
    Royalty,
    SignedDeclaration,
)
from requests_app.workflow.states import HoldKind

_CITATION_ASKED = frozenset({*TEXT_FIELDS, "year", "identifiers"})
"""Keys of `asked` that are the citation; an import or a link may have brought others."""


def erase_person(case: Case, at: datetime) -> None:
    """The request itself: whose it was and what the person wrote into it. What is counted stays."""
    request = BorrowingRequest.objects.only("asked").get(pk=case.pk, number=case.number)
    asked = {name: value for name, value in request.asked.items() if name in _CITATION_ASKED}
    BorrowingRequest.objects.filter(copied_from_id=case.pk).update(copied_from=None)
    BorrowingRequest.objects.filter(pk=case.pk).update(
        patron=None,
        person_text="",
        patron_note="",
        cited_in="",
        delivery_address="",
        raw={},
        asked=asked,
        copied_from=None,
        copy_link="",
        undo=None,
        anonymised_at=at,
    )


def cut_declaration(case: Case, _at: datetime) -> None:
    """A signed declaration must be kept for as long as its law says: from now on apart from the request."""
    SignedDeclaration.objects.filter(acceptance__request_id=case.pk).update(acceptance=None)


def prune_declarations(at: datetime) -> int:
    """Signed declarations that need not be kept any longer, anywhere on earth; returns how many went."""
    gone = SignedDeclaration.objects.filter(keep_until__lt=local_date(at, "Pacific/Pago_Pago"))
    return gone.delete()[0]


def erase_twins(case: Case, _at: datetime) -> None:
    """Holds name the same person's other requests: from both ends the thread is cut."""
    own = BorrowingHold.objects.filter(request_id=case.pk, kind__in=(HoldKind.DUPLICATE, HoldKind.PATRON))
    own.update(detail={})
    if case.record_id is None:
        return
    others = BorrowingHold.objects.filter(request__patron_id=case.record_id, kind=HoldKind.DUPLICATE)
    for hold in others.only("detail"):
        numbers: list[str] = hold.detail.get("numbers", [])
        if case.number in numbers:
            hold.detail = hold.detail | {"numbers": [each for each in numbers if each != case.number]}
            hold.save(update_fields=["detail"])


def erase_acts(case: Case, _at: datetime) -> None:
    """Who acted in the history, and the keys of the forms that were sent."""
    submitted = BorrowingEvent.objects.filter(request_id=case.pk, action="submit")
    for kind, actor_id in submitted.values_list("actor_kind", "actor_id"):
        forget([f"submit:{kind}:{actor_id}:{case.record_id}"], case.number)
    forget([f"message:{case.account_id}:{case.pk}"])
    blacken(BorrowingEvent, case.pk)


def erase_conversation(case: Case, _at: datetime) -> None:
    """What the person and the desk wrote to each other: that they did, and when, stays."""
    Message.objects.filter(request_id=case.pk).update(text=BLACK, author=None)


def erase_notes(case: Case, _at: datetime) -> None:
    """What staff wrote in their own words: nobody knows whom they name in it."""
    Note.objects.filter(request_id=case.pk).update(text=BLACK)
    LenderMessage.objects.filter(lender_try__request_id=case.pk).update(text=BLACK)
    RequestItem.objects.filter(request_id=case.pk).exclude(condition="").update(condition="")
    CopyrightRecord.objects.filter(request_id=case.pk).exclude(reason="").update(reason="")


def erase_charge_notes(case: Case, _at: datetime) -> None:
    """What staff wrote beside a sum. The sums stay in the accounts."""
    BorrowingCharge.objects.filter(request_id=case.pk).exclude(note="").update(note=BLACK)


def erase_citation(case: Case, at: datetime) -> None:
    """The words of what was asked for. Kinds, dates, outcome, cost and the events stay for statistics."""
    empty: dict[str, Any] = dict.fromkeys(CITATION_COLUMNS, "") | {"year": None}
    BorrowingRequest.objects.filter(pk=case.pk).update(
        **empty,
        asked={},
        raw={},
        fingerprint="",
        search_text="",
        volume_wanted="",
        cited_in="",
        copy_link="",
        undo=None,
        forgotten_at=at,
    )
    RequestIdentifier.objects.filter(request_id=case.pk).delete()
    CopyrightRecord.objects.filter(request_id=case.pk).update(work_key="", keys=[], details={})
    Royalty.objects.filter(record__request_id=case.pk).update(rightsholder="", title_number="")
    RequestItem.objects.filter(request_id=case.pk).update(barcode="", call_number="", label="", condition="")
    for hold in BorrowingHold.objects.filter(request_id=case.pk).exclude(detail={}).only("detail"):
        hold.detail = {}
        hold.save(update_fields=["detail"])
