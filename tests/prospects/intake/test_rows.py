"""A row of cells becomes a record, whatever stands in the cells."""

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prospects.companies.models import Company
from prospects.companies.normalise.text import storable
from prospects.companies.record import RANGES, Refusal
from prospects.intake.fields import FIELDS
from prospects.intake.layout import Layout
from prospects.intake.rows import RowReader

HEADERS = [field.name for field in FIELDS]
LAYOUT = Layout.of(HEADERS, columns={header: header for header in HEADERS}, constants={"country": "US"}, source="")
READER = RowReader(LAYOUT)
CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40).map(storable),
    st.sampled_from(["acme.com", "51-200", "$5M", "(312) 555-0199", "IL", "a@b.co", "N/A", "9" * 500, "x" * 5000, "²"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(CELLS, min_size=len(HEADERS), max_size=len(HEADERS)))
@example([";"] * len(HEADERS))
@example(["9" * 400] * len(HEADERS))
@example(["x" * 130_000] * len(HEADERS))
def test_no_cells_break_it_and_what_comes_fits_the_columns(cells: list[str]):
    record = READER.read(cells)

    if isinstance(record, Refusal):
        assert record.reason
        return
    for name, value in record.facts.items():
        length = None if name in RANGES else Company._meta.get_field(name).max_length
        assert value
        assert length is None or len(value) <= length
    assert all(len(key) <= 512 for key in record.keys.values())
    assert "\x1f" not in "".join(record.keys.values())
    assert isinstance(orjson.loads(record.original), dict)


def test_what_says_nothing_is_silent():
    record = READER.read(["Acme", "n/a", "-", "NULL", "Unknown", "none"])

    assert not isinstance(record, Refusal)
    assert record.facts == {"name": "Acme", "country": "US"}


def test_columns_of_their_own_win_over_a_place_in_one_cell():
    columns = {"n": "name", "l": "location", "c": "city"}
    reader = RowReader(Layout.of(["n", "l", "c"], columns=columns, constants={}, source=""))

    record = reader.read(["Acme", "Chicago, IL, USA", "Evanston"])

    assert not isinstance(record, Refusal)
    assert record.facts == {"name": "Acme", "city": "Evanston", "region": "US-IL", "country": "US"}
