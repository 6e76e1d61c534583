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

from prospects.intake.errors import TooLarge, UnreadableFile
from prospects.intake.limits import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED, WORKBOOK_WALL_S

_CHILD = Path(__file__).with_name("workbook_child.py")


def workbook_rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of the first sheet that has any. Raises TooLarge and UnreadableFile."""
    check_archive(file)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        file.seek(0)
        copyfileobj(file, copy)
        copy.flush()
        yield from _child_rows(copy.name)


def check_archive(file: BinaryIO) -> None:
    """Counts and sums the members before anything is unpacked: a bomb says its size, or lies and is cut off later."""
    try:
        with zipfile.ZipFile(file) as archive:
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
    if unpacked > MAX_UNPACKED or ratio > MAX_RATIO:
        raise TooLarge(
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB; at most {MAX_UNPACKED / 1e6:,.0f} MB are read. "
            "Save it as CSV."
        )


def _child_rows(path: str) -> Iterator[tuple[int, list[str]]]:
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD), path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
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


def _failure(child: "subprocess.Popen[bytes]") -> UnreadableFile | TooLarge:
    said = child.stderr.read(2000).decode(errors="replace") if child.stderr else ""
    if child.returncode < 0 or "MemoryError" in said or "memory allocation" in said:
        return TooLarge("The workbook takes more memory or time than one import may; save it as CSV.")
    return UnreadableFile("The workbook can't be read: its sheets are damaged.")
