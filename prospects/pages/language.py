"""Which language a page is in: what its markup says, else what its words are. Pure."""

import re

from resiliparse.parse.lang import detect_fast

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*\Z", re.IGNORECASE)
# Of the text from its middle: the beginning is menus.
_READ, _LEAST = 1000, 60
# resiliparse's rank distance: below it its first guess was right for running text of all eight languages tried.
_FAR = 1200
_THREE_LETTERS = {"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it"}


def language(text: str, *, declared: str) -> str:
    """ISO 639, of two letters if there are such; "" where neither tells."""
    if match := _TAG.match(declared.strip()):
        code = match[1].lower()
        return _THREE_LETTERS.get(code, code)
    if len(text) < _LEAST:
        return ""
    middle = max(0, (len(text) - _READ) // 2)
    code, distance = detect_fast(text[middle : middle + _READ])
    return code if distance <= _FAR and len(code) <= 3 else ""
