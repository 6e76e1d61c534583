"""Profiles on nine platforms: links to a company's own, never to what shares a page, a post, or a person. Pure."""

import re
from collections.abc import Iterator

from prospects.extraction.found import Found
from prospects.extraction.reading import Reading

_HOST = re.compile(
    r"(?:https?:)?//(?:[a-z0-9-]+\.){0,2}?"
    r"(linkedin\.com|twitter\.com|x\.com|facebook\.com|fb\.com|fb\.me|instagram\.com|youtube\.com|tiktok\.com"
    r"|xing\.com|github\.com"
    r"|pinterest\.(?:[a-z]{2,3}(?:\.[a-z]{2})?))/(.{1,300})",
    re.IGNORECASE | re.DOTALL,
)
_PLATFORMS = {"twitter": "x", "fb": "facebook"}
_END = r"/?(?:[?#].*)?\Z"
_SHAPES: dict[str, tuple[re.Pattern[str], str]] = {
    "linkedin": (re.compile(r"((?:company|school|showcase)/[^/?#\s\"<>\\{}|^`]+)(?=[/?#]|\Z)", re.I), "https://www.linkedin.com/{}"),
    "x": (re.compile(r"@?(\w{1,15})" + _END), "https://x.com/{}"),
    "facebook": (
        re.compile(
            r"((?:pages|people|p)/[^/?#\s]+/\d+|(?:pg/)?[\w.-]{3,80}(?=/?(?:[?#]|\Z)|/(?:about|photos|posts"
            r"|reviews))|profile\.php\?id=\d+)",
            re.I,
        ),
        "https://www.facebook.com/{}",
    ),
    "instagram": (re.compile(r"@?([\w.]{1,30})" + _END), "https://www.instagram.com/{}"),
    "youtube": (re.compile(r"(@[\w.-]{2,40}|(?:channel|c|user)/[\w.-]{2,60})", re.I), "https://www.youtube.com/{}"),
    "tiktok": (re.compile(r"(@[\w.]{2,30})" + _END), "https://www.tiktok.com/{}"),
    "xing": (re.compile(r"((?:pages|companies|company)/[\w.&-]{2,80})", re.I), "https://www.xing.com/{}"),
    "github": (re.compile(r"(?:orgs/)?([A-Za-z0-9-]{1,39})" + _END), "https://github.com/{}"),
    "pinterest": (re.compile(r"([\w-]{3,40})" + _END), "https://www.pinterest.com/{}"),
}  # fmt: skip
# The first part of addresses that are no profile, and the profiles of those who make sites and themes.
_NO_PROFILES = frozenset(
    """
    share sharer sharer.php share.php intent home search hashtag i login signup tr plugins dialog events groups
    watch explore p reel reels stories accounts embed playlist feed help about legal privacy terms policies settings
    marketplace features pricing sponsors pin create ideas topics apps join oauth download business ads developers
    wix squarespace shopify wordpress weebly godaddy jimdo webflow elementor twbs jquery facebook twitter instagram
    youtube tiktok pinterest github linkedin meta profile user pages status widgets media hashtags music
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_HANDLE = re.compile(r"@(\w{2,15})\Z")


def socials(reading: Reading) -> Iterator[Found]:
    for link in reading.appendix.links:
        if found := found_social(link.href, link.span, confidence=90, method="link"):
            yield found
    said = reading.appendix.metas.get("twitter:site")
    if said and (handle := _HANDLE.match(said.text.strip())):
        yield _profile("x", handle[1], (said.start, said.end), 80, "open_graph")


def found_social(address: str, span: tuple[int, int], *, confidence: int, method: str) -> Found | None:
    """The profile that an address leads to, written in one form."""
    match = _HOST.match(address.strip())
    if match is None:
        return None
    label = match[1].lower().partition(".")[0]
    platform = _PLATFORMS.get(label, label)
    shape, _ = _SHAPES[platform]
    found = shape.match(match[2])
    if found is None or found[1].lower().rstrip("/") in _NO_PROFILES:
        return None
    return _profile(platform, found[1], span, confidence, method)


def _profile(platform: str, handle: str, span: tuple[int, int], confidence: int, method: str) -> Found:
    path = handle.removeprefix("pg/").rstrip("/")
    value = _SHAPES[platform][1].format(path)
    return Found("social", value, confidence, method, *span, extra={"platform": platform})
