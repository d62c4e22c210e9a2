"""`./ill copyright_window` and `./ill copyright_replay`: what scripts rely on."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.exports import as_csv

Write = Callable[..., str]


def said(*words: str) -> Any:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return json.loads(out.getvalue())


def test_the_window_as_one_json_object() -> None:
    answer = said(
        "copyright_window", "--request=2026-06-15", "--published=2021-06", "--mode=rolling", "--json"
    )
    assert answer == {
        "recent": True,
        "published": {"from": "2021-06-01", "to": "2021-06-30", "precision": "month"},
        "why": "Its latest day 2021-06-30 is not before 2021-06-15, five years before the request.",
    }
    five = said(
        "copyright_window", "--request=2026-06-15", "--published=2021-06", "--mode=calendar5", "--json"
    )
    assert (five["recent"], five["why"]) == (False, "Its latest year is 2021; recent is 2022 and later.")
    none = said("copyright_window", "--request=2026-06-15", "--published=n.d.", "--mode=calendar6", "--json")
    assert none == {
        "recent": None,
        "published": {"from": None, "to": None, "precision": "unknown"},
        "why": "The date cannot be read.",
    }


def test_the_window_in_words() -> None:
    out = io.StringIO()
    call_command("copyright_window", "--request=2026-01-01", "--published=in press", stdout=out)
    assert out.getvalue() == "recent: It is not out yet.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("--request=yesterday", "--published=2021"),
        ("--request=2026-01-01",),
        ("--request=2026-01-01", "--mode=x"),
    ],
)
def test_the_window_refuses_what_is_no_date_and_no_mode(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("copyright_window", *words)


USUAL = {
    "Request Type": "Article",
    "Document Type": "Article",
    "Photo Journal Title": "Journal of Lakes.",
    "Photo Journal Year": "2016",
    "Photo Article Title": "On lakes",
    "Creation Date": "2017-03-01 10:00:00",
    "Transaction Status": "Request Finished",
    "Transaction Date": "2017-03-05 10:00:00",
    "ISSN": "0317-8471",
    "Lending Library": "IYU",
    "System ID": "OCLC",
    "Copyright Comp": "US:CCG",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: dict[str, str], name: str = "export.csv") -> str:
        numbered = [{"Transaction Number": str(n)} | USUAL | row for n, row in enumerate(rows, start=1)]
        (tmp_path / name).write_bytes(as_csv(numbered))
        return str(tmp_path / name)

    return written


def replayed(*words: str) -> Any:
    return said("copyright_replay", *words, "--mode=calendar5", "--json")


def test_rows_are_decided_in_order_of_creation_and_the_sixth_copy_is_over_the_limit(write: Write) -> None:
    days = [{"Creation Date": f"2017-03-{day:02} 10:00"} for day in (6, 2, 3, 4, 5, 1)]
    answer = replayed(write(*days))
    assert (answer["rows"], answer["decided"]) == (6, {"D8": 5, "D9": 1})
    assert answer["over_limit"] == [
        {
            "file": "export.csv",
            "line": 2,
            "journal": "Journal of Lakes.",
            "issn": "0317-8471",
            "year": 2017,
            "count": 5,
            "fee_recorded": False,
        }
    ]
    assert answer["agreement"]["table"] == {"CCG": {"CCG": 5}, "CCG over the limit": {"CCG": 1}}
    assert answer["agreement"]["rate"] == 1.0
    assert (
        said("copyright_replay", write(*days), "--mode=calendar5", "--limit=6", "--json")["over_limit"] == []
    )


NOT_COUNTED = (
    {"Transaction Status": "Cancelled by Customer", "Lending Library": "", "System ID": ""},
    {"Transaction Status": "Awaiting Copyright Clearance"},
    {"Lending Library": "OA", "System ID": "OTH"},
    {"Lending Library": "GETIT", "System ID": "OTH"},
    {"Base Fee": "30.5"},
    {"Creation Date": "2016-12-31 23:59"},
    {"ISSN": "2434-561X"},
    {"Photo Journal Year": "2009"},
    {"Request Type": "Loan"},
)


@pytest.mark.parametrize("row", NOT_COUNTED)
def test_only_copies_by_libraries_of_this_journal_and_year_are_counted(
    write: Write, row: dict[str, str]
) -> None:
    last = {"Creation Date": "2017-04-01 10:00"}
    assert replayed(write(*[{}] * 4, row, last))["over_limit"] == []
    going_on = {"Transaction Status": "Request Sent"}
    assert len(replayed(write(*[{}] * 4, going_on, last))["over_limit"]) == 1


def test_chapters_of_a_book_are_one_work_with_its_isbn_and_without_it(write: Write) -> None:
    def chapter(isbn: str, day: int) -> dict[str, str]:
        when = f"2017-03-{day:02} 10:00"
        return {"Document Type": "Book Chapter", "ISSN": isbn, "Creation Date": when}

    known = [chapter(("9780915698097", "")[day % 2], day) for day in range(1, 6)]
    assert replayed(write(*known, chapter("", 8)))["decided"] == {"D11": 5, "D12": 1}
    other = replayed(write(*known, chapter("9780306406157", 8)))
    assert other["decided"] == {"D11": 6}, "another ISBN is another book"


def test_issns_in_one_cell_are_one_journal_and_different_issns_never_merge_on_a_title(write: Write) -> None:
    apart = [{"ISSN": "0317-8471"}] * 3 + [{"ISSN": "2434-561X"}] * 3
    assert replayed(write(*apart))["over_limit"] == []
    proof = {"ISSN": "0317-8471 (print) 2434-561X", "Creation Date": "2017-04-01 10:00"}
    assert [each["count"] for each in replayed(write(*apart, proof))["over_limit"]] == [5, 6]


def test_a_row_without_issn_belongs_to_the_one_journal_of_its_title_and_to_none_of_two(write: Write) -> None:
    nameless = {
        "ISSN": "",
        "Photo Journal Title": "The journal of lakes",
        "Creation Date": "2017-04-01 10:00",
    }
    assert len(replayed(write(*[{}] * 5, nameless))["over_limit"]) == 1
    two = replayed(write({}, {"ISSN": "2434-561X"}, nameless))
    assert two["undecidable"] == [
        {
            "file": "export.csv",
            "line": 4,
            "rule": "D13",
            "why": "2 journals with different ISSNs bear this title, and the row names none of them.",
        }
    ]
    alone = replayed(write(*[nameless] * 6))
    assert [each["count"] for each in alone["over_limit"]] == [5]


DIFFERENT = (
    ({"Photo Journal Year": "198310"}, "CCL", "compared as a number"),
    (
        {"Photo Journal Year": "2012", "Creation Date": "2016-12-31 10:00", "Copyright Comp": "US:CCL"},
        "CCG",
        "counted from the later day",
    ),
    ({"Document Type": "Book Chapter", "ISSN": ""}, "CCL", "by the window for journals"),
    ({"Document Type": "Report", "ISSN": "", "Photo Article Title": ""}, "review", "leave it to staff"),
    ({"Copyright Comp": "CCL"}, "CCG", "may subscribe"),
    ({"Photo Journal Year": "2012"}, "CCL", "Between the windows: counted as rolling"),
    ({"Photo Journal Year": "1999"}, "CCL", "no ground"),
)


@pytest.mark.parametrize(("row", "ours", "why"), DIFFERENT)
def test_every_disagreement_says_why(write: Write, row: dict[str, str], ours: str, why: str) -> None:
    agreement = replayed(write({}, row))["agreement"]
    assert (agreement["compared"], agreement["agree"], agreement["rate"]) == (2, 1, 0.5)
    (found,) = agreement["disagreements"]
    assert (found["line"], found["ours"]) == (3, ours)
    assert why in found["why"]


def test_what_cannot_be_decided_is_listed_and_not_compared(write: Write) -> None:
    answer = replayed(
        write(
            {"Photo Journal Year": "EPUB"},
            {"Creation Date": "soon"},
            {"Copyright Comp": ""},
            {"ISSN": "none"},
        )
    )
    assert (answer["rows"], answer["decided"]) == (4, {"D8": 2, "D13": 1})
    assert [(each["line"], each["rule"]) for each in answer["undecidable"]] == [(2, "D13"), (3, None)]
    assert answer["agreement"]["compared"] == 1


def test_several_files_are_one_year_and_without_statements_nothing_is_compared(write: Write) -> None:
    more = write(*[{"Copyright Comp": ""}] * 3, name="more.csv")
    both = replayed(write(*[{"Copyright Comp": ""}] * 3), more)
    assert [each["file"] for each in both["over_limit"]] == ["more.csv"]
    assert both["agreement"] == {"compared": 0, "agree": 0, "rate": None, "table": {}, "disagreements": []}


def test_in_words_and_refusals(write: Write, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("copyright_replay", write({}, {"Copyright Comp": "CCL"}), "--mode=rolling", stdout=out)
    assert out.getvalue().endswith("agreement: 1 of 2 (50.00%)\n")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    for words in ([str(tmp_path / "none.csv")], [str(other)], [write({}), "--limit=-1"]):
        with pytest.raises(CommandError) as refused:
            call_command("copyright_replay", *words)
        assert refused.value.returncode == 2
