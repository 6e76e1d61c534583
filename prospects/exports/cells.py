"""Text that a spreadsheet will not run. Pure."""

import re

# What Excel, LibreOffice and Sheets take for the start of a formula, and the full-width forms that some convert.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*\s?%?")
_PHONE = re.compile(r"\+\d[\d .()/-]{4,}\d")


def neutralise(text: str) -> str:
    """`text` with a leading apostrophe where it could be run as a formula; numbers and phones stay as they are.

    Our own import strips that apostrophe, so a file goes round unchanged.
    """
    if not text.startswith(_FORMULA_START) or _NUMBER.fullmatch(text) or _PHONE.fullmatch(text):
        return text
    return f"'{text}"
