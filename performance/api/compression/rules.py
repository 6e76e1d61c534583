"""What may be compressed, and for whom.

BREACH: where a secret and text that a stranger chose stand in one compressed page, its length gives the secret away,
if the stranger can have the page asked for many times in the victim's name. A browser adds nothing to a stranger's
request but cookies. So a request with cookies is answered compressed only if the browser vouches that a page of ours
made it (`Sec-Fetch-Site: same-origin`), and never with HTML, which holds CSRF tokens and what the session may see.
A token in `Authorization` can't be made to travel by a stranger.
"""

from collections.abc import Mapping

from django.conf import settings

from performance.api.compression.codings import IDENTITY, preferred

HTML = "text/html"
# What is compressed already (workbooks, images, fonts) only costs CPU.
COMPRESSIBLE = frozenset(
    {
        *("application/json", "application/problem+json", "application/vnd.oai.openapi", "application/toml"),
        *("application/x-ndjson", "application/javascript", "application/xml", "image/svg+xml"),
        *("text/css", "text/csv", "text/javascript", "text/plain", "text/xml", "application/yaml", HTML),
    }
)
Environ = Mapping[str, object]


def is_worthwhile(content_type: str, *, size: int) -> bool:
    """Whether content of that type and size would be compressed for somebody: then the answer varies by encoding."""
    if size < settings.COMPRESSION_THRESHOLD or not settings.COMPRESSION_ENABLED:
        return False
    return content_type.partition(";")[0].strip().lower() in COMPRESSIBLE


def coding_for(environ: Environ, *, content_type: str, path: str) -> str:
    """The coding for worthwhile content, as the client likes it and as is safe for it; else `identity`."""
    if path.startswith(tuple(settings.COMPRESSION_EXCLUDED_PATHS)):
        return IDENTITY
    if environ.get("HTTP_COOKIE") and not _is_safe_with_cookies(environ, content_type):
        return IDENTITY
    return preferred(str(environ.get("HTTP_ACCEPT_ENCODING", "")))


def _is_safe_with_cookies(environ: Environ, content_type: str) -> bool:
    return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin" and not content_type.startswith(HTML)
