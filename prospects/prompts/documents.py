"""Texts from outside as data in a prompt: capped, and between delimiters that they can't forge. Pure.

The delimiter carries a nonce, the hash of all the documents: a text that wanted to close it would have to contain its
own hash. It is deterministic, so the same documents make the same request and the ledger knows it again.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

MAX_DOCUMENT = 12_000
MAX_ALL = 40_000
NONCE_DIGITS = 16
# Control characters (but tab and newline), and the invisible ones by which text is hidden from people and shown to
# models: bidirectional overrides, zero-width characters, the tag block, variation selectors.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


class DocumentLike(Protocol):
    """A text and where it came from."""

    @property
    def source(self) -> str: ...

    @property
    def text(self) -> str: ...


def delimited(documents: Iterable[DocumentLike]) -> str:
    """All documents as one text, each between delimiters; empty ones are left out.

    At most 12,000 characters of each and 40,000 of all; what was cut is said in the delimiter, outside the text.
    """
    pieces = _capped([(document.source, cleaned(document.text)) for document in documents])
    if not pieces:
        return "(There are no documents.)"
    nonce = _nonce([text for _, text, _ in pieces])
    return "\n".join(_one(nonce, *piece) for piece in pieces)


def cleaned(text: str) -> str:
    """The text without what people can't see and models can; what is left stands as it stood."""
    # Nothing hidden is printable ASCII, nor is an end of a line: most cells need no second look.
    if text.isascii() and text.isprintable():
        return text.strip()
    return _HIDDEN.sub("", _LINE_ENDS.sub("\n", text)).strip()


def _capped(documents: Sequence[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    room, pieces = MAX_ALL, []
    for source, text in documents:
        shown = text[: min(MAX_DOCUMENT, room)]
        room -= len(shown)
        if shown:
            pieces.append((source, shown, len(shown) < len(text)))
    return pieces


def _nonce(texts: Sequence[str]) -> str:
    whole = "\x00".join(texts)
    nonce = hashlib.sha256(whole.encode()).hexdigest()[:NONCE_DIGITS]
    while nonce in whole:
        nonce = hashlib.sha256(nonce.encode()).hexdigest()[:NONCE_DIGITS]
    return nonce


def _one(nonce: str, source: str, text: str, is_cut: bool) -> str:
    name = escape(" ".join(cleaned(source).split())[:200])
    cut = ' cut="yes"' if is_cut else ""
    return f'<document-{nonce} source="{name}"{cut}>\n{text}\n</document-{nonce}>'
