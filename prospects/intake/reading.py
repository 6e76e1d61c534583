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
# The share of a chunk's records that are asked for the rest from which it comes through the pipe unasked: to send it
# costs a fifth of reading the row here once more.
_WORTH_SENDING = 0.2
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
        self._latest: deque[_Rows] = deque(maxlen=AHEAD + 2)
        self._tell(orjson.dumps(asdict(terms)))

    def read(self, rows: bytes) -> Reads:
        if not self._is_ready and not select([self._stdout], [], [], 0)[0]:
            return list(map(self._reader.read, orjson.loads(rows)))
        if not self._is_ready:
            self._hear()
            self._is_ready = True
        is_whole = any(source.is_wanted for source in self._latest)
        self._tell((reading_child.WHOLE if is_whole else reading_child.BRIEF) + rows)
        reads = marshal.loads(self._hear())  # noqa: S302 - our own child's
        source = _Rows(rows, self._reader, size=len(reads))
        self._latest.append(source)
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

    def __init__(self, rows: bytes, reader: RowReader, *, size: int) -> None:
        self._rows, self._reader, self._size = rows, reader, size
        self._cells: list[list[str]] = []
        self.asked = 0

    @property
    def is_wanted(self) -> bool:
        """Whether many of its records were asked for the rest."""
        return self.asked > _WORTH_SENDING * self._size

    def rest(self, place: int, packed: bytes | None) -> Sequence[Any]:
        """Of the record at `place`, the values of REST."""
        self.asked += 1
        if packed is not None:
            return cast(Sequence[Any], marshal.loads(packed))  # noqa: S302 - our own child's
        self._cells = self._cells or orjson.loads(self._rows)
        read = self._reader.read(self._cells[place])
        return [getattr(read, name) for name in reading_child.REST]


class _Read(Record):
    """A record that another process has read. What most are never asked for is unpacked, or read here, when one is."""

    __slots__ = ("_place", "_rest", "_source")

    def __init__(self, source: _Rows, place: int, keys: dict[str, str], person: Any, *others: Any) -> None:
        self._source, self._place = source, place
        self.keys = keys
        self.person = person and Person(*person)
        self.warnings, self.company_line, self.prospect_line, self._rest = others

    def __getattr__(self, name: str) -> Any:
        """Of the rest, not set yet."""
        if name not in reading_child.REST:
            raise AttributeError(name)
        for each, value in zip(reading_child.REST, self._source.rest(self._place, self._rest), strict=True):
            setattr(self, each, value)
        return getattr(self, name)
