"""Strong ETags and `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2). Pure."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256

# entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAG_IN_LIST = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# Empty elements of a list are to be borne (RFC 9110, 5.6.1.2). Each character can be taken in one way only, so that
# no header takes longer than its length.
_LIST = re.compile(rf"[\s,]*{_TAG}(?:\s*,[\s,]*{_TAG})*[\s,]*")
_ANY = "*"
_DIGEST_BYTES = 15


def digest_of(*parts: bytes) -> str:
    """Twenty characters that stand for these bytes: 120 bits of SHA-256."""
    hashed = sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return urlsafe_b64encode(hashed.digest()[:_DIGEST_BYTES]).decode("ascii")


def of_coding(etag: str, coding: str) -> str:
    """The ETag of the same content in a content coding: other bytes need another strong one; a weak one stays."""
    return etag if etag.startswith("W/") else f'{etag[:-1]}-{coding}"'


def is_condition(if_none_match: str) -> bool:
    """Whether it is `*` or a list of entity tags."""
    return if_none_match.strip() == _ANY or _LIST.fullmatch(if_none_match) is not None


def is_fresh(if_none_match: str, etag: str) -> bool:
    """Whether the client has what `etag` stands for already: `*`, or one of its list by weak comparison."""
    if if_none_match == etag:  # a browser sends back what it was given
        return True
    if if_none_match.strip() == _ANY:
        return True
    if not _LIST.fullmatch(if_none_match):
        return False
    return etag.removeprefix("W/") in _TAG_IN_LIST.findall(if_none_match)
