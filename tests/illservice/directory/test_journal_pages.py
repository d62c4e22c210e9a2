"""Pages of journals, subscriptions and licences: what staff enter is checked, kept once, and theirs alone."""

from collections.abc import Collection
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from illservice.accounts.roles import Role
from illservice.citations.models import Journal, JournalIssn, LicenceTerms, Subscription, TitleLink
from illservice.citations.selectors import counted_with
from illservice.citations.services import changed, register_holdings_changed
from illservice.core.actors import Actor
from illservice.core.models import AuditEntry
from tests.world import World

pytestmark = pytest.mark.django_db
PAGES = "/titles/north/"


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.north.people[Role.COPYRIGHT])
    return client


Told = list[tuple[int | None, frozenset[int]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What those who registered are told, as if every change were committed at once."""
    monkeypatch.setattr(changed, "transaction", SimpleNamespace(on_commit=lambda tell: tell()))
    monkeypatch.setattr(changed, "_listeners", {})
    heard: Told = []

    def listen(*, library_id: int | None, journal_ids: Collection[int], actor: Actor, at: datetime) -> None:
        assert at.tzinfo is not None
        assert actor.roles
        heard.append((library_id, frozenset(journal_ids)))

    register_holdings_changed("test", listen)
    return heard


def a_journal(title: str = "Lakes", *issns: str) -> Journal:
    journal = Journal()
    journal.set_title(title)
    journal.save()
    for issn in issns:
        journal.issns.create(value=issn)
    return journal


def page(journal: Journal, more: str = "") -> str:
    return f"{PAGES}journals/{journal.pk}/{more}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def errors(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, text(answer)
    return dict(answer.context["form"].errors)


def test_a_journal_is_entered_found_and_changed(staff: Client, told: Told) -> None:
    made = staff.post(
        f"{PAGES}journals/new/", {"title": "Lakes & <b>Ponds</b>", "issns": "03178471, 2049-3630"}
    )
    journal = Journal.objects.get()
    assert made["Location"] == page(journal)
    assert set(journal.issns.values_list("value", flat=True)) == {"0317-8471", "2049-3630"}
    shown = text(staff.get(page(journal)))
    assert "Lakes &amp; &lt;b&gt;Ponds" in shown
    assert "Your library has no subscription here" in shown
    for words in ("0317-8471", "ponds lakes"):
        assert page(journal) in text(staff.get(f"{PAGES}journals/", {"q": words}))
    assert "No journal is found" in text(staff.get(f"{PAGES}journals/", {"q": "whales"}))
    assert page(journal) not in text(staff.get(f"{PAGES}journals/"))  # nothing of the library's yet
    assert staff.post(page(journal, "edit/"), {"title": "Ponds", "publisher": "P"}).status_code == 302
    journal.refresh_from_db()
    assert (journal.title_key, journal.publisher) == ("ponds", "P")
    assert (None, frozenset({journal.pk})) in told
    assert AuditEntry.objects.filter(model="ill_citations.Journal", action="change").exists()
    assert list(errors(staff.post(page(journal, "edit/"), {"title": "   "}))) == ["title"]


def test_an_issn_is_valid_and_has_one_journal(staff: Client) -> None:
    lakes, ponds = a_journal("Lakes", "0317-8471"), a_journal("Ponds")
    for wrong, words in (
        ("0317-8472", "is not a valid ISSN"),
        ("0317-8471", "belongs to “Lakes”"),
        ("x" * 30, ""),
    ):
        answer = staff.post(page(ponds, "issn/"), {"issn": wrong, "kind": "print"})
        assert words in str(errors(answer)["issn"])
    assert not ponds.issns.exists()
    refused = staff.post(f"{PAGES}journals/new/", {"title": "New", "issns": "2049-3630 0317-8471"})
    assert refused.status_code == 422
    assert Journal.objects.count() == 2
    assert not JournalIssn.objects.filter(value="2049-3630").exists()
    for issn in ("2049-3630", "2434-561X"):
        added = staff.post(
            page(ponds, "issn/"), {"issn": issn.lower(), "kind": "electronic", "is_linking": "on"}
        )
        assert added.status_code == 302
    assert ponds.issns.get(is_linking=True).value == "2434-561X"
    asked = text(staff.get(page(ponds, "remove/issn/2434-561X/")))
    assert "Take the ISSN 2434-561X from this journal?" in asked
    assert ponds.issns.count() == 2
    assert staff.post(page(ponds, "remove/issn/2434-561X/")).status_code == 302
    assert ponds.issns.count() == 1
    assert staff.post(page(ponds, "remove/issn/0317-8471/")).status_code == 404
    assert lakes.issns.count() == 1


def test_title_changes_are_linked_once_and_can_be_taken_back(staff: Client, told: Told) -> None:
    lakes, ponds = a_journal("Lakes", "0317-8471"), a_journal("Ponds", "2049-3630")
    about = {"issn": "2049-3630", "other_is": "later", "changed_on": "2020-01-01", "count_together": "on"}
    assert staff.post(page(lakes, "link/"), about).status_code == 302
    link = TitleLink.objects.get()
    assert (link.earlier, link.later) == (lakes, ponds)
    assert counted_with(lakes.pk) == {lakes.pk, ponds.pk}
    assert told == [(None, frozenset({lakes.pk, ponds.pk}))]
    assert "It went on as" in text(staff.get(page(lakes)))
    assert "Before it was called" in text(staff.get(page(ponds)))
    for wrong in (
        about,
        about | {"other_is": "earlier"},
        about | {"issn": "0317-8471"},
        about | {"issn": "1"},
    ):
        assert list(errors(staff.post(page(lakes, "link/"), wrong))) == ["issn"]
    assert staff.post(page(a_journal("Other"), f"remove/link/{link.pk}/")).status_code == 404
    assert staff.post(page(ponds, f"remove/link/{link.pk}/")).status_code == 302
    assert not TitleLink.objects.exists()


def test_a_subscription_is_entered_changed_ended_and_taken_away(
    world: World, staff: Client, told: Told
) -> None:
    lakes, mine = a_journal(), world.north.library.pk
    assert list(errors(staff.post(page(lakes, "subscribe/"), {"status": "ordered"}))) == ["ordered_on"]
    backwards = {"status": "active", "covers_from": "2020-01-01", "covers_to": "2019-01-01"}
    assert list(errors(staff.post(page(lakes, "subscribe/"), backwards))) == ["covers_to"]
    assert not told
    order = {
        "status": "ordered",
        "ordered_on": "2026-03-01",
        "covers_from": "2010-01-01",
        "embargo_months": "12",
    }
    assert staff.post(page(lakes, "subscribe/"), order).status_code == 302
    row = Subscription.objects.get()
    assert (row.library, row.ordered_on, row.embargo_months) == (mine, date(2026, 3, 1), 12)
    assert told == [(mine, frozenset({lakes.pk}))]
    assert list(errors(staff.post(page(lakes, "subscribe/"), order))) == ["covers_from"]
    form = page(lakes, f"subscriptions/{row.pk}/")
    seen = staff.get(form).context["form"].initial["seen"]
    changed_to = order | {"status": "active", "seen": seen}
    assert staff.post(form, changed_to).status_code == 302
    assert "Somebody else changed this" in str(errors(staff.post(form, changed_to | {"status": "cancelled"})))
    assert staff.post(form + "end/", {"on": "2026-12-31"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.ends) == ("cancelled", date(2026, 12, 31))
    assert "If it only ended" in text(staff.get(page(lakes, f"remove/subscription/{row.pk}/")))
    assert Subscription.objects.exists()
    assert staff.post(page(lakes, f"remove/subscription/{row.pk}/")).status_code == 302
    assert not Subscription.objects.exists()
    assert told == [(mine, frozenset({lakes.pk}))] * 4


def test_a_journal_that_somebody_subscribes_to_stays(world: World, staff: Client) -> None:
    lakes = a_journal()
    Subscription.objects.create(library=world.south.library.pk, journal=lakes)
    kept = staff.post(page(lakes, f"remove/journal/{lakes.pk}/"), follow=True)
    assert "A library here subscribes to it" in text(kept)
    Subscription.objects.all().delete()
    staff.post(page(lakes, f"remove/journal/{lakes.pk}/"))
    assert not Journal.objects.exists()


def test_licences_are_the_library_s_own(world: World, staff: Client) -> None:
    assert "No licence is entered yet" in text(staff.get(f"{PAGES}licences/"))
    waters = {"name": "Waters", "terms": "paper", "note": "two\r\nlines"}
    assert staff.post(f"{PAGES}licences/new/", waters).status_code == 302
    licence = LicenceTerms.objects.get()
    assert list(errors(staff.post(f"{PAGES}licences/new/", waters))) == ["name"]
    form = f"{PAGES}licences/{licence.pk}/"
    seen = staff.get(form).context["form"].initial["seen"]
    assert staff.post(form, waters | {"terms": "prohibited", "seen": seen}).status_code == 302
    assert "Somebody else" in str(errors(staff.post(form, waters | {"seen": seen})))
    lakes, foreign = a_journal(), LicenceTerms.objects.create(library=world.south.library.pk, name="Theirs")
    wrong = staff.post(page(lakes, "subscribe/"), {"status": "active", "licence": str(foreign.pk)})
    assert list(errors(wrong)) == ["licence"]
    named = staff.post(page(lakes, "subscribe/"), {"status": "active", "licence": str(licence.pk)})
    assert named.status_code == 302
    assert "Waters" in text(staff.get(page(lakes)))
    assert "Subscriptions name this licence" in text(staff.post(form + "remove/", follow=True))
    Subscription.objects.all().delete()
    staff.post(form + "remove/")
    assert not LicenceTerms.objects.filter(library=world.north.library.pk).exists()


def test_another_library_s_rows_are_not_there(world: World, staff: Client) -> None:
    lakes, south = a_journal(), world.south.library.pk
    theirs = Subscription.objects.create(library=south, journal=lakes, source="Southern")
    licence = LicenceTerms.objects.create(library=south, name="Theirs")
    assert "Southern" not in text(staff.get(page(lakes)))
    for path in (
        f"journals/{lakes.pk}/subscriptions/{theirs.pk}/",
        f"journals/{lakes.pk}/subscriptions/{theirs.pk}/end/",
        f"journals/{lakes.pk}/remove/subscription/{theirs.pk}/",
        f"licences/{licence.pk}/",
        f"licences/{licence.pk}/remove/",
        "journals/99999999999999999999/",
        f"journals/99999999999999999999/subscriptions/{theirs.pk}/",
        f"journals/{lakes.pk}/remove/title/1/",
    ):
        assert staff.post(PAGES + path, {"on": "2026-01-01"}).status_code in {404, 405}, path
    assert Subscription.objects.get().status == "active"


def test_the_pages_take_the_same_statements_however_much_there_is(
    world: World, staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    journal = a_journal("Lakes", "0317-8471")
    for number in range(30):
        other = a_journal(f"Ponds {number}")
        Subscription.objects.create(library=world.north.library.pk, journal=other)
        Subscription.objects.create(library=world.north.library.pk, journal=journal, covers_key=str(number))
        TitleLink.objects.create(earlier=journal, later=other)
    for path in (page(journal), f"{PAGES}journals/", f"{PAGES}licences/"):
        with django_assert_max_num_queries(10):
            assert staff.get(path).status_code == 200
