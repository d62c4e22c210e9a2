"""A hundred downloads at once (targets R19). Only PostgreSQL lets them really run at the same time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from illservice.documents import services
from illservice.documents.kinds import Audience, Gone
from illservice.documents.models import DocumentLink
from tests.illservice.documents.conftest import Shelf
from tests.world import NOON

pytestmark = pytest.mark.postgresql

WORKERS, DOWNLOADS = 20, 100


def fetch_at_once(link: DocumentLink) -> Counter[str]:
    """Everybody read the link's row before anybody opened it; how many got the file, and how many did not."""
    ready = Barrier(WORKERS)

    def fetch(number: int) -> str:
        seen = DocumentLink.objects.select_related("document").get(pk=link.pk)
        seen.views = 0
        if number < WORKERS:
            ready.wait(30)
        try:
            stream = services.fetch(link=seen, at=NOON).stream
        except Gone as gone:
            return gone.code
        finally:
            connections.close_all()
        assert stream is not None
        stream.close()
        return "opened"

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return Counter(pool.map(fetch, range(DOWNLOADS)))


def test_a_hundred_downloads_at_once_never_exceed_the_limit(shelf_for_all: Shelf) -> None:
    link = shelf_for_all.link(Audience.BORROWER, views=7)
    assert fetch_at_once(link) == {"opened": 7, "used": DOWNLOADS - 7}
    assert DocumentLink.objects.get().views == 7


def test_without_a_limit_every_one_of_them_is_counted(shelf_for_all: Shelf) -> None:
    """The control: it is the limit that stops them."""
    link = shelf_for_all.link(Audience.BORROWER, views=0)
    assert fetch_at_once(link) == {"opened": DOWNLOADS}
    assert DocumentLink.objects.get().views == DOWNLOADS
