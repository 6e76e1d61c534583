"""Rows that are read column by column say what they would say one after the other, whatever stands in them."""

from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.companies.incoming import Incoming
from prospects.companies.record import Record, Refusal
from prospects.companies.rendering import Renderer
from prospects.intake.chunk_reader import ChunkReader, Reads
from prospects.intake.column_facts import FIELDS
from prospects.intake.layout import Layout
from prospects.intake.rows import RowReader

ENTRY = {"source": "import:1", "method": "file", "at": "2026-01-01T00:00:00+00:00"}
NAMES = sorted(FIELDS)
HEADERS = [*NAMES, "also a name", "100 % kept", "assay_reason"]
COLUMNS = {name: name for name in NAMES} | {"also a name": "name"}
TELLING = [
    "", "", "Acme", "acme.com", "ACME.co.uk", "www.-a.com", "facebook.com", "https://linkedin.com/company/acme",
    "51-200", "$5M", "many", "(312) 555-0199", "+49 (0)89 123456", "089 123456", "IL", "Illinois", "Deutschland",
    "a@acme.com", "a@b", "N/A", " n/a" + " " * 30, "1999", "Łódź S.A.", "The A.B.C. Co., Ltd.", "Straße\t\u200b 1",
    '"q" \\ %s', "x" * 400, "GmbH", "60601", "=1+1", "\N{KELVIN SIGN}", "日本",
]  # fmt: skip
CELLS = st.sampled_from(TELLING) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=len(HEADERS) + 1), min_size=1, max_size=6)
# What a rule can read, so that nothing of the row is left out.
FIT = {
    "name": st.sampled_from(["Acme", "The A.B.C. Co., Ltd.", "Łódź S.A.", "日本 Ltd", 'A "B" C', "Beta\tInc.", "GmbH"]),
    "domain": st.sampled_from(["", "acme.com", "https://www.Beta.co.uk/x?y", "gamma.github.io", "münchen.de"]),
    "employees": st.sampled_from(["", "51-200", "1k+", "N/A", "500"]),
    "revenue": st.sampled_from(["", "$5M", "<$1M", "1,250,000"]),
    "founded_year": st.sampled_from(["", "1999", "2001-05"]),
    "country": st.sampled_from(["", "US", "Deutschland", "none"]),
    "region": st.sampled_from(["", "IL", "Bayern", "Illinois"]),
    "phone": st.sampled_from(["", "+49 (0)89 123456", "+1 414-555-0199 x7", "+33 4 70 12 34 56"]),
    "email": st.just(""),
}
PLAIN_TEXT = st.sampled_from(["", "Food", "a  b", "N/A", "-", "50 % \\ more", '"q"', "x\u200by", "Köln", " z ", "?"])
FIT_ROWS = st.lists(st.tuples(*(FIT.get(header, PLAIN_TEXT) for header in HEADERS)).map(list), min_size=1, max_size=5)
SPARSE = st.dictionaries(st.sampled_from(HEADERS), CELLS, max_size=5).map(
    lambda said: [said.get(header, "") for header in HEADERS]
)


def told(reads: Reads) -> list[object]:
    incoming = reads.incoming
    columns = asdict(incoming.columns)
    columns["keys"] = list(map(tuple, columns["keys"]))
    return [reads.refused, list(reads.places), columns, [asdict(incoming.record(at)) for at in range(len(incoming))]]


def one_after_the_other(rows: list[list[str]], layout: Layout) -> list[object]:
    reads = list(map(RowReader(layout).read, rows))
    refused = {place: read.reason for place, read in enumerate(reads) if isinstance(read, Refusal)}
    records = [read for read in reads if isinstance(read, Record)]
    return told(Reads(refused, Incoming.of(records, Renderer(ENTRY))))


@settings(max_examples=400, deadline=None)
@given(
    FIT_ROWS | ROWS | st.lists(SPARSE, min_size=1, max_size=6),
    st.sampled_from([{}, {"country": "DE"}, {"name": "Unnamed"}]),
)
def test_by_columns_or_by_rows_is_the_same(rows: list[list[str]], constants: dict[str, str]) -> None:
    layout = Layout.of(HEADERS, columns=COLUMNS, constants=constants, source="fair")

    assert told(ChunkReader(layout, Renderer(ENTRY)).read(rows)) == one_after_the_other(rows, layout)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(PLAIN_TEXT, min_size=3, max_size=3).map(lambda row: ["Acme", *row[1:]]), min_size=1))
def test_so_are_originals_without_a_reason_to_leave_out(rows: list[list[str]]) -> None:
    headers = ["Firma", 'a "quoted" %s \\ one', "Ort"]
    layout = Layout.of(headers, columns={"Firma": "name", "Ort": "city"}, constants={}, source="")

    assert told(ChunkReader(layout, Renderer(ENTRY)).read(rows)) == one_after_the_other(rows, layout)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_persons_are_read_too(rows: list[list[str]]) -> None:
    layout = Layout.of(
        ["n", "p", "l"], columns={"n": "name", "p": "person_name", "l": "location"}, constants={}, source=""
    )

    assert told(ChunkReader(layout, Renderer(ENTRY)).read(rows)) == one_after_the_other(rows, layout)


def test_a_file_of_odd_rows_is_read_one_by_one_from_then_on() -> None:
    layout = Layout.of(["n", "p"], columns={"n": "name", "p": "phone"}, constants={}, source="")
    reader = ChunkReader(layout, Renderer(ENTRY))
    rows = [["Acme", "no number"], ["Beta", "+49 30 901820"], ["Gamma", "none here"]]

    assert told(reader.read(rows)) == told(reader.read(rows)) == one_after_the_other(rows, layout)
