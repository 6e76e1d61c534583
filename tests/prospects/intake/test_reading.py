"""Rows are read ahead, for a large file by a process beside ours: with the same result, and nothing left behind."""

import shutil
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from itertools import chain

import orjson
import psutil
import pytest

from prospects.companies.models import Company
from prospects.companies.record import Record, Refusal
from prospects.companies.rendering import Renderer
from prospects.intake import outcomes, reading, services
from prospects.intake.models import Import
from prospects.intake.reading import MANY_ROWS, RawRow, ReaderEnded, Reads, Terms, read_ahead
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


def chunks(*, of: int, size: int = 3) -> Iterator[list[RawRow]]:
    for start in range(0, of, size):
        yield [(at, at + 1, orjson.dumps(CELLS[at % len(CELLS)]).decode()) for at in range(start, start + size)]


def ready(found: Generator[tuple[list[RawRow], Reads], None, None]) -> psutil.Process:
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

    assert [row[0] for rows, _ in found for row in rows] == list(range(30))
    reads: Reads = [one for _, reads in found for one in reads]
    assert [type(one) for one in reads[:5]] == [Record, Refusal, Refusal, Record, Record]
    assert reads[5:] == [*reads[:5]] * 5
    assert not children()


def test_a_process_beside_ours_reads_as_we_do():
    here = [reads for _, reads in read_ahead(chunks(of=60), TERMS, row_count=1)]
    found = read_ahead(chunks(of=60), TERMS, row_count=MANY_ROWS)
    before = ready(found)

    beside = [reads for _, reads in found]
    for read in chain.from_iterable([*here, *beside]):
        if isinstance(read, Record) and not read.company_line:
            Renderer(TERMS.entry).render(read)

    assert not before.is_running()
    assert [list(map(asdict, reads)) for reads in beside] == [list(map(asdict, reads)) for reads in here[1:]]
    first = here[0][0]
    assert isinstance(first, Record)
    assert first.facts["employees"] == (51, 200)
    assert first.person
    assert first.person.name == "Änne Roß"


def test_what_is_asked_of_most_comes_along_and_is_the_same():
    here = [list(map(asdict, reads)) for _, reads in read_ahead(chunks(of=60), TERMS, row_count=1)]
    found = read_ahead(chunks(of=60), TERMS, row_count=MANY_ROWS)
    ready(found)

    came_along, beside = [], []
    for _, reads in found:
        came_along.append([getattr(read, "_rest", None) is not None for read in reads if isinstance(read, Record)])
        beside.append(list(map(asdict, reads)))

    assert [without_lines(chunk) for chunk in beside] == [without_lines(chunk) for chunk in here[1:]]
    assert not any(came_along[0])
    assert all(came_along[-1])


def without_lines(reads: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in read.items() if not name.endswith("_line")} for read in reads]


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
