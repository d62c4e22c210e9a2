"""Files of journals and subscriptions: what comes in, what is refused, and that reading again changes nothing."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from illservice.citations.data import CitationData
from illservice.citations.models import Journal, JournalIssn, LicenceTerms, Subscription, TitleLink
from illservice.citations.selectors import counted_with, journals_of, subscriptions_to
from illservice.citations.services import TitlesReport, import_titles, titles_import
from illservice.core.actors import IMPORT
from illservice.core.errors import InvalidInput
from illservice.core.models import AuditEntry
from tests.world import NOON

pytestmark = pytest.mark.django_db

KBART_COLUMNS = (
    "publication_title\tprint_identifier\tonline_identifier\tdate_first_issue_online\tnum_first_vol_online\t"
    "date_last_issue_online\tembargo_info\tcoverage_depth\tpublication_type\taccess_type\tlocal_note"
)


def read(text: str | bytes, library: int = 1, **more: Any) -> TitlesReport:
    data = text if isinstance(text, bytes) else text.encode()
    return import_titles(io.BytesIO(data), library_id=library, actor=IMPORT, at=NOON, **more)


def kbart(*lines: str, **more: Any) -> TitlesReport:
    return read("\n".join([KBART_COLUMNS, *lines]), **more)


def table() -> list[tuple[str, set[str]]]:
    found = Journal.objects.order_by("pk")
    return [(each.title, set(each.issns.values_list("value", flat=True))) for each in found]


LAKES = "Journal of Lakes\t0317-8471\t2434-561X\t1998-04\t12\t\tP12M\tfulltext\tserial\tP\tx"


def test_a_kbart_line_is_a_journal_with_its_issns_and_a_subscription() -> None:
    report = kbart(LAKES, source="Waters")
    assert (report.read, report.journals, report.created, report.rejected) == (1, 1, 1, [])
    assert report.unknown_columns == ["local_note"]
    assert table() == [("Journal of Lakes", {"0317-8471", "2434-561X"})]
    kinds = dict(JournalIssn.objects.values_list("value", "kind"))
    assert kinds == {"0317-8471": "print", "2434-561X": "electronic"}
    (mine,) = Subscription.objects.all()
    assert (mine.library, mine.source, mine.covers_from, mine.first_volume) == (
        1,
        "Waters",
        date(1998, 4, 1),
        "12",
    )
    assert (mine.covers_to, mine.embargo_months, mine.status) == (None, 12, "active")
    assert set(AuditEntry.objects.values_list("action", "library")) == {("create", 1)}


def test_the_same_file_again_changes_nothing_and_a_new_one_changes_what_differs() -> None:
    kbart(LAKES)
    again = kbart(LAKES)
    assert (again.unchanged, again.journals, Subscription.objects.count()) == (1, 0, 1)
    changed = kbart(LAKES.replace("P12M", "P6M"))
    assert (changed.updated, Subscription.objects.get().embargo_months) == (1, 6)
    assert kbart(LAKES, library=2).created == 1, (
        "another library has its own subscription of the same journal"
    )
    assert (Journal.objects.count(), Subscription.objects.count()) == (1, 2)


def test_what_a_file_does_not_say_of_a_subscription_stays_as_staff_entered_it() -> None:
    kbart(LAKES, source="Waters")
    licence = LicenceTerms.objects.create(library=1, name="Waters 2026")
    ended = {"status": "cancelled", "ends": date(2026, 6, 30), "ordered_on": date(2020, 1, 1)}
    by_hand = ended | {"unavailable": "missing", "is_aggregator": True, "licence": licence}
    Subscription.objects.update(**by_hand)
    assert kbart(LAKES, source="Waters").unchanged == 1
    assert kbart(LAKES.replace("P12M", "P6M"), source="Waters").updated == 1
    mine = Subscription.objects.get()
    assert (mine.embargo_months, mine.covers_from) == (6, date(1998, 4, 1))
    assert {name: getattr(mine, name) for name in by_hand} == by_hand
    columns = "title,issn,covers_from,first_volume,status,unavailable,licence"
    read(f"{columns}\nLakes,0317-8471,1998-04,12,active,,\n", source="Waters")
    mine.refresh_from_db()
    assert (mine.status, mine.unavailable, mine.licence) == ("active", "", None)
    assert mine.ends == date(2026, 6, 30), "an empty cell takes away, a column that is not there does not"


def test_a_line_or_a_whole_package_names_its_licence() -> None:
    for library, name in ((1, "Waters 2026"), (1, "Streams"), (2, "Strange")):
        LicenceTerms.objects.create(library=library, name=name)
    report = read(
        "title,issn,licence\nLakes,0317-8471,waters 2026\nRivers,2434-561X,\nPonds,1050-124X,Strange\n",
        usual={"licence": "Streams", "aggregator": "yes"},
    )
    assert [(each["line"], each["code"]) for each in report.rejected] == [(4, "licence")]
    found = Subscription.objects.order_by("pk").values_list("licence__name", "is_aggregator")
    assert list(found) == [("Waters 2026", True), ("Streams", True)]
    with pytest.raises(InvalidInput):
        kbart(LAKES, usual={"licence": "Strange"})
    kbart("Brooks\t0028-4793", usual={"licence": "Streams"}, source="Waters")
    assert Subscription.objects.get(source="Waters").licence == LicenceTerms.objects.get(name="Streams")


def test_a_dry_run_says_the_same_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles_import, "BATCH", 2)
    lines = [
        LAKES,
        LAKES.replace("1998-04", "2005"),
        LAKES,
        "Ponds\t\t2434-561X\t2001",
        "Ponds\t\t\t2001",
        "Ponds\t\t\t2002",
    ]
    dry = kbart(*lines, dry_run=True)
    assert not Journal.objects.exists()
    assert not AuditEntry.objects.exists()
    real = kbart(*lines)
    assert dry.as_dict() == {**real.as_dict(), "dry_run": True}
    assert (real.read, real.journals, real.created) == (6, 2, 5)
    assert [(each["line"], each["code"]) for each in real.rejected] == [(4, "duplicate")]


def test_an_issn_that_is_new_joins_its_journal_and_two_journals_are_never_brought_together() -> None:
    read("title,issn\nLakes,0317-8471\nRivers,2434-561X\n")
    joined = read("title,issn,eissn\nLakes,0317-8471,1050-124X\n")
    assert (joined.updated, joined.journals) == (1, 0)
    assert table()[0] == ("Lakes", {"0317-8471", "1050-124X"})
    both = read("title,issn,eissn\nLakes,0317-8471,2434-561X\n")
    assert both.rejected[0]["code"] == "two_journals"
    same_title = read("title,issn\nLakes,0028-4793\n")
    assert same_title.journals == 1, "an equal title merges no two valid ISSNs"
    assert read("title\nLakes\n").rejected[0]["code"] == "ambiguous_title"


def test_what_is_no_journal_or_not_in_full_text_gives_no_subscription() -> None:
    report = kbart(
        "A book\t9780306406157\t\t\t\t\t\tebook\tmonograph\tP",
        "Another book\t9780306406157\t\t\t\t\t\tfulltext\t\tP",
        "Free lakes\t0317-8471\t\t1998\t\t\t\tfulltext\tserial\tF",
        "Abstracts\t2434-561X\t\t1998\t\t\t\tabstracts\tserial\tP",
    )
    assert (report.passed_over, report.created, Subscription.objects.count()) == (2, 2, 0)
    assert [title for title, _ in table()] == ["Free lakes", "Abstracts"]
    assert {"monograph": 1, "book": 1, "free_title": 1, "not_full_text": 1}.items() <= report.warnings.items()


BAD = (
    ("title,issn\n,0317-8472\n", "no_title"),
    ("title,covers_from\nLakes,long ago\n", "date"),
    ("title,covers_from\nLakes,2015-13\n", "date"),
    ("title,starts,ends\nLakes,2020,2019\n", "dates"),
    ("title,status\nLakes,dreamt of\n", "status"),
    ("title,status\nLakes,ordered\n", "ordered_on"),
    ("title,unavailable\nLakes,gone\n", "unavailable"),
    ("title,aggregator\nLakes,perhaps\n", "aggregator"),
    ('title,issn\n"Lakes,0317-8471\n', "unclosed_quote"),
    ("title,issn\nLakes,0317-8471,1,2,3\n", "columns"),
)


@pytest.mark.parametrize(("text", "code"), BAD)
def test_a_line_that_cannot_be_used_is_named_and_the_others_come_in(text: str, code: str) -> None:
    report = read(text + "Rivers" + "," * text.split("\n")[0].count(",") + "\n")
    assert [(each["line"], each["code"]) for each in report.rejected] == [(2, code)]
    assert [title for title, _ in table()] == ["Rivers"]
    assert report.read == report.created + report.updated + report.unchanged + report.passed_over + 1


def test_every_column_of_our_own_file_is_understood() -> None:
    columns = (
        "title,issn,issn_l,status,ordered_on,starts,ends,covers_to,last_volume,embargo,aggregator,unavailable"
    )
    read(
        f"{columns}\nLakes,0317-8471,0317-8471,ordered,2026-03-01,2026,2027-02,2027,30,P1Y;R90D,yes,Bindery\n"
    )
    issn, mine = JournalIssn.objects.get(), Subscription.objects.get()
    assert (issn.kind, issn.is_linking) == ("print", True)
    assert (mine.status, mine.ordered_on, mine.unavailable) == ("ordered", date(2026, 3, 1), "bindery")
    assert (mine.starts, mine.ends, mine.covers_to) == (
        date(2026, 1, 1),
        date(2027, 2, 28),
        date(2027, 12, 31),
    )
    assert (mine.last_volume, mine.embargo_months, mine.rolling_months, mine.is_aggregator) == (
        "30",
        12,
        3,
        True,
    )


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\n\n", b"\x00\xff\xfe", b"PK\x03\x04"])
def test_what_is_no_file_of_titles_is_refused_whole(text: str | bytes) -> None:
    with pytest.raises(InvalidInput):
        read(text)
    with pytest.raises(InvalidInput):
        read("title,issn\nLakes,0317-8471\n", kbart=True)
    assert not Journal.objects.exists()


def test_hostile_cells_are_kept_as_plain_text_within_their_columns() -> None:
    odd = ["=HYPERLINK(1)", "x" * 5000, "<script>", "Zeit\u0000schrift\u202e", "Ä" * 600]
    report = read("title\n" + "\n".join(odd), source="p" * 500)
    assert (report.created, report.rejected) == (5, [])
    titles = [title for title, _ in table()]
    assert titles[0] == "=HYPERLINK(1)"
    assert max(map(len, titles)) == 500
    assert titles[3] == "Zeitschrift"
    latin = read("title,issn\nZeitschrift f\xfcr Seen,0028-4793\n".encode("latin-1"))
    assert (latin.created, latin.warnings["encoding_cp1252"]) == (1, 1)
    assert read("\ufefftitle;issn\r\nLacs;1050-124X\r\n".encode("utf-16-le")).created == 1


def test_a_record_that_the_database_refuses_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    save = Journal.save

    def refuse(journal: Journal, **more: Any) -> None:
        if journal.title == "Rivers":
            raise IntegrityError
        save(journal, **more)

    monkeypatch.setattr(Journal, "save", refuse)
    report = read("title,issn\nLakes,0317-8471\nRivers,2434-561X\nPonds,1050-124X\n")
    assert [(each["line"], each["code"]) for each in report.rejected] == [(3, "not_saved")]
    assert [title for title, _ in table()] == ["Lakes", "Ponds"]
    assert report.read == report.created + len(report.rejected)


@contextmanager
def statements(most: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as seen:
        yield
    assert len(seen) <= most, [each["sql"][:80] for each in seen]


def test_reading_a_known_file_takes_few_statements_however_long_it_is() -> None:
    lines = [f"Lakes {number}\t\t\t{1900 + number}\t\t\t\t\t\t" for number in range(60)]
    kbart(*lines)
    with statements(8):
        assert kbart(*lines).unchanged == 60


def test_a_request_finds_its_journal_by_issn_else_by_title() -> None:
    kbart(LAKES)
    read("title,issn\nLakes,0028-4793\nThe Journal of Lakes,1050-124X\n")
    by_issn = CitationData.from_mapping({"title": "whatever", "issn": "2434561x"})
    assert [each.title for each in journals_of(by_issn)] == ["Journal of Lakes"]
    by_title = CitationData.from_mapping({"title": "LAKES /", "issn": "0317-8472"})
    assert [each.title for each in journals_of(by_title)] == ["Lakes"]
    assert len(journals_of(CitationData.from_mapping({"title": "Journal of lakes."}))) == 2
    unknown = CitationData.from_mapping({"title": "Lakes", "issn": "0036-8075"})
    assert journals_of(unknown) == [], "a valid ISSN that nobody knows is no other journal's"
    assert journals_of(CitationData()) == []


def test_title_changes_count_together_only_where_staff_say_so() -> None:
    read("title,issn\nOne,0317-8471\nTwo,2434-561X\nThree,1050-124X\nFour,0028-4793\n")
    one, two, three, four = Journal.objects.order_by("pk")
    TitleLink.objects.create(earlier=one, later=two)
    TitleLink.objects.create(earlier=two, later=three)
    TitleLink.objects.create(earlier=three, later=four, count_together=False)
    assert counted_with(one.pk) == {one.pk, two.pk, three.pk}
    assert counted_with(four.pk) == {four.pk}
    assert [each.library for each in subscriptions_to(counted_with(two.pk), [1, 7])] == [1, 1, 1]
    assert subscriptions_to([one.pk], [2]) == []
