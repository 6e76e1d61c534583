"""A cell's text without what no database or screen should meet."""

import re
import unicodedata

# C0 and C1 controls, lone surrogates, and the invisible marks that Excel and web pages leave around text.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def one_line(text: str) -> str:
    """`text` on one line: controls and invisible marks gone, runs of white space a single space."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _SPACES.sub(" ", _UNWANTED.sub("", text)).strip()


def storable(text: str) -> str:
    """`text` as PostgreSQL can keep it: without NULs, and with lone surrogates replaced. Nothing else changes."""
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def is_storable(text: str) -> bool:
    """Whether `storable` would leave it as it is."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def folded(text: str) -> str:
    """For comparing: casefolded, accents gone. "Société GÉNÉRALE" → "societe generale"."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
