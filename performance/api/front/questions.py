"""What a request asks, as far as its answer may depend on it."""

from collections.abc import MutableMapping
from typing import Any, TypeAlias

Environ: TypeAlias = MutableMapping[str, Any]
Question: TypeAlias = tuple[str | None, ...]

_METHODS = frozenset({"GET", "HEAD"})
_HEADER = "HTTP_"
# The question: requests that differ in one of these are told apart.
_ASKED = (
    *("REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "SCRIPT_NAME", "SCRIPT_URL"),
    *("REDIRECT_URL", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE"),
    *("HTTP_USER_AGENT", "CONTENT_TYPE"),
)
# The front reads these, or looks whether they are there.
_READ = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_X_REQUEST_ID", "HTTP_COOKIE")
# No answer to a read with a token depends on these. HTTP_PROXY is a variable of the environment, which servers mix in.
_OF_NO_MATTER = (
    *("HTTP_CACHE_CONTROL", "HTTP_CONNECTION", "HTTP_DNT", "HTTP_KEEP_ALIVE", "HTTP_PRAGMA", "HTTP_PRIORITY"),
    *("HTTP_PROXY", "HTTP_REFERER", "HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_VIA", "HTTP_X_FORWARDED_FOR"),
    "HTTP_X_REAL_IP",
)
# What may stand in an environ; names that aren't a header's come along, since no client makes them.
_known = {*_ASKED, *_READ, *_OF_NO_MATTER}


def question_of(environ: Environ) -> Question | None:
    """None for what the front leaves to Django."""
    if environ["REQUEST_METHOD"] not in _METHODS or "HTTP_AUTHORIZATION" not in environ or "HTTP_HOST" not in environ:
        return None
    if environ.get("HTTP_COOKIE") or environ.get("CONTENT_LENGTH", "0") not in ("", "0") or _has_others(environ):
        return None
    return tuple(map(environ.get, _ASKED))


def _has_others(environ: Environ) -> bool:
    """Whether there is a header that some middleware or view may know and we don't."""
    others = environ.keys() - _known
    if any(name.startswith(_HEADER) for name in others):
        return True
    _known.update(others)
    return False
