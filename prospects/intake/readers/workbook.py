"""XLSX, read by a child process that may neither grow nor run without end."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from threading import Timer
from typing import BinaryIO

import orjson

from prospects.intake.errors import IntakeError, TooLarge, TooManyColumns, UnreadableFile
from prospects.intake.limits import (
    MAX_COLUMNS,
    MAX_DIRECTORY,
    MAX_LINE,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED,
    WORKBOOK_CPU_S,
    WORKBOOK_MEMORY,
    WORKBOOK_WALL_S,
)

_CHILD = Path(__file__).with_name("workbook_child.py")
_LIMITS = tuple(map(str, (WORKBOOK_MEMORY, WORKBOOK_CPU_S, MAX_COLUMNS, MAX_LINE)))
# The child's own words for what it refuses, by its exit status.
_REFUSALS: dict[int, type[IntakeError]] = {3: TooManyColumns, 4: TooLarge}


def workbook_rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of the first sheet with more than one, else of the first that has any.

    Raises TooLarge, TooManyColumns and UnreadableFile.
    """
    check_archive(file)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        file.seek(0)
        copyfileobj(file, copy)
        copy.flush()
        yield from _child_rows(copy.name)


class _Directory:
    """A file of which no more is read at once than the directory of MAX_MEMBERS members takes.

    ZipFile reads the whole directory and makes an object of each member before anybody can count them, and believes
    neither of the two counts that the archive gives.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(MAX_DIRECTORY + 1 if size < 0 else min(size, MAX_DIRECTORY + 1))
        if len(found) > MAX_DIRECTORY:
            raise TooLarge(f"The workbook has too many parts; at most {MAX_MEMBERS:,} are read.")
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()


def check_archive(file: BinaryIO) -> None:
    """Counts and sums the members before anything is unpacked: a bomb says its size, or lies and is cut off later."""
    try:
        with zipfile.ZipFile(_Directory(file)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFile("The workbook is damaged: it can't be unpacked.") from error
    if len(members) > MAX_MEMBERS:
        raise TooLarge(f"The workbook has {len(members):,} parts; at most {MAX_MEMBERS:,} are read.")
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise UnreadableFile("The file is a ZIP archive, but no XLSX workbook; unpack it, or save it as .xlsx.")
    unpacked = sum(member.file_size for member in members)
    large = [member for member in members if member.file_size > 1_000_000]
    ratio = max((member.file_size / max(1, member.compress_size) for member in large), default=0)
    if ratio > MAX_RATIO:
        raise TooLarge(f"A part of the workbook unpacks to {ratio:,.0f} times its size, as no table does.")
    if unpacked > MAX_UNPACKED:
        raise TooLarge(
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB; at most {MAX_UNPACKED / 1e6:,.0f} MB are read. "
            "Save it as CSV."
        )


def _child_rows(path: str) -> Iterator[tuple[int, list[str]]]:
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD), path, *_LIMITS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
    )
    timer = Timer(WORKBOOK_WALL_S, child.kill)
    timer.start()
    try:
        for text in child.stdout or ():
            line, cells = orjson.loads(text)
            yield line, cells
        if child.wait() != 0:
            raise _failure(child)
    finally:
        timer.cancel()
        child.kill()
        child.communicate()


def _failure(child: "subprocess.Popen[bytes]") -> IntakeError:
    said = child.stderr.read(2000).decode(errors="replace") if child.stderr else ""
    if refusal := _REFUSALS.get(child.returncode):
        return refusal(said)
    if child.returncode < 0 or "MemoryError" in said or "memory allocation" in said:
        return TooLarge("The workbook takes more memory or time than one import may; save it as CSV.")
    return UnreadableFile("The workbook can't be read: its sheets are damaged.")
