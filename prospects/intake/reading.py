"""Rows become records ahead of whoever settles them: in a thread, or for many rows in a process beside ours."""

import marshal
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from select import select
from typing import IO, Any, cast

import orjson
from django.conf import settings

from performance.api.errors import DomainError
from prospects.companies.provenance import Entry
from prospects.companies.record import Person, Record, Refusal
from prospects.intake import reading_child
from prospects.intake.rows import RowReader

# Id, line and the cells as JSON.
RawRow = tuple[int, int, str]
Reads = list[Record | Refusal]

# Python reads 20,000 rows a second, and a process takes half of one to start.
MANY_ROWS = 20_000
# Of a record, what doesn't come through the pipe.
_REST = ("facts", "fallback_name", "name_key", "source", "notes", "original")
# Chunks that wait to be settled: whoever reads is never out of work.
AHEAD = 2


class ReaderEnded(DomainError):
    """The process that reads the rows was ended from outside; nothing was stored. Try again."""

    status = 503


@dataclass(frozen=True, slots=True)
class Terms:
    """How the rows of an import are to be read, see `RowReader`, and the provenance of what they say."""

    headers: Sequence[str]
    columns: dict[str, str]
    constants: dict[str, str]
    source: str
    entry: Entry

    def reader(self) -> RowReader:
        return RowReader(self.headers, columns=self.columns, constants=self.constants, source=self.source)


def read_ahead(
    chunks: Iterator[list[RawRow]], terms: Terms, *, row_count: int
) -> Generator[tuple[list[RawRow], Reads], None, None]:
    """Each chunk with its rows read, in order. Close it when it isn't read to its end. Raises ReaderEnded."""
    is_worth_it = row_count >= MANY_ROWS and (os.cpu_count() or 1) > 1
    with (_beside if is_worth_it else _here)(terms) as read, ThreadPoolExecutor(max_workers=1) as pool:
        waiting: deque[tuple[list[RawRow], Future[Reads]]] = deque()
        for rows in chunks:
            waiting.append((rows, pool.submit(read, b"[%b]" % ",".join([row[2] for row in rows]).encode())))
            if len(waiting) > AHEAD:
                yield _first_of(waiting)
        while waiting:
            yield _first_of(waiting)


def _first_of(waiting: deque[tuple[list[RawRow], Future[Reads]]]) -> tuple[list[RawRow], Reads]:
    rows, records = waiting.popleft()
    return rows, records.result()


@contextmanager
def _here(terms: Terms) -> Iterator[Callable[[bytes], Reads]]:
    read = terms.reader().read
    yield lambda rows: list(map(read, orjson.loads(rows)))


@contextmanager
def _beside(terms: Terms) -> Iterator[Callable[[bytes], Reads]]:
    child = subprocess.Popen(
        [sys.executable, "-m", reading_child.__name__],
        cwd=settings.BASE_DIR,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield _Other(cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout), terms).read
    finally:
        child.kill()
        child.communicate()


class _Other:
    """The reader at the other end of two pipes. It takes a while to start: until it is ready, rows are read here."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], terms: Terms) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._reader = terms.reader()
        self._is_ready = False
        self._tell(orjson.dumps(asdict(terms)))

    def read(self, rows: bytes) -> Reads:
        if not self._is_ready and not select([self._stdout], [], [], 0)[0]:
            return list(map(self._reader.read, orjson.loads(rows)))
        if not self._is_ready:
            self._hear()
            self._is_ready = True
        self._tell(rows)
        source = _Rows(rows, self._reader)
        reads = marshal.loads(self._hear())  # noqa: S302 - our own child's
        return [
            Refusal(read) if isinstance(read, str) else _Read(source, place, *read) for place, read in enumerate(reads)
        ]

    def _tell(self, content: bytes) -> None:
        try:
            reading_child.send(self._stdin, content)
        except OSError as error:
            raise ReaderEnded from error

    def _hear(self) -> bytes:
        heard = reading_child.receive(self._stdout)
        if heard is None:
            raise ReaderEnded
        return heard


class _Rows:
    """A chunk's rows, of which one may be read here too."""

    def __init__(self, rows: bytes, reader: RowReader) -> None:
        self._rows, self._reader = rows, reader
        self._cells: list[list[str]] = []

    def read(self, place: int) -> Record | Refusal:
        self._cells = self._cells or orjson.loads(self._rows)
        return self._reader.read(self._cells[place])


class _Read(Record):
    """A record that another process has read. What most are never asked for is read here when one is."""

    __slots__ = ("_place", "_source")

    def __init__(self, source: _Rows, place: int, keys: dict[str, str], person: Any, *others: Any) -> None:
        self._source, self._place = source, place
        self.keys = keys
        self.person = person and Person(*person)
        self.warnings, self.company_line, self.prospect_line = others

    def __getattr__(self, name: str) -> Any:
        """Of the rest, not set yet."""
        if name not in _REST:
            raise AttributeError(name)
        here = self._source.read(self._place)
        for each in _REST:
            setattr(self, each, getattr(here, each))
        return getattr(self, name)
