"""Reads rows for `reading`, in a process that is fed and asked by a pipe. Imports nothing of Django: it starts at once.

A frame is eight bytes of length and the content. The first is `reading.Terms` as JSON, answered by READY; every other
one WHOLE or BRIEF and a JSON list of rows, answered by a marshalled list: a refusal's reason, or a record as a tuple.
Ends with its standard input.
"""

import gc
import marshal
import sys
from typing import IO, Any

import orjson

from prospects.companies.record import Record, Refusal
from prospects.companies.rendering import Renderer
from prospects.intake.rows import RowReader

LENGTH = 8
READY = b"ready"
# Whether REST comes along.
WHOLE, BRIEF = b"w", b"b"
REST = ("facts", "fallback_name", "name_key", "source", "notes", "original")


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


def packed(read: Record | Refusal, *, is_whole: bool) -> Any:
    """What `marshal` takes: the lines, what decides who is who, and REST packed by itself, or None."""
    if isinstance(read, Refusal):
        return read.reason
    person = read.person and (
        read.person.key,
        read.person.name,
        read.person.title,
        read.person.email,
        read.person.phone,
    )
    rest = marshal.dumps([getattr(read, name) for name in REST]) if is_whole else None
    return read.keys, person, read.warnings, read.company_line, read.prospect_line, rest


def main() -> None:
    # Nothing here makes cycles, and to look for some among a million rows takes a fifth of the time.
    gc.disable()
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    terms = receive(asked)
    if terms is None:
        return
    arguments = orjson.loads(terms)
    render = Renderer(arguments.pop("entry")).render
    reader = RowReader(**arguments)
    send(answered, READY)
    while (rows := receive(asked)) is not None:
        reads = list(map(reader.read, orjson.loads(memoryview(rows)[1:])))
        for read in reads:
            if isinstance(read, Record):
                render(read)
        is_whole = rows[:1] == WHOLE
        send(answered, marshal.dumps([packed(read, is_whole=is_whole) for read in reads]))


if __name__ == "__main__":
    main()
