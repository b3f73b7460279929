"""Try the user's table of issuers."""

from __future__ import annotations

from pathlib import Path

import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references import IssuerFacts, IssuerReference, open_references
from tests.references.moments import NOW

HEAD = "bin_start,bin_end,scheme,type,category,prepaid,issuer,country\n"


def open_table(tmp_path: Path, *rows: str) -> IssuerReference:
    """Open a table of rows."""
    path = tmp_path / "issuers.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return open_references(overrides={"issuers": path}).issuers


def test_unknown_without_a_table() -> None:
    """No table is bundled, so nothing is known, and that is no outage."""
    references = open_references()
    assert references.issuers.lookup("411111", NOW) == IssuerFacts()
    assert "issuers" not in references.unavailable(NOW)


def test_a_row(tmp_path: Path) -> None:
    """Each column lands in its field, in one way of writing."""
    issuers = open_table(tmp_path, "400000,400099,VISA,Credit,GOLD,no,Example Bank,fr")
    expected = IssuerFacts("visa", "FR", "credit", False, False, "Example Bank")
    for iin in ("400000", "400099", "40009999", "40000000"):
        assert issuers.lookup(iin, NOW) == expected
    for iin in ("399999", "400100", "40010000"):
        assert issuers.lookup(iin, NOW) == IssuerFacts()


@pytest.mark.parametrize(
    ("cells", "funding", "is_prepaid", "is_virtual"),
    [
        ("debit,,", "debit", None, None),
        ("debit,STANDARD,true", "prepaid", True, False),
        ("debit,PREPAID RELOADABLE,", "prepaid", True, False),
        ("prepaid,,", "prepaid", True, None),
        ("credit,VIRTUAL B2B,0", "credit", False, True),
        ("charge,,maybe", None, None, None),
        (",,", None, None, None),
    ],
)
def test_funding(
    tmp_path: Path, cells: str, funding: str | None, is_prepaid: bool | None, is_virtual: bool | None
) -> None:
    """Prepaid may stand in its column, in the type or in the category; what is empty or odd is unknown."""
    facts = open_table(tmp_path, f"400000,,visa,{cells},Example,US").lookup("400000", NOW)
    assert (facts.funding, facts.is_prepaid, facts.is_virtual) == (funding, is_prepaid, is_virtual)


def test_eight_digits_win_over_six(tmp_path: Path) -> None:
    """A range inside of six digits is the more exact one; six digits alone are then ambiguous and unknown."""
    issuers = open_table(
        tmp_path,
        "400000,,visa,debit,,,Wide,US",
        "40000010,40000019,visa,credit,,,Narrow,US",
        "400001,,visa,,,,Next,US",
    )
    assert issuers.lookup("40000015", NOW).issuer == "Narrow"
    assert issuers.lookup("40000009", NOW).issuer == "Wide"
    assert issuers.lookup("40000020", NOW).issuer == "Wide"
    assert issuers.lookup("400000", NOW) == IssuerFacts()
    assert issuers.lookup("400001", NOW).issuer == "Next"


@pytest.mark.parametrize(
    "iin", ["", "4", "4000000", "400000000", "40000x", "\uff14\uff10\uff10\uff10\uff10\uff10"]
)
def test_other_text_is_unknown(tmp_path: Path, iin: str) -> None:
    """What is not six or eight digits is unknown, and raises nothing."""
    assert open_table(tmp_path, "400000,,visa,,,,Example,US").lookup(iin, NOW) == IssuerFacts()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("4000,,visa,,,,X,US", "line 2: found a bound of 4 characters"),
        ("4111111111111111,,visa,,,,X,US", "a bound of 16 characters"),
        ("40000x,,visa,,,,X,US", "allowed: 6 or 8 digits"),
        ("400001,400000,visa,,,,X,US", "bin_end lies before bin_start"),
    ],
)
def test_a_wrong_row_is_refused_without_its_digits(tmp_path: Path, row: str, message: str) -> None:
    """The line is named and no digits are, since a column of full numbers may have been given by mistake."""
    with pytest.raises(ReferenceProblem, match=message) as caught:
        open_table(tmp_path, row)
    assert row.split(",", maxsplit=1)[0] not in str(caught.value).replace(str(tmp_path), "")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """A table with other columns is refused with those that it lacks."""
    path = tmp_path / "issuers.csv"
    path.write_text("bin,scheme\n400000,visa\n")
    with pytest.raises(ReferenceProblem, match="columns bin_start, bin_end, type"):
        open_references(overrides={"issuers": path})
