"""URLs as the store knows them: each page under one spelling. Pure."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit
from uuid import UUID

# What most links look like: nothing to normalise about them.
_PLAIN = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/(?!\.)(?:[A-Za-z0-9_~-]|[./](?![./]))*+)?\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SPACES = re.compile(r"[\t\n\r]")
# Say who sent a visitor or which visit it is, never which page.
_TRACKING = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|_hs\w+|gclid|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|ttclid|igshid"
    r"|mc_[ce]id|_ga|_gl|ref_src|phpsessid|jsessionid|sessionid|sid)\Z",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PORTS = {"http": 80, "https": 443}
_MOST = 2000


def canonical_url(url: str, *, base: str = "") -> str | None:
    """The URL of a page without what doesn't choose it: fragment, tracking, dot segments, default port, spelling.

    None for what is no HTTP URL, or holds credentials, or is longer than 2,000 characters.
    """
    joined = resolve(url, base=base) if base else url
    if len(joined) <= _MOST and _PLAIN.match(joined):
        return joined if joined.find("/", 8) > 0 else joined + "/"
    return _canonical(joined)


@lru_cache(maxsize=4096)
def page_id(url: str) -> UUID:
    """Of a canonical URL."""
    return UUID(bytes=hashlib.sha256(url.encode()).digest()[:16])


def resolve(href: str, *, base: str) -> str:
    """An absolute URL without its fragment; "" for a link to the same page, or to none."""
    href = _SPACES.sub("", href.strip()).partition("#")[0]
    if not href:
        return ""
    if href.startswith(("https://", "http://")) and "/." not in href:
        return href
    try:
        return _joined(href, base=base)
    except ValueError:
        return ""


def _joined(href: str, *, base: str) -> str:
    if _SCHEME.match(href) and not href[:5].lower().startswith("http"):
        return href
    if href[0] == "/" and href[:2] != "//" and "/." not in href:
        return origin_of(base) + href
    return urljoin(base, href)


@lru_cache(maxsize=256)
def origin_of(url: str) -> str:
    """Scheme and host, without a slash: "https://www.acme.com"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _canonical(url: str) -> str | None:
    try:
        parts = urlsplit(_SPACES.sub("", url.strip()))
        netloc = _netloc(parts)
    except ValueError:
        return None
    if netloc is None:
        return None
    joined = urlunsplit((parts.scheme, netloc, _path(parts.path), _query(parts.query), ""))
    return joined if len(joined) <= _MOST else None


def _netloc(parts: SplitResult) -> str | None:
    """Host and, if it isn't the scheme's, port. Raises ValueError."""
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    host = parts.hostname.rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host):
        return None
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _path(path: str) -> str:
    """Percent-encoded one way, dot segments resolved, doubled slashes single."""
    kept: list[str] = []
    segments = _encoded(_SESSION.sub("", path)).split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    ends = kept and segments[-1] in ("", ".", "..")
    return "/" + "/".join(kept) + ("/" if ends else "")


def _query(query: str) -> str:
    return "&".join(pair for pair in _encoded(query).split("&") if pair and not _TRACKING.match(pair.partition("=")[0]))


def _encoded(text: str) -> str:
    """What needs no encoding without it, all else with it, in capitals."""
    return quote(_ESCAPE.sub(_unescaped, text), safe="/~!$&'()*+,;=:@-._?%")


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return "%25"
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.match(character) else escape[0].upper()
