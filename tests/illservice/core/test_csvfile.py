"""CSV files as they really come."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from illservice.core.csvfile import MAX_LINE, CsvFile, CsvReject, CsvRow, csv_lines, plain_cell


def read(content: bytes) -> tuple[CsvFile, list[CsvRow | CsvReject]]:
    table = CsvFile(io.BytesIO(content))
    return table, list(table)


def short(records: list[CsvRow | CsvReject]) -> list[tuple[int, object]]:
    return [
        (each.line, each.code if isinstance(each, CsvReject) else list(each.values.values()))
        for each in records
    ]


def test_one_bad_line_never_stops_the_rest() -> None:
    _table, records = read(b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n10,11,12,13\n"x"y",2,3\n14,"15\n15",16\n')
    assert short(records) == [
        (2, ["1", "2", "3"]),
        (3, "unclosed_quote"),
        (4, ["7", "8", "9"]),
        (5, "columns"),
        (6, ['xy"', "2", "3"]),
        (7, ["14", "15\n15", "16"]),
    ]


def test_an_unclosed_quote_does_not_swallow_the_next_quoted_record() -> None:
    _table, records = read(b'a,b,c\n1,"2,3\n4,"5",6\n7,"8,9\n"10",11,12\n13,"14')
    assert short(records) == [
        (2, "unclosed_quote"),
        (3, ["4", "5", "6"]),
        (4, "unclosed_quote"),
        (5, ["10", "11", "12"]),
        (6, "unclosed_quote"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_recognised(encoding: str) -> None:
    table, records = read("barcode,name\n1,Zoë Ünsal\n".encode(encoding))
    assert table.header == ("barcode", "name")
    assert short(records) == [(2, ["1", "Zoë Ünsal"])]
    assert dict(table.warnings) == ({"encoding_cp1252": 1} if encoding == "cp1252" else {})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_ends_and_delimiters_are_recognised(end: str, delimiter: str) -> None:
    content = end.join(delimiter.join(row) for row in (["a", "b"], ["1", "2"], [], ["3", "4"])) + end
    _table, records = read(content.encode())
    assert short(records) == [(2, ["1", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize("content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_says_so(content: bytes) -> None:
    table, records = read(content)
    assert (records, table.header, dict(table.warnings)) == ([], (), {"empty_file": 1})


def test_nul_bytes_and_missing_fields_are_mended_with_a_warning() -> None:
    table, records = read(b"a,b,c\n1\0,2\n3,4,\n5,6,7,,\n")
    assert short(records) == [(2, ["1", "2"]), (3, ["3", "4", ""]), (4, ["5", "6", "7"])]
    assert dict(table.warnings) == {"nul_removed": 1, "short_row": 1}


class _Endless(io.RawIOBase):
    """A file with a line of 50 MB that is never in memory as a whole."""

    def __init__(self) -> None:
        self.parts = iter([b"a,b\n1,2\n", *[b"x" * 65536] * 800, b"\n3,4\n", b'5,"', *[b"y\n"] * 3, b'"\n'])

    def read(self, size: int = -1) -> bytes:
        return next(self.parts, b"")


def test_a_line_of_50_mb_is_refused_in_little_memory() -> None:
    tracemalloc.start()
    table = CsvFile(_Endless())  # type: ignore[arg-type]  # only read() is used
    records = list(table)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert short(records) == [(2, ["1", "2"]), (3, "too_long"), (4, ["3", "4"]), (5, ["5", "y\ny\ny\n"])]
    assert peak < 8 * MAX_LINE


def test_a_field_beyond_the_parsers_limit_is_refused() -> None:
    _table, records = read(b"a,b\n1," + b"x" * 200_000 + b"\n3,4\n")
    assert short(records) == [(2, "field_too_long"), (3, ["3", "4"])]


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=3, max_size=3))
)
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    _table, records = read(target.getvalue().encode())
    assert [list(each.values.values()) for each in records if isinstance(each, CsvRow)] == rows


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_fail(content: bytes) -> None:
    table, records = read(b"a,b,c\n" + content)
    assert all(1 < each.line <= table.lines_read for each in records)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")),
            min_size=2,
            max_size=2,
        )
    )
)
def test_what_is_written_runs_nothing_and_reads_back(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]
    assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert [[plain_cell(cell) for cell in row] for row in read] == rows
