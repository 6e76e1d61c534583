"""The encoding of a text file: by its mark, else UTF-8 where all of it is, else guessed from what isn't ASCII."""

import codecs
from typing import BinaryIO

from charset_normalizer import from_bytes

from prospects.intake.errors import UnreadableFile
from prospects.intake.limits import SAMPLE_BYTES
from prospects.intake.readers.code_pages import LATIN, latin_page

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheets and mail programs write; without the list, short texts are taken for rare DOS and EBCDIC pages.
_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_15",
    "koi8_r", "mac_roman", "cp437", "cp850", "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949",
]  # fmt: skip


def encoding_of(file: BinaryIO) -> str:
    """The codec to decode `file` with; it is left at its start. Reads it once where it has no mark."""
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if wide := _wide(start):
        return wide
    sample = _first_undecodable(file)
    file.seek(0)
    return "utf-8" if sample is None else _guessed(sample)


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ASCII text is zero."""
    half = max(1, len(start) // 2)
    if start[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > 0.7 * half else None


def _first_undecodable(file: BinaryIO) -> bytes | None:
    """None if all is UTF-8; else lines around what isn't, to guess from."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while block := file.read(SAMPLE_BYTES):
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            lines = [line for line in (block + file.read(SAMPLE_BYTES)).splitlines() if not line.isascii()]
            return b"\n".join(lines)[:32_768]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return b"\xff"
    return None


def _guessed(sample: bytes) -> str:
    if sample.count(0) > len(sample) // 20:
        raise UnreadableFile("The file is no text; CSV, XLSX and JSON Lines can be imported.")
    best = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=0.4).best()
    return latin_page(sample) if best is None or best.encoding in LATIN else best.encoding
