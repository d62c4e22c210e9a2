"""CSV files as people and systems really send them, read in a stream with bounded memory (RFC 4180 and worse).

    with open(name, "rb") as stream:
        table = CsvFile(stream)
        for record in table:                      # CsvRow or CsvReject, in the order of the file
            ...
    table.header, table.warnings

Read are UTF-8 with and without a byte order mark, UTF-16, and as a last resort Windows-1252, line by line; comma,
semicolon, tab or bar between columns; lines that end in CR LF, LF or CR; fields with line breaks in quotation marks.
One bad record never stops the rest: what cannot be read is a `CsvReject` that names its first physical line.
"""

import codecs
import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE = 1024 * 1024
"""Bytes of one physical line; a longer one is refused without being held in memory."""

MAX_RECORD_LINES = 500
"""Physical lines of one record; more means that a quotation mark was never closed."""

_CHUNK = 64 * 1024
_DELIMITERS = ",;\t|"
_CSV_ERRORS = {"unexpected end": "unclosed_quote", "field limit": "field_too_long"}
_REASONS = {
    "unclosed_quote": "A quotation mark is not closed.",
    "field_too_long": "A field is longer than 131072 characters.",
    "quotes": "The quotation marks cannot be read.",
}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record: the physical line where it starts (the header is line 1), and its fields by column.

    A column that the record does not reach is missing from `values`, so that "not given" and "empty" differ.
    """

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvReject:
    """A record that cannot be read. Codes: too_long, field_too_long, unclosed_quote, quotes, columns."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    too_long: bool = False


