"""Rows become records ahead of whoever settles them: in a thread, or for many rows in a process beside ours."""

import fcntl
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from select import select
from typing import IO, cast

import orjson
from django.conf import settings

from performance.api.errors import DomainError
from prospects.companies.incoming import Incoming
from prospects.companies.provenance import Entry
from prospects.companies.record import Record
from prospects.companies.rendering import Renderer
from prospects.intake import reading_child
from prospects.intake.chunk_reader import ChunkReader, Reads, places_of
from prospects.intake.layout import Layout


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows of a chunk as they came: where each is kept and stands, and the cells of all as `lined` puts them."""

    ids: Sequence[int]
    lines: Sequence[int]
    cells: bytes


# Between the rows of a JSON list, whose strings have no line ends.
LINED = ",\n"


def lined(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a JSON list of which one may be read without the others."""
    return b"[%b]" % LINED.encode().join(map(orjson.dumps, rows))


def lines_of(cells: bytes) -> list[bytes]:
    """The opposite of `lined`, each row still as JSON."""
    return cells[1:-1].split(LINED.encode())


def sizes(most: int) -> Iterator[int]:
    """How many rows a chunk has: few at first, so that PostgreSQL soon has some to store while the next are read."""
    size = max(1, most // 8)
    while True:
        yield size
        size = min(2 * size, most)


# Python reads 30,000 rows a second, and a process takes half of one to start.
MANY_ROWS = 20_000
# The share of a chunk's records that are asked for from which all of them come through the pipe unasked: to send one
# costs a fifth of reading its row here once more.
_WORTH_SENDING = 0.2
# Chunks that wait to be settled: whoever reads is never out of work.
AHEAD = 2
# The most that Linux gives to anybody: with its usual 64 kB both ends wake each other fifty times a chunk.
_PIPE_BYTES = 1_048_576


class ReaderEnded(DomainError):
    """The process that reads the rows was ended from outside; nothing was stored. Try again."""

    status = 503


@dataclass(frozen=True, slots=True)
class Terms:
    """How the rows of an import are to be read, and the provenance of what they say. `columns` are {header: field}."""

    headers: Sequence[str]
    columns: dict[str, str]
    constants: dict[str, str]
    source: str
    entry: Entry

    @property
    def layout(self) -> Layout:
        return Layout.of(self.headers, columns=self.columns, constants=self.constants, source=self.source)

    def reader(self) -> ChunkReader:
        return ChunkReader(self.layout, Renderer(self.entry))


# Reads a JSON list of rows, in the order in which it is asked.
Read = Callable[[bytes], Future[Reads]]


def read_here(rows: bytes, reader: ChunkReader) -> Reads:
    """A JSON list of rows, read in this process."""
    return reader.read(orjson.loads(rows))


def read_ahead(
    chunks: Iterator[RawRows], terms: Terms, *, row_count: int
) -> Generator[tuple[RawRows, Reads], None, None]:
    """Each chunk with its rows read, in order. Close it when it isn't read to its end. Raises ReaderEnded."""
    is_worth_it = row_count >= MANY_ROWS and (os.cpu_count() or 1) > 1
    with (_beside if is_worth_it else _here)(terms) as read:
        waiting: deque[tuple[RawRows, Future[Reads]]] = deque()
        for rows in chunks:
            waiting.append((rows, read(rows.cells)))
            if len(waiting) > AHEAD:
                yield _first_of(waiting)
        while waiting:
            yield _first_of(waiting)


def _first_of(waiting: deque[tuple[RawRows, Future[Reads]]]) -> tuple[RawRows, Reads]:
    rows, reads = waiting.popleft()
    return rows, reads.result()


@contextmanager
def _here(terms: Terms) -> Iterator[Read]:
    reader = terms.reader()
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield lambda rows: pool.submit(read_here, rows, reader)


@contextmanager
def _beside(terms: Terms) -> Iterator[Read]:
    """A thread tells and another one hears, so that the process finds its next rows there when it is done with some."""
    child = subprocess.Popen(
        [sys.executable, "-m", reading_child.__name__],
        cwd=settings.BASE_DIR,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        _widen(child.stdin, child.stdout)
        other = _Other(cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout), terms)
        with ThreadPoolExecutor(max_workers=1) as telling, ThreadPoolExecutor(max_workers=1) as hearing:
            yield lambda rows: hearing.submit(other.hear, rows, telling.submit(other.tell, rows))
    finally:
        child.kill()
        child.communicate()


def _widen(*pipes: IO[bytes] | None) -> None:
    """As far as the system lets us: it works without, more slowly."""
    if sys.platform == "linux":
        for pipe in filter(None, pipes):
            with suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


class _Other:
    """The reader at the other end of two pipes. It takes a while to start: until it is ready, rows are read here."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], terms: Terms) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._reader = terms.reader()
        self._is_ready = False
        self._latest: deque[_Rows] = deque(maxlen=AHEAD + 2)
        self._tell(orjson.dumps({**asdict(terms.layout), "entry": terms.entry}))

    def tell(self, rows: bytes) -> bool:
        """Whether the process reads these rows."""
        if not self._is_ready:
            if not select([self._stdout], [], [], 0)[0]:
                return False
            self._hear()
            self._is_ready = True
        is_whole = any(source.is_wanted for source in tuple(self._latest))
        self._tell((reading_child.WHOLE if is_whole else reading_child.BRIEF) + rows)
        return True

    def hear(self, rows: bytes, is_told: Future[bool]) -> Reads:
        """What the rows say, once they have been told."""
        if not is_told.result():
            return read_here(rows, self._reader)
        refused, columns, rest = reading_child.heard(self._hear())
        source = _Rows(rows, self._reader, rest, places=places_of(len(columns.keys), refused))
        self._latest.append(source)
        return Reads(refused, Incoming(columns, source.record))

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
    """A chunk's rows, of which one may be read here too: few are asked for."""

    def __init__(self, rows: bytes, reader: ChunkReader, rest: Sequence[bytes], *, places: Sequence[int]) -> None:
        self._rows, self._reader, self._rest, self._places = rows, reader, rest, places
        self._lines: list[bytes] = []
        self._asked = 0

    @property
    def is_wanted(self) -> bool:
        """Whether many of its records were asked for."""
        return self._asked > _WORTH_SENDING * len(self._places)

    def record(self, place: int) -> Record:
        self._asked += 1
        if self._rest:
            return reading_child.unpacked(self._rest[place])
        self._lines = self._lines or lines_of(self._rows)
        return self._reader.record(orjson.loads(self._lines[self._places[place]]))
