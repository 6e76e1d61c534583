"""Rows are read ahead, for a large file by a process beside ours: with the same result, and nothing left behind."""

import shutil
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict

import psutil
import pytest

from prospects.companies.models import Company
from prospects.intake import outcomes, reading, services
from prospects.intake.chunk_reader import Reads
from prospects.intake.models import Import
from prospects.intake.reading import MANY_ROWS, RawRows, ReaderEnded, Terms, lined, read_ahead
from tests.prospects.intake.files import csv_bytes, imported, parsed

TERMS = Terms(
    ["Company", "Website", "Employees", "Contact", "E-mail", "Colour"],
    {"Company": "name", "Website": "domain", "Employees": "employees", "Contact": "person_name", "E-mail": "email"},
    {"country": "DE"},
    "fair",
    {"source": "import:1", "method": "file", "at": "2026-01-01T00:00:00+00:00"},
)
CELLS = [
    ["Müller & Söhne", "https://www.mueller.de/x", "51-200", "Änne Roß", "a@mueller.de", "blau\t\\N\n"],
    ["", "", "1k+"],
    ["Acme", "acme.com", "many", "", "no address", "rot", "one too many"],
    ["Acme", "acme.com", "many", "", "no address", ""],
    ["\N{GRINNING FACE} 日本", "", "", "", "", "=1+1"],
]


def chunks(*, of: int, size: int = 3) -> Iterator[RawRows]:
    for start in range(0, of, size):
        places = range(start, start + size)
        yield RawRows(places, [at + 1 for at in places], lined(CELLS[at % len(CELLS)] for at in places))


def told(reads: Reads) -> list[object]:
    """All that was read."""
    records = [asdict(reads.incoming.record(place)) for place in range(len(reads.incoming))]
    return [reads.refused, asdict(reads.incoming.columns), records]


def ready(found: Generator[tuple[RawRows, Reads], None, None]) -> psutil.Process:
    """The child, once it reads: until then rows are read here."""
    next(found)
    (child,) = children()
    while not child.cpu_times().user or child.status() == psutil.STATUS_RUNNING:
        time.sleep(0.01)
    return child


def children() -> list[psutil.Process]:
    """Those that run: one that has just ended may still be a zombie, which has no command line."""
    running = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in running if reading.reading_child.__name__ in commanded(one)]


def commanded(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie by now, or gone
        return []


@pytest.mark.parametrize("row_count", [1, MANY_ROWS])
def test_rows_come_read_in_their_order(row_count):
    found = list(read_ahead(chunks(of=30), TERMS, row_count=row_count))

    assert [at for rows, _ in found for at in rows.ids] == list(range(30))
    read = [place + 3 * at for at, (_, reads) in enumerate(found) for place in reads.places]
    refused = [place + 3 * at for at, (_, reads) in enumerate(found) for place in reads.refused]
    assert [at % 5 for at in read] == [0, 3, 4] * 6
    assert [at % 5 for at in refused] == [1, 2] * 6
    first, second = found[0][1].incoming, found[1][1].incoming
    assert [len(first), len(second)] == [1, 3]
    assert first.record(0) == second.record(2)
    assert not children()


def test_a_process_beside_ours_reads_as_we_do():
    here = [told(reads) for _, reads in read_ahead(chunks(of=60), TERMS, row_count=1)]
    found = read_ahead(chunks(of=60), TERMS, row_count=MANY_ROWS)
    before = ready(found)

    beside = [told(reads) for _, reads in found]

    assert not before.is_running()
    assert beside == here[1:]


def test_a_row_says_what_it_says():
    ((_, reads),) = read_ahead(chunks(of=3), TERMS, row_count=1)
    [record], columns = [reads.incoming.record(0)], reads.incoming.columns

    assert record.facts["employees"] == (51, 200)
    assert record.person
    assert record.person.name == "Änne Roß"
    assert columns.keys == [tuple(record.keys.values())]
    assert columns.people == [record.person.key]
    assert columns.companies[0].decode().split("\t")[0] == "Müller & Söhne"
    assert b"blau\\\\t\\\\\\\\N\\\\n" in columns.prospects[0]


def test_what_is_asked_of_most_comes_along_and_is_the_same(monkeypatch):
    # So many that the process beside us hears what is asked before it has read the last, however busy the machine is.
    here = [told(reads) for _, reads in read_ahead(chunks(of=1500), TERMS, row_count=1)]
    found = read_ahead(chunks(of=1500), TERMS, row_count=MANY_ROWS)
    ready(found)
    came_along = []
    unpack = reading.reading_child.unpacked
    monkeypatch.setattr(reading.reading_child, "unpacked", lambda record: came_along.append(1) or unpack(record))

    beside = []
    for _, reads in found:
        came_along.clear()
        beside.append(told(reads))
        latest = sum(came_along), len(reads.incoming)

    assert beside == here[1:]
    assert latest[0] == latest[1] > 0


def test_who_stops_early_leaves_no_process():
    found = read_ahead(chunks(of=300), TERMS, row_count=MANY_ROWS)
    child = ready(found)

    found.close()

    assert not child.is_running()


def test_a_reader_that_is_killed_is_told_of():
    found = read_ahead(chunks(of=300), TERMS, row_count=MANY_ROWS)
    child = ready(found)
    child.kill()

    with pytest.raises(ReaderEnded):
        list(found)


@pytest.mark.django_db
def test_an_import_read_beside_ours_is_as_any_other(monkeypatch):
    file = csv_bytes("Company,Website,Employees", *(f"Acme {at},acme{at}.com,51-200" for at in range(50)))
    monkeypatch.setattr(reading, "MANY_ROWS", 50)

    run = imported(file)

    assert (run.created_count, run.refused_count) == (50, 0)
    assert Company.objects.filter(employees_min=51, employees_max=200).count() == 50


@pytest.mark.django_db
def test_nothing_is_stored_when_the_reader_ends(monkeypatch):
    monkeypatch.setattr(reading, "MANY_ROWS", 1000)
    monkeypatch.setattr(outcomes, "CHUNK_ROWS", 5)
    run = parsed(csv_bytes("Company,Website", *(f"Acme {at},acme{at}.com" for at in range(1000))))
    # A process that ends at once, as one does that is killed.
    monkeypatch.setattr(sys, "executable", shutil.which("false"))

    with pytest.raises(ReaderEnded):
        services.commit(run.pk)

    assert not Company.objects.exists()
    assert Import.objects.get(pk=run.pk).state == Import.State.PARSED
