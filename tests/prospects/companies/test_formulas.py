"""Cells that a spreadsheet would run are guarded on the way out and restored on the way in."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.companies.normalise.formula import guard, unguard
from prospects.companies.normalise.text import one_line, storable


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3|x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", '=HYPERLINK("http://x")'],
)
def test_a_formula_is_guarded_and_comes_back(cell: str):
    assert guard(cell) == "'" + cell
    assert unguard(guard(cell)) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "+49 30 901820",
        "+1 (312) 555-0199",
        "-5",
        "+3.5%",
        "-1,200.50",
        "+1 312 555 0199 ext. 12",
        "Acme",
        "",
        "'quoted'",
    ],
)
def test_phones_numbers_and_words_stay(cell: str):
    assert guard(cell) == cell


@pytest.mark.parametrize("cell", ["+1" + " " * 1_000_000 + "z", "+1" + "1" * 1_000_000 + "x", "-1" + ",1" * 500_000])
def test_a_cell_of_any_length_is_decided_at_once(cell: str):
    started = time.process_time()

    assert guard(cell) == "'" + cell
    assert time.process_time() - started < 0.5


@given(st.text())
def test_what_goes_out_comes_back(cell: str):
    if cell[:1] != "'":
        assert unguard(guard(cell)) == cell


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_text_that_is_kept_fits_into_postgresql(cell: str):
    assert "\x00" not in storable(cell)
    storable(cell).encode("utf-8")
    assert one_line(cell) == one_line(one_line(cell))
    assert "\n" not in one_line(cell)
