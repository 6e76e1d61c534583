"""Files that are lists of domains, without a header."""

from collections.abc import Iterator
from pathlib import Path

from prospects.companies.normalise.domain import domain, is_shared

HEADER = b"domain\n"
LONGEST_LINE = 300
SUFFIXES = ("", ".csv", ".txt")


def with_header(blocks: Iterator[bytes], *, path: Path) -> Iterator[bytes]:
    """A text file whose first line is a domain is a list of domains, and gets the header that it lacks."""
    first = next(blocks, b"")
    line = first.partition(b"\n")[0].strip()[: LONGEST_LINE + 1]
    if path.suffix.lower() in SUFFIXES and _is_domain(line):
        yield HEADER
    yield first
    yield from blocks


def _is_domain(line: bytes) -> bool:
    try:
        text = line.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        return False
    if not text or len(text) > LONGEST_LINE or any(char in text for char in ',;\t"@'):
        return False
    found = domain(text)
    return found is not None and not is_shared(found)