class CsvFile:
    """Iterate once over the records below the header. `warnings` counts what was mended, by code.

    Codes of warnings: empty_file, header_too_long, duplicate_column; encoding_cp1252, nul_removed, quotes_mended,
    short_row.
    """

    def __init__(self, stream: BinaryIO, *, max_line: int = MAX_LINE) -> None:
        self.warnings: Counter[str] = Counter()
        self.header: tuple[str, ...] = ()
        self.delimiter = ","
        self.lines_read = 0
        self.bytes_read = 0
        self._max_line = max_line
        self._lines = self._decoded(self._physical(self._utf8(stream)))
        self._waiting: deque[_Line] = deque()
        self._read_header()

    def __iter__(self) -> Iterator[CsvRow | CsvReject]:
        """The records in order; blank lines are passed over."""
        while (line := self._next_line()) is not None:
            if line.too_long:
                yield CsvReject(line.number, "too_long", f"The line is longer than {self._max_line} bytes.")
            elif line.text.strip():
                yield self._record(line)

    # -- Records --------------------------------------------------------------------------------------------
    def _read_header(self) -> None:
        while (line := self._next_line()) is not None:
            if line.text.strip() or line.too_long:
                break
        if line is None or line.too_long:
            self.warnings["empty_file" if line is None else "header_too_long"] += 1
            return
        self.delimiter = max(_DELIMITERS, key=line.text.count)
        fields, _lines, _problem = self._parse(line)
        names = [" ".join(name.split()) for name in fields or self._loosely(line.text)]
        while names and not names[-1]:
            names.pop()
        self.warnings["duplicate_column"] += len(names) - len(set(names))
        self.warnings += Counter()  # drops zeros
        self.header = tuple(names)

    def _record(self, first: _Line) -> CsvRow | CsvReject:
        """Read one record; when it cannot be, only its first line is given up and reading goes on with the next."""
        fields, lines, problem = self._parse(first)
        if fields is not None and (len(lines) == 1 or len(fields) == len(self.header)):
            return self._row(first.number, fields)
        self._waiting.extendleft(reversed(lines[1:]))
        if len(lines) > 1:
            problem = "unclosed_quote"
        loose = self._loosely(first.text) if problem == "quotes" else []
        if len(loose) == len(self.header):
            self.warnings["quotes_mended"] += 1
            return self._row(first.number, loose)
        return CsvReject(first.number, problem, _REASONS[problem])

    def _row(self, number: int, fields: Sequence[str]) -> CsvRow | CsvReject:
        if not self._fits(fields):
            reason = f"{len(fields)} fields where the header names {len(self.header)}."
            return CsvReject(number, "columns", reason)
        if len(fields) < len(self.header):
            self.warnings["short_row"] += 1
        values: dict[str, str] = {}
        for name, field in zip(self.header, fields, strict=False):
            values.setdefault(name, field)
        return CsvRow(number, values)

    def _fits(self, fields: Sequence[str]) -> bool:
        """Not more fields than columns, but for empty ones at the end."""
        return not any(field.strip() for field in fields[len(self.header) :])

    def _parse(self, first: _Line) -> tuple[list[str] | None, list[_Line], str]:
        """The fields of the record that starts with `first`, the lines it took, and what was wrong with it."""
        taken = [first]
        reader = csv.reader(self._feed(taken), delimiter=self.delimiter, strict=True)
        try:
            return next(reader), taken, ""
        except csv.Error as error:
            known = (code for words, code in _CSV_ERRORS.items() if words in str(error))
            return None, taken, next(known, "quotes")

    def _feed(self, taken: list[_Line]) -> Iterator[str]:
        """Lines for the csv module, which asks for another one only inside a quoted field."""
        size = len(taken[0].text)
        yield taken[0].text
        while len(taken) < MAX_RECORD_LINES and size < self._max_line:
            line = self._next_line()
            if line is None:
                return
            taken.append(line)
            if line.too_long:
                return
            size += len(line.text)
            yield line.text

    def _loosely(self, text: str) -> list[str]:
        """One line with stray quotation marks, read as spreadsheets read it."""
        try:
            return next(csv.reader([text], delimiter=self.delimiter), [])
        except csv.Error:
            return []

    # -- Lines ----------------------------------------------------------------------------------------------
    def _next_line(self) -> _Line | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _decoded(self, lines: Iterator[bytes | None]) -> Iterator[_Line]:
        for number, raw in enumerate(lines, start=1):
            self.lines_read = number
            yield _Line(number, "", too_long=True) if raw is None else _Line(number, self._text(raw))

    def _text(self, raw: bytes) -> str:
        if b"\0" in raw:
            self.warnings["nul_removed"] += 1
            raw = raw.replace(b"\0", b"")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            self.warnings["encoding_cp1252"] += 1
            return raw.decode("cp1252", errors="replace")

    def _physical(self, chunks: Iterator[bytes]) -> Iterator[bytes | None]:
        """Physical lines with their ends; None in place of one that is too long."""
        rest, too_long = b"", False
        for chunk in filter(None, chunks):
            parts = (rest + chunk).splitlines(keepends=True)
            # A CR at the very end may be the first half of CR LF, and the last part may go on.
            rest = parts.pop()
            for part in parts:
                yield None if too_long or len(part) > self._max_line else part
                too_long = False
            if len(rest) > self._max_line:
                rest, too_long = rest[-1:], True
        if rest:
            yield None if too_long else rest

    def _utf8(self, stream: BinaryIO) -> Iterator[bytes]:
        """The file's bytes in UTF-8 or something like it, without a byte order mark."""
        chunk = self._read(stream)
        encoding = _utf16(chunk)
        if encoding is None:
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
            while chunk:
                yield chunk
                chunk = self._read(stream)
            return
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        while chunk:
            yield decoder.decode(chunk).removeprefix("\ufeff").encode("utf-8", errors="replace")
            chunk = self._read(stream)

    def _read(self, stream: BinaryIO) -> bytes:
        chunk = stream.read(_CHUNK)
        self.bytes_read += len(chunk)
        return chunk


def _utf16(start: bytes) -> str | None:
    """The UTF-16 flavour of a file, by its mark or by the zeros between its Latin letters."""
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = start[:64]
    if len(sample) >= 8 and not any(sample[1::2]) and all(sample[::2]):
        return "utf-16-le"
    if len(sample) >= 8 and not any(sample[::2]) and all(sample[1::2]):
        return "utf-16-be"
    return None


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for a formula when a cell begins with it; and the mark itself, so that it reads back."""


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: what could be a formula begins with an apostrophe. `plain_cell` undoes it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """The value behind a safe cell."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


class _Echo:
    """Where the csv module writes: it gets its line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a file that spreadsheets open as UTF-8 (byte order mark) and without running anything."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe_cell(each) for each in header])
    for row in rows:
        yield writer.writerow([safe_cell(each) for each in row])
