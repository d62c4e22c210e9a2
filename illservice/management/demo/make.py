"""Makes the demo library: all of it, or nothing."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from illservice.core import outbox
from illservice.directory.models import Library, Symbol
from illservice.management.demo.house import SYMBOL, ZONE, House, build
from illservice.management.demo.lending import Lender, connect_neighbour
from illservice.management.demo.play import Player
from illservice.management.demo.rules import make_policies
from illservice.management.demo.stories_closed import CLOSED
from illservice.management.demo.stories_open import OPEN
from illservice.management.shared_reasons import ensure_shared_reasons
from requests_app.services.illiad import Importer

RECENT = timedelta(hours=1)
"""What should have left before that is the past of the demo, and counts as sent."""

_OLD: tuple[tuple[str, str, str, str, str], ...] = (
    ("The flight of the swift", "Osterley, Piers", "The Valley Naturalist", "Request Finished", "MERROW"),
    ("Toll houses", "Rook, Adelaide", "Rivers and Mills Quarterly", "Request Finished", "FENWICK"),
    ("Stoves and their smoke", "Fennimore, Clara", "Annals of Domestic Craft", "Request Finished", "OA"),
    (
        "Quarantine at the ferry",
        "Amberley, Ruth",
        "Journal of Small-Town Medicine",
        "Request Finished",
        "GETIT",
    ),
    ("Of lanterns", "Larkspur, Edith", "Transactions of the Lantern Society", "Delivered to Web", "CALDER"),
    ("Of lanterns", "Larkspur, Edith", "Transactions of the Lantern Society", "Cancelled by ILL Staff", ""),
    ("Ice on the mill pond", "Rook, Adelaide", "Rivers and Mills Quarterly", "Cancelled by Customer", ""),
)
_COLUMNS = (
    *("Transaction Number", "Request Type", "Document Type", "Photo Article Title", "Photo Article Author"),
    *("Photo Journal Title", "Transaction Status", "Lending Library", "Creation Date", "Transaction Date"),
)


def demo_library() -> Library | None:
    """The demo library, if it was made."""
    found = Symbol.objects.filter(value=SYMBOL, library__is_tenant=True, library__slug="demo")
    symbol = found.select_related("library").first()
    return symbol.library if symbol else None


def make(*, at: datetime, password: str) -> Library:
    """The demo library with everything in it, in one transaction. Its past is not sent to anybody."""
    with transaction.atomic(), outbox.without_bell():
        ensure_shared_reasons()
        house = build(at=at, password=password)
        make_policies(house, at)
        _import_old(house, at)
        connect_neighbour(house)
        Player(house, now=at).play(CLOSED + OPEN)
        Lender(house, now=at).play()
        outbox.take_as_sent(library=house.library.pk, before=at - RECENT, result="<demo-history>")
    return house.library


def _import_old(house: House, at: datetime) -> None:
    """A few requests of the system that the library had before."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for place, (title, author, journal, status, lender) in enumerate(_OLD):
        created = (at - timedelta(days=900 - 30 * place)).astimezone(ZoneInfo(ZONE))
        ended = created + timedelta(days=2 + place)
        writer.writerow(
            (
                *(310000 + place, "Article", "Article", title, author, journal, status, lender),
                *(moment.strftime("%Y-%m-%d %H:%M:%S") for moment in (created, ended)),
            )
        )
    importer = Importer(house.library, at=at)
    importer.read("demo", io.BytesIO(text.getvalue().encode()))
