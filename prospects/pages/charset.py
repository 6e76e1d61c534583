"""Which characters a body's bytes mean. Pure.

In this order: byte order mark, HTTP header, <meta>, strict UTF-8, detection. Two exceptions, both of what sites get
wrong: bytes that are UTF-8 beyond ASCII are UTF-8 whatever Latin charset is declared, and bytes that aren't UTF-8
aren't whoever says so.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# Of a page's beginning in lower case: what ignores case can't look for "<" alone.
_IN_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)")
# Where browsers look for <meta>, and somewhat beyond.
_HEAD = 4096
_DETECTED = 65_536


def as_utf8(body: bytes, *, content_type: str = "") -> tuple[bytes, str]:
    """The body in UTF-8, without NUL, and the charset that it was in. Never fails: what can't be decoded is U+FFFD."""
    html, charset = _as_utf8(body, content_type)
    return (html if b"\x00" not in html else html.replace(b"\x00", b"")), charset


def _as_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace").encode(), charset
    declared = _declared(body, content_type)
    if declared in ("", "utf-8", "cp1252") and (html := _valid(body)) is not None:
        # Plain ASCII is what it was declared to be.
        return html, declared if declared and html.isascii() else "utf-8"
    charset = declared if declared not in ("", "utf-8") else _detected(body)
    return body.decode(charset, "replace").encode(), charset


def _declared(body: bytes, content_type: str) -> str:
    """By its Python name; "" where nothing is, or nothing that the web knows."""
    if (match := _IN_HEADER.search(content_type)) and (charset := _known(match[1])):
        return charset
    if found := _IN_META.search(body[:_HEAD].lower()):
        charset = _known(found[1].decode("ascii", "replace"))
        # A <meta> that can be read isn't in UTF-16, whatever it says.
        return "utf-8" if charset.startswith("utf-16") else charset
    return ""


def _known(label: str) -> str:
    """Only charsets of the web: Python's own codecs include some that run over their input ("zlib")."""
    return map_encoding_to_html5(label.strip().lower(), fallback_utf8=False) or ""


def _valid(body: bytes) -> bytes | None:
    """What is UTF-8; also of a body that was cut off in the middle of a character."""
    if body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError as error:
        whole = body[: error.start]
        return None if error.reason != "unexpected end of data" or whole.isascii() else whole
    return body


def _detected(body: bytes) -> str:
    charset = detect_encoding(body[:_DETECTED]) or "cp1252"
    # A few broken bytes in what else is UTF-8 are marked, not misread; "ascii" would lose all else.
    return "utf-8" if charset in ("utf-8", "ascii", "us-ascii") else charset
