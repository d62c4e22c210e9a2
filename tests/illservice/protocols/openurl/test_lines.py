"""The `parse_openurl` contract: n lines in, n objects out."""

import io

from hypothesis import given
from hypothesis import strategies as st

from illservice.protocols.openurl.lines import parse_lines

KEYS = ["version", "kind", "material", "citation", "warnings", "unknown"]


class Reader(io.RawIOBase):
    """A long line that is made while it is read, and counts how much of it is asked for at once."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.longest = 0

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        self.longest = max(self.longest, size)
        if self.left <= 0:
            return b""
        taken = min(size, self.left)
        self.left -= taken
        return b"x" * (taken - 1) + (b"\n" if self.left == 0 else b"x")


def test_every_line_gives_an_object_in_order() -> None:
    lines = [
        b"\xef\xbb\xbfgenre=book&title=One",
        b"",
        b"  ",
        b"genre=book&title=Caf\xe9\r",
        b"x" * 70_000,
        b"title=Last",
    ]

    objects = list(parse_lines(io.BytesIO(b"\n".join(lines))))

    assert [list(one) for one in objects] == [KEYS] * 6
    assert [one["citation"].get("title") for one in objects] == ["One", None, None, "Café", None, "Last"]
    assert [one["warnings"] for one in objects] == [
        [],
        ["empty"],
        ["empty"],
        ["not_utf8"],
        ["too_long"],
        ["no_genre"],
    ]


def test_a_closing_line_end_makes_no_line_of_its_own() -> None:
    assert len(list(parse_lines(io.BytesIO(b"id=pmid:1\n\n")))) == 2
    assert list(parse_lines(io.BytesIO(b""))) == []


def test_a_line_of_50_megabytes_is_never_held() -> None:
    reader = Reader(50_000_000)
    (one,) = parse_lines(reader)  # type: ignore[arg-type]
    assert one["warnings"] == ["too_long"]
    assert reader.longest < 70_000


@given(st.lists(st.binary(max_size=80).filter(lambda line: b"\n" not in line), max_size=8))
def test_as_many_objects_as_lines(lines: list[bytes]) -> None:
    assert len(list(parse_lines(io.BytesIO(b"".join(line + b"\n" for line in lines))))) == len(lines)
