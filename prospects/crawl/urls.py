"""Which URLs are of a site, and which of them may be pages. Pure; URLs are canonical (`pages.urls`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_PARTS = re.compile(r"(https?)://([^/?#@\\\s]+)(/[^?#]*)?(\?[^#]*)?(?:#.*)?", re.IGNORECASE)
# What ends like this is no page, or one that no reader of companies wants.
_FILES = frozenset(
    """
    7z aac ai apk asc atom avi avif bin bmp bz2 css csv dmg doc docm docx dwg eot eps epub exe flac flv gif gz ico ics
    iso jar jpeg jpg js json kml m4a m4v map md5 mid midi mov mp3 mp4 mpeg mpg msi odp ods odt ogg ogv otf pdf pkg png
    pps ppt pptx ps psd rar rdf rpm rss rtf sig sql svg swf tar tgz tif tiff torrent ttf txt vcf wasm wav webm webp
    wma wmv woff woff2 xls xlsm xlsx xml xz yaml yml zip
    """.split()  # noqa: SIM905 - a list of quotes would be a page long
)
# Doors, baskets and copies of other pages: nothing of them is about the company.
_DULL = re.compile(
    r"/(?:log-?in|log-?out|sign-?(?:in|up|out)|register|anmelden|warenkorb|cart|basket|checkout|wishlist|my-?account|"
    r"password|wp-(?:admin|json|login|content)|feed|rss|xmlrpc|cgi-bin|cdn-cgi|print|share|comment|trackback|search|"
    r"suche|recherche|tag|tags|category|author)(?:[/.]|$)",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://([^/?#\\]*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"/([a-z]{2})(?:[-_][a-z]{2})?(?:/|$)", re.IGNORECASE)
MOST_SEGMENTS = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """A URL, taken apart. `host` is in lower case and has its port, where one is given; `query` has its "?"."""

    scheme: str
    host: str
    path: str
    query: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def name(self) -> str:
        """The host without its port."""
        return self.host.partition(":")[0]


def parts_of(url: str) -> Parts | None:
    """None for what isn't a plain web address: another scheme, a name and password, no host."""
    found = _PARTS.fullmatch(url)
    if found is None:
        return None
    scheme, host, path, query = found.groups(default="")
    return Parts(scheme.lower(), host.lower(), path or "/", query)


def may_be_page(parts: Parts) -> bool:
    """Whether a URL looks like a page that says something, and not like a file or a door."""
    last = parts.path.rpartition("/")[2]
    if "." in last and last.rpartition(".")[2].lower() in _FILES:
        return False
    return not _DULL.search(parts.path)


def is_trap(path: str) -> bool:
    """Paths that links grow without end: too deep, or with a segment for the third time."""
    segments = [segment for segment in path.lower().split("/") if segment]
    return len(segments) > MOST_SEGMENTS or any(segments.count(each) > 2 for each in set(segments))


def language_in(path: str) -> str:
    """The language that a path begins with, where it does: "/de-at/kontakt" → "de"."""
    found = _LANGUAGE.match(path)
    return found[1].lower() if found else ""


def entrances(site: str) -> tuple[str, ...]:
    """Where the home of a site may be, the likeliest first."""
    return (f"https://{site}/", f"https://www.{site}/", f"http://{site}/", f"http://www.{site}/")


def next_entrances(left: Sequence[str], *, code: str) -> Sequence[str]:
    """Those still worth a try after one failed with `code`.

    A host that hangs would hang again by http, and a name that isn't there isn't by another scheme either; one without
    a page at its root may have it at www. What refuses us knowingly is the site: its other doors aren't tried.
    """
    if code in {"not_connected", "broken_off", "not_trusted", "bad_reply", "empty"}:
        return left
    if code in {"not_found_name", "timed_out"} or code.startswith("http_"):
        return [url for url in left if url.startswith("https://www.")]
    return ()


@dataclass(slots=True)
class Scope:
    """The hosts of one site. Unless it includes all subdomains: the site itself, www, and those let in by `admit`.

    `also` is where the site has moved to: a registrable domain, too.
    """

    site: str
    includes_subdomains: bool = False
    also: str = ""
    _names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._names |= {self.site, f"www.{self.site}"}

    def has(self, parts: Parts) -> bool:
        return parts.name in self._names or (self.includes_subdomains and self._is_below(parts))

    def may_have(self, url: str) -> bool:
        """False for a URL, spelt as it may be, whose host is surely another site's."""
        found = _HOST.match(url)
        if found is None or not found[1].isascii():
            return True
        host = found[1].lower()
        return self.site in host or bool(self.also and self.also in host)

    def admit(self, parts: Parts) -> bool:
        """Let in the host of a seed, or one that the site itself sends its visitors to. False if it is another's."""
        if not self._is_below(parts):
            return False
        self._names.add(parts.name)
        return True

    def move(self, site: str) -> None:
        """The site has moved there: both are one now."""
        self.also = site
        self._names |= {site, f"www.{site}"}

    def _is_below(self, parts: Parts) -> bool:
        return any(parts.name == site or parts.name.endswith(f".{site}") for site in (self.site, self.also) if site)
