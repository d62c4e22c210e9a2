"""Markup in what people, links and other systems send is shown as text: on every page, in mails, for programs (R21)."""

from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import CharField, F, TextField

from illservice.core import clock, outbox
from illservice.core.models import OutboxRow, OutboxState
from requests_app.models import BorrowingRequest
from tests.illservice.addresses import ALL_LINES, WHO
from tests.illservice.test_every_address import Scene
from tests.illservice.test_every_address import scene as scene
from tests.requests_app.patron_walks import answers, send, signed_in

pytestmark = pytest.mark.django_db

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{ 7 }}"
LIVE = ("<img src=x", "<script>alert", 'x onerror=alert(1)">', "&amp;lt;script")
WORDS = {
    "ill_requests.BorrowingRequest": (
        "title", "article_title", "author", "article_author", "publisher", "place", "edition", "volume", "issue",
        "pages", "date", "cited_in", "patron_note", "delivery_address", "department", "source_name",
    ),
    "ill_requests.RequestNote": ("text",),
    "ill_requests.RequestMessage": ("text",),
    "ill_requests.LenderTry": ("note", "system_number", "item_barcode", "call_number"),
    "ill_requests.Item": ("barcode", "call_number", "condition", "note", "volume"),
    "ill_patrons.Patron": ("name", "department", "address", "phone", "note", "block_reason"),
    "ill_patrons.PatronCategory": ("name",),
    "ill_directory.Library": ("name",),
    "ill_directory.Branch": ("name", "address", "opening_hours"),
    "ill_directory.Partnership": ("note", "cost_note"),
    "ill_directory.Reason": ("staff_text", "patron_text"),
    "ill_accounts.User": ("display_name",),
    "ill_documents.Document": ("name",),
}  # fmt: skip
"""What people and other systems write, by model."""


def poison() -> int:
    """Put markup wherever words are kept; returns into how many columns."""
    columns = 0
    for label, names in WORDS.items():
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        for field in model._meta.concrete_fields:
            if field.name in names and isinstance(field, CharField | TextField):
                model._base_manager.update(**{field.attname: EVIL[: field.max_length or 200]})
                columns += 1
    return columns


def test_markup_is_shown_as_text_on_every_page(scene: Scene) -> None:
    request = BorrowingRequest.objects.get(number=scene.names["number"])
    request.notes.create(text="x", at=clock.now(), author=scene.world.north.people["borrowing"])
    request.messages.create(text="x", at=clock.now(), from_patron=True)
    assert poison() > 30
    wrong, seen = [], 0
    for line in [each for each in ALL_LINES if each.method == "GET"]:
        for who in WHO:
            answer: Any = scene.ask(who, line)
            if not answer.get("Content-Type", "").startswith("text/html"):
                continue
            html = answer.content.decode()
            seen += "&lt;img src=x" in html
            wrong += [f"{line.path} for {who}: {each}" for each in LIVE[:3] if each in html]
    assert not wrong, "\n".join(wrong)
    assert seen > 30


def test_markup_is_shown_as_text_in_mails(scene: Scene) -> None:
    poison()
    for row in OutboxRow.objects.order_by("pk"):
        OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.WAITING, not_before=F("created_at"))
        outbox.deliver(row.pk, at=clock.now())
    sent = [each for each in mail.outbox if isinstance(each, EmailMultiAlternatives)]
    pages = [str(content) for each in sent for content, kind in each.alternatives if kind == "text/html"]
    assert len(pages) > 3
    assert not [each for page in pages for each in LIVE[:3] if each in page]
    assert any("&lt;img src=x" in page for page in pages)


def test_markup_that_comes_by_a_link_or_a_form_is_kept_as_text(scene: Scene) -> None:
    ada = signed_in(scene.world.north.patrons["ada"])
    answer = ada.get("/openurl", {"genre": "book", "title": EVIL, "aulast": EVIL}, follow=True)
    assert not [each for each in LIVE if each in answer.content.decode()]
    check = ada.post("/ask/book/", answers(title=EVIL, author=EVIL)).headers["Location"]
    assert not [each for each in LIVE if each in ada.get(check).content.decode()]
    number = send(ada, check).headers["Location"].rstrip("/").rpartition("/")[2]
    desk = scene.clients["borrowing"]
    said = desk.get(f"/api/v1/requests/{number}/")
    assert said["Content-Type"] == "application/json"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in said["Cache-Control"]
    assert said.json()["title"] == EVIL
