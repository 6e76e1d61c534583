"""Which replies hold a page worth reading, by what they say of themselves and by what they are. Pure."""

from typing import Literal, TypeAlias

from performance.outbound.messages import Head, Reply

Unwanted: TypeAlias = Literal["wrong_type", "too_large", "unread"]

ACCEPT = "text/html,application/xhtml+xml"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
# What servers call HTML that don't know what they send: the body tells.
_UNSURE = frozenset({"", "text/plain"})
# No page says that it is longer; what is longer than `most_bytes` and within is read to there.
MOST_DECLARED = 16 * 1024 * 1024
# The body of an error isn't needed. One that isn't large is read all the same, so that the connection can be kept.
_MOST_OF_ERRORS = 64 * 1024
# Markup is seldom deflated to less than a thirtieth, a bomb to less than a five-hundredth.
_BOMB = 100
_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"PK\x03\x04": "a ZIP file, or a document in one",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"\xd0\xcf\x11\xe0": "an Office document",
}
_UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LOOKED_AT = 1024


def html_only(head: Head) -> Unwanted | None:
    """Why the body isn't to be read, or None."""
    declared = _declared_bytes(head)
    if not 200 <= head.status < 300:
        return "unread" if declared is not None and declared > _MOST_OF_ERRORS else None
    if media_type(head.headers.get("Content-Type", "")) not in _HTML | _UNSURE:
        return "wrong_type"
    return "too_large" if declared is not None and declared > MOST_DECLARED else None


def media_type(content_type: str) -> str:
    """Without its parameters, in lower case; what isn't ASCII is no media type, and told as question marks."""
    return content_type.split(";", 1)[0].strip().lower().encode("ascii", "replace").decode()


def sentence(why: str, reply: Reply) -> str:
    """Why a body wasn't read, for people."""
    if why == "too_large":
        return f"It says that it is {reply.headers.get('Content-Length')} bytes long, at most {MOST_DECLARED} are read."
    return f"It is {media_type(reply.headers.get('Content-Type', ''))[:80] or 'nothing known'}, only HTML is read."


def disguised(reply: Reply) -> str | None:
    """What a body is that was sent as a page and is none; None for what may be one."""
    start = reply.body[:_LOOKED_AT]
    for signature, what in _SIGNATURES.items():
        if start.startswith(signature):
            return what
    if b"\x00" in start and not start.startswith(_UTF_16_OR_32):
        return "binary"
    if media_type(reply.headers.get("Content-Type", "")) in _UNSURE and not _looks_like_markup(start):
        return "plain text"
    return None


def is_bomb(reply: Reply) -> bool:
    """Whether a body that was cut had been deflated beyond what markup can be."""
    return reply.is_truncated and len(reply.body) > _BOMB * max(reply.wire_bytes, 1)


def _looks_like_markup(start: bytes) -> bool:
    folded = start.lower()
    return not start or any(tag in folded for tag in (b"<!doctype html", b"<html", b"<head", b"<body"))


def _declared_bytes(head: Head) -> int | None:
    length = head.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
