"""Cells that a spreadsheet would run: guarded when written, restored when read."""

import re

# The characters that begin a formula, and their full-width forms, which some convert (OWASP, "CSV injection").
_RISKY = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# No number and no phone is longer, and a text of any length is decided in one look.
_LONGEST_HARMLESS = 40
_HARMLESS = re.compile(
    r"[+-]?\d+(?:[.,]\d+)*[ \xa0]?%?"
    r"|\+\(?\d[\d .()/\xa0-]{4,}(?:(?:x|ext\.?) ?\d{1,8})?"
)


def guard(text: str) -> str:
    """`text` with a leading ' when a spreadsheet would take it for a formula; phones and numbers stay as they are."""
    if text and text[0] in _RISKY and not _is_harmless(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """The opposite of `guard`: what was guarded comes back as it was."""
    if text[:1] == "'" and text[1:2] in _RISKY and text[1:2]:
        return text[1:]
    return text


def _is_harmless(text: str) -> bool:
    return len(text) <= _LONGEST_HARMLESS and _HARMLESS.fullmatch(text) is not None
