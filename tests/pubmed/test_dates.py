"""Dates have the precision that PubMed states, and no more."""

from __future__ import annotations

import pytest

from litmap.pubmed import dates


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2019 Mar 15", "2019-03-15"),
        ("2019 Mar", "2019-03"),
        ("2019", "2019"),
        ("1998 Dec-1999 Jan", "1998-12"),
        ("2007 Mar-Apr", "2007-03"),
        ("2007 Sep 15-30", "2007-09"),
        ("2008 Jul 31-Aug 6", "2008-07"),
        ("1984-1985", "1984"),
        ("2000 Spring", "2000"),
        ("2000 Spring-Summer", "2000"),
        ("Winter 2005", "2005"),
        ("Jan 2008", "2008-01"),
        ("2007 December", "2007-12"),
        ("Dec 25, 2007", "2007-12-25"),
        ("May-Jun 2010", "2010-05"),
        ("Sep/Oct, 2010", "2010-09"),
        ("Dec-Jan 2010", "2010"),  # the December is that of another year
        ("15 Mar 2010", "2010-03-15"),
        ("Spring-Summer 2005", "2005"),
        ("Invalid Date", None),
        ("", None),
        (None, None),
    ],
)
def test_a_stated_date_becomes_iso_and_a_range_its_beginning(stated: str | None, date: str | None) -> None:
    assert dates.from_text(stated) == date


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("2019", "03", "15"), "2019-03-15"),
        (("2019", "Mar", "5"), "2019-03-05"),
        (("2019", "Feb", "30"), "2019-02"),
        (("2019", "13", "1"), "2019"),
        (("2019", None, "7"), "2019"),
        (("2019", "Jan-Feb", None), "2019-01"),
        ((None, "03", "15"), None),
        (("soon", "03", "15"), None),
    ],
)
def test_parts_that_are_no_date_are_left_out(
    parts: tuple[str | None, str | None, str | None], date: str | None
) -> None:
    assert dates.iso(*parts) == date


def test_compact_dates_of_medline() -> None:
    assert dates.compact("20190315") == "2019-03-15"
    assert dates.compact("2019/03/15 06:00") == "2019-03-15"
    assert dates.compact("never") is None
