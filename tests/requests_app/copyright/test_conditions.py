"""What the law of Canada ties a file to: kept with the decision, shown to staff and reader, and the link ends."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from illservice.core import clock
from illservice.core.clock import local_date
from illservice.directory.models import ClosedDay
from illservice.documents import services
from illservice.documents.kinds import Gone
from illservice.documents.models import DocumentLink
from requests_app.models import BorrowingRequest, Delivery
from requests_app.notices.building import Subject
from requests_app.notices.patron import copy_ready
from requests_app.selectors.declarations import declaration_of
from requests_app.services import copies
from requests_app.services.copyright.clearing import clear_copyright
from requests_app.services.declaring import Declared
from requests_app.views.request_parts import law_words
from tests.illservice.documents.conftest import PDF
from tests.requests_app.copyright.desk import again, clerk, day, recent, record, sent
from tests.world import World, ask_for, new_copy

pytestmark = pytest.mark.django_db
ON = "2026-03-02"
CODES = ["one_print", "five_days", "not_passed_on"]
ONCE = "You may print this copy once."


@pytest.fixture
def canada(world: World, settings: Settings, tmp_path: Path) -> World:
    settings.ILL_DOCUMENT_FOLDER = tmp_path / "documents"
    library = world.north.library
    assert library.entity is not None
    library.entity.jurisdiction = "CA"
    library.entity.save()
    return world


def wanted(world: World, published: str = "2020", delivery: str = Delivery.ELECTRONIC) -> BorrowingRequest:
    """An article as a file, or on paper."""
    declared = Declared(declaration_of(world.north.library).version)
    new = new_copy(citation=recent(date=published), delivery=delivery, declared=declared)
    return ask_for(world.north, new, at=day(ON))


def delivered(world: World, request: BorrowingRequest) -> DocumentLink:
    """A scan that a lender sent and the desk let out."""
    sent(world, request, ON)
    document = services.attach_file(
        library_id=world.north.library.pk,
        subject=request.number,
        upload=SimpleUploadedFile("scan.pdf", PDF),
        actor=world.north.actor(),
        at=day(ON),
    )
    copies.deliver_document(
        request_id=request.pk, document_id=document.pk, actor=world.north.actor(), at=day(ON)
    )
    return _now(DocumentLink.objects.get(document=document))


def opened(link: DocumentLink, at: datetime) -> DocumentLink:
    fetched = services.fetch(link=link, at=at)
    assert fetched.stream is not None
    fetched.stream.close()
    return _now(link)


def _now(link: DocumentLink) -> DocumentLink:
    return DocumentLink.objects.select_related("document__library").get(pk=link.pk)


def last_day(link: DocumentLink) -> str:
    return local_date(link.expires_at, link.document.library.timezone).isoformat()


def test_a_file_ends_five_open_days_after_it_was_first_opened(canada: World) -> None:
    ClosedDay.objects.create(library=canada.north.library, date=date(2026, 3, 5))
    link = delivered(canada, wanted(canada))
    assert (link.conditions, last_day(link)) == (CODES, "2026-04-01")
    first = opened(link, day("2026-03-04"))
    assert last_day(first) == "2026-03-12"  # not counted: the holiday, Saturday and Sunday
    again_ = opened(first, day("2026-03-10"))
    assert (last_day(again_), again_.views) == ("2026-03-12", 2)
    with pytest.raises(Gone):
        services.fetch(link=again_, at=day("2026-03-13"))
    assert _now(link).views == 2
    assert _now(link).document.delete_after == again_.expires_at + timedelta(hours=12)


def test_a_link_near_its_end_is_not_made_longer(canada: World) -> None:
    link = delivered(canada, wanted(canada))
    assert opened(link, day("2026-03-31")).expires_at == link.expires_at


def test_staff_the_mail_and_the_page_say_the_conditions(
    canada: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = wanted(canada)
    link = delivered(canada, request)
    assert law_words(again(request)).splitlines()[0] == "The reader may print it once."
    assert ONCE in str(copy_ready(Subject(again(request), day(ON)))["legend"])
    monkeypatch.setattr(clock, "now", lambda: day(ON))
    client, user = Client(), canada.north.patrons["ada"].user
    assert user is not None
    client.force_login(user)
    html = client.get(f"/documents/{link.document.key}/").content.decode()
    assert ONCE in html
    assert "five business days" in html


def test_paper_other_countries_and_a_licence_know_no_conditions(canada: World) -> None:
    paper = wanted(canada, delivery=Delivery.BRANCH)
    assert record(paper).conditions == []
    staff_decide = wanted(canada, published="2026")
    assert (record(staff_decide).rule, law_words(again(staff_decide))) == ("C2", "")
    clear_copyright(request_id=staff_decide.pk, actor=clerk(canada), at=day(ON))
    assert record(staff_decide).conditions == CODES
    licensed = wanted(canada, published="2026")
    clear_copyright(request_id=licensed.pk, ground="licensed", actor=clerk(canada), at=day(ON))
    link = delivered(canada, licensed)
    assert (record(licensed).conditions, link.conditions) == ([], [])
    assert opened(link, day("2026-03-04")).expires_at == link.expires_at
    assert ONCE not in str(copy_ready(Subject(again(licensed), day(ON)))["legend"])
