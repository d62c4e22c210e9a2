"""Dates of publication as people and systems write them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from requests_app.copyright.dates import Precision, read_published
from requests_app.copyright.dates_words import MONTHS

READ = (
    ("2021", "2021-01-01", "2021-12-31", "year"),
    ("2021-02", "2021-02-01", "2021-02-28", "month"),
    ("2020-02", "2020-02-01", "2020-02-29", "month"),
    ("2021-02-03", "2021-02-03", "2021-02-03", "day"),
    ("20210203", "2021-02-03", "2021-02-03", "day"),
    ("202102", "2021-02-01", "2021-02-28", "month"),
    ("2017-01-04 00:00:00", "2017-01-04", "2017-01-04", "day"),
    ("2017-01-04T23:59:59.123Z", "2017-01-04", "2017-01-04", "day"),
    ("Spring 2021", "2021-03-01", "2021-05-31", "season"),
    ("Sommer 2021", "2021-06-01", "2021-08-31", "season"),
    ("otoño de 2021", "2021-09-01", "2021-11-30", "season"),
    ("Fall/Winter 2021", "2021-09-01", "2022-02-28", "season"),
    ("Winter 2018-19", "2018-12-01", "2019-02-28", "season"),
    ("2021-24", "2021-01-01", "2024-12-31", "year"),
    ("2021-21", "2021-03-01", "2021-05-31", "season"),
    ("Q2 2021", "2021-04-01", "2021-06-30", "season"),
    ("2021-Q4", "2021-10-01", "2021-12-31", "season"),
    ("1st quarter 2021", "2021-01-01", "2021-03-31", "season"),
    ("June 2004", "2004-06-01", "2004-06-30", "month"),
    ("1980, March", "1980-03-01", "1980-03-31", "month"),
    ("May/June 2019", "2019-05-01", "2019-06-30", "month"),
    ("Dec.-Jan. 2018-19", "2018-12-01", "2019-01-31", "month"),
    ("Sept. 2019", "2019-09-01", "2019-09-30", "month"),
    ("März 1998", "1998-03-01", "1998-03-31", "month"),
    ("3. Dezember 1998", "1998-12-03", "1998-12-03", "day"),
    ("enero-febrero 2020", "2020-01-01", "2020-02-29", "month"),
    ("3 de mayo de 2015", "2015-05-03", "2015-05-03", "day"),
    ("août 2015", "2015-08-01", "2015-08-31", "month"),
    ("2016 Jul 13", "2016-07-13", "2016-07-13", "day"),
    ("July 13th, 2016", "2016-07-13", "2016-07-13", "day"),
    ("18-20 July 2016", "2016-07-18", "2016-07-20", "day"),
    ("30 Dec 2018 - 2 Jan 2019", "2018-12-30", "2019-01-02", "day"),
    ("30 February 2019", "2019-02-01", "2019-02-28", "month"),
    ("25.12.2019", "2019-12-25", "2019-12-25", "day"),
    ("12/25/2019", "2019-12-25", "2019-12-25", "day"),
    ("04/05/2019", "2019-04-05", "2019-05-04", "month"),
    ("9 2016", "2016-09-01", "2016-09-30", "month"),
    ("vol. 9, 2016", "2016-01-01", "2016-12-31", "year"),
    ("No. 3 (May 2019)", "2019-05-01", "2019-05-31", "month"),
    ("2021-2022", "2021-01-01", "2022-12-31", "year"),
    ("2018–19", "2018-01-01", "2019-12-31", "year"),
    ("1999-00", "1999-01-01", "2000-12-31", "year"),
    ("2004-5", "2004-01-01", "2005-12-31", "year"),
    ("2011/12", "2011-01-01", "2012-12-31", "year"),
    ("2011-12", "2011-12-01", "2011-12-31", "month"),
    ("1998; reprint 2003", "1998-01-01", "2003-12-31", "year"),
    ("c2019", "2019-01-01", "2019-12-31", "year"),
    ("[2019]", "2019-01-01", "2019-12-31", "year"),
    ("[ca. 2019?]", "2019-01-01", "2019-12-31", "year"),
    ("2005-", "2005-01-01", "2005-12-31", "year"),
    ("2010s", "2010-01-01", "2019-12-31", "year"),
    ("2016 Feb;12(3):45-9", "2016-02-01", "2016-02-29", "month"),
    ("Epub 2016 May 3", "2016-05-03", "2016-05-03", "day"),
    ("in press, 2016", "2016-01-01", "2016-12-31", "year"),
    ("２０１９年５月３日", "2019-05-03", "2019-05-03", "day"),
    ("٢٠١٩", "2019-01-01", "2019-12-31", "year"),
    ("2019-13-40", "2019-01-01", "2019-12-31", "year"),
)


@pytest.mark.parametrize(("text", "first", "last", "precision"), READ)
def test_a_date_is_the_interval_in_which_it_may_have_come_out(
    text: str, first: str, last: str, precision: str
) -> None:
    found = read_published(text)
    assert (str(found.first), str(found.last), str(found.precision)) == (first, last, precision)


@pytest.mark.parametrize("text", ["", " ", "EPUB", "n.d.", "99", "May", "0000-00-00", "3099", "12-Apr-16"])
def test_what_is_no_date_is_unknown(text: str) -> None:
    found = read_published(text)
    assert (found.first, found.last, found.precision, found.is_known) == (
        None,
        None,
        Precision.UNKNOWN,
        False,
    )


@pytest.mark.parametrize(
    "text", ["Epub ahead of print", "in press", "Forthcoming", "im Druck", "en prensa", "Online First"]
)
def test_not_yet_out_is_known_without_a_date(text: str) -> None:
    found = read_published(text)
    assert found.ahead
    assert found.is_known
    assert found.last is None


_PIECES = st.sampled_from(
    [
        "2021",
        "1998",
        "99",
        "-",
        "/",
        " ",
        ".",
        "May",
        "Winter",
        "Q1",
        "32",
        "0",
        "\x00",
        "½",
        "२",
        "13",
        "2099",
    ]
)


@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=12).map("".join)))
@example("2099-24")
@example("Winter 2099")
@example("31.12.2099")
@example("②⓪②①")
@example("12Q2000")
@example("Q23 2000")
def test_no_text_at_all_stops_the_reader_and_no_interval_runs_backwards(text: str) -> None:
    found = read_published(text)
    if found.first is None or found.last is None:
        assert found.first is found.last is None
        assert found.precision is Precision.UNKNOWN
    else:
        assert found.first <= found.last
        assert found.precision is not Precision.UNKNOWN


@given(st.integers(1400, 2099), st.integers(1, 12))
def test_a_month_is_read_however_it_is_written(year: int, month: int) -> None:
    names = [word for word, number in MONTHS.items() if number == month]
    expected = read_published(f"{year}-{month:02}")
    written = [f"{month}/{year}", f"{year}{month:02}", *(f"{name.title()} {year}" for name in names)]
    assert {read_published(each) for each in written} == {expected}
