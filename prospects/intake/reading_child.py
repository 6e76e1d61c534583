"""Reads rows for `reading`, in a process that is fed and asked by a pipe. Imports nothing of Django: it starts at once.

A frame is eight bytes of length and the content. The first is `reading.Terms` as JSON, answered by READY; every other
one WHOLE or BRIEF and a JSON list of rows, answered by what `answered` marshals. Ends with its standard input.
"""

import gc
import marshal
import sys
from collections.abc import Sequence
from dataclasses import astuple
from typing import IO, Any, cast

import orjson

from prospects.companies.incoming import Columns, as_plain
from prospects.companies.record import Person, Record
from prospects.companies.rendering import Renderer
from prospects.intake.chunk_reader import ChunkReader, Reads
from prospects.intake.layout import Layout

LENGTH = 8
READY = b"ready"
# Whether all of each record comes along.
WHOLE, BRIEF = b"w", b"b"
# {place of a row: why it was refused}, the columns of the others, and all of each or nothing.
Answer = tuple[dict[int, str], Columns, Sequence[bytes]]


def send(stream: IO[bytes], content: bytes) -> None:
    """Raises OSError when nobody listens any more."""
    stream.write(len(content).to_bytes(LENGTH, "little"))
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """None when the other side has ended, be it amid a frame."""
    length = int.from_bytes(stream.read(LENGTH), "little")
    content = stream.read(length)
    return content if length and len(content) == length else None


def answered(reads: Reads, *, is_whole: bool) -> bytes:
    incoming = reads.incoming
    rest = [packed(incoming.record(place)) for place in range(len(incoming))] if is_whole else []
    return marshal.dumps((reads.refused, as_plain(incoming.columns), rest))


def heard(answer: bytes) -> Answer:
    """What `answered` told."""
    refused, columns, rest = marshal.loads(answer)  # noqa: S302 - our own process'
    return refused, Columns(*columns), rest


def packed(record: Record) -> bytes:
    person: Any = record.person and astuple(record.person)
    values: Any = (record.facts, record.keys, record.fallback_name, record.name_key)
    others: Any = (record.source, record.notes, record.original, record.warnings)
    return marshal.dumps((*values, person, *others))


def unpacked(packed: bytes) -> Record:
    """The opposite of `packed`."""
    record = Record(*marshal.loads(packed))  # noqa: S302 - our own process'
    if record.person is not None:
        record.person = Person(*cast(Sequence[str], record.person))
    return record


def main() -> None:
    # Nothing here makes cycles, and to look for some among a million rows takes a fifth of the time.
    gc.disable()
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    terms = receive(asked)
    if terms is None:
        return
    arguments = orjson.loads(terms)
    renderer = Renderer(arguments.pop("entry"))
    reader = ChunkReader(Layout(**arguments), renderer)
    send(told, READY)
    while (rows := receive(asked)) is not None:
        reads = reader.read(orjson.loads(memoryview(rows)[1:]))
        send(told, answered(reads, is_whole=rows[:1] == WHOLE))


if __name__ == "__main__":
    main()
