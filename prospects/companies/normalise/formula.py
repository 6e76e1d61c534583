"""Cells that a spreadsheet would run: guarded when written, restored when read."""

import re

# The characters that begin a formula, and their full-width forms (OWASP, "CSV injection").
_RISKY = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_HARMLESS = re.compile(r"[+-]?(?:\d[\d\s().,/-]*)%?|\+\(?\d[\d\s().-]{4,}(?:\s*(?:x|ext\.?)\s*\d+)?")


def guard(text: str) -> str:
    """`text` with a leading ' when a spreadsheet would take it for a formula; phones and numbers stay as they are."""
    if text and text[0] in _RISKY and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """The opposite of `guard`: what was guarded comes back as it was."""
    if text[:1] == "'" and text[1:2] in _RISKY and text[1:2]:
        return text[1:]
    return text
