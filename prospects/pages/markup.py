"""What a page's markup says beside its text: metadata, links, scripts, JSON-LD. Pure.

Elements are asked for by their tag: a selector takes lexbor two to three times as long.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Any, NamedTuple

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from performance.database.text import storable_json
from prospects.pages.parsed import Link
from prospects.pages.urls import origin_of, resolve
from prospects.pages.visible import clean

MOST_LINKS, _MOST_META, _MOST_SCRIPTS, _MOST_STYLES, _MOST_JSON, _DEEPEST = 2000, 60, 60, 20, 60_000, 50
_MOST_CONTENT, _MOST_TEXT, _MOST_URL = 1000, 200, 2000
# Others change at each visit (tokens, nonces), or tell browsers how to draw.
_META = re.compile(
    r"(?:og|twitter|article|business|place|profile|product|fb|geo|dc|dcterms)[:.][\w:.-]+|(?:description|keywords|author"
    r"|generator|application-name|apple-mobile-web-app-title|robots|copyright|publisher|company|owner|organi[sz]ation"
    r"|address|contact|city|country|region|email|phone|telephone|language|icbm|reply-to|designer|abstract|subject|name"
    r"|legalname|foundingdate|image|shopify-\w+|wix-\w+)\Z",
    re.IGNORECASE,
)
_VOLATILE = re.compile(r"(?:og:updated_time|article:modified_time)\Z", re.IGNORECASE)
_HEAD_RELS = frozenset({"canonical", "me", "author", "publisher", "license", "stylesheet", "edituri", "pingback"})
_NOT_JSON = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$", re.DOTALL
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# What most links look like: a path that is what it says.
_PLAIN = re.compile(r"/(?:[A-Za-z0-9_~-]|(?<=[A-Za-z0-9_~-])[./])*\Z")
_JOINED = re.compile(r"""(?:'[^'\n]{0,200}'|"[^"\n]{0,200}")(?:\s?\+\s?(?:'[^'\n]{0,200}'|"[^"\n]{0,200}")){1,12}""")
_MOST_JOINED, _AROUND = 10, 200
_REFRESH = re.compile(r"\s*[\d.]+\s*[;,]\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_PROTECTED = "/cdn-cgi/l/email-protection#"


def base_of(tree: LexborHTMLParser, *, url: str) -> str:
    """What relative links are relative to."""
    node = tree.head.css_first("base[href]") if tree.head is not None else None
    href = (node.attributes["href"] or "") if node is not None else ""
    joined = resolve(href, base=url)
    return joined if joined.startswith(("http://", "https://")) else url


def title_of(tree: LexborHTMLParser) -> str:
    """At most 300 characters."""
    node = tree.head.css_first("title") if tree.head is not None else None
    return clean(node.text())[:300] if node is not None else ""


def metas(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Names in lower case; those that say something of the page or its owner."""
    seen: set[str] = set()
    for node in tree.tags("meta"):
        attributes = node.attributes
        name = (
            (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").strip().lower()
        )
        if name in seen or not _META.match(name) or _VOLATILE.match(name) or len(seen) >= _MOST_META:
            continue
        if content := clean(attributes.get("content") or "")[:_MOST_CONTENT]:
            seen.add(name)
            yield name, content


def links(tree: LexborHTMLParser, *, base: str) -> list[Link]:
    """Each address once, with the first text that it has; those of <a>, <area>, <frame>, and where a page leads of
    itself.
    """
    found = {url: Link(url, "", "refresh") for url in _refreshed(tree, base=base)}
    for node in (*tree.tags("a"), *tree.tags("area"), *tree.tags("frame")):
        attributes = node.attributes
        href = attributes.get("href") or attributes.get("src") or ""
        url = _address(href, base=base)
        if not url or ((known := found.get(url)) is not None and known.text) or len(found) >= MOST_LINKS:
            continue
        rel = attributes.get("rel")
        found[url] = Link(url, _text_of(node, attributes), _rel(rel) if rel else "")
    return list(found.values())


def _refreshed(tree: LexborHTMLParser, *, base: str) -> Iterator[str]:
    """Many an old home is nothing but a <meta http-equiv="refresh"> to the real one."""
    for node in tree.tags("meta"):
        attributes = node.attributes
        if (attributes.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match((attributes.get("content") or "")[:_MOST_URL])
            if found and (url := _address(found[1].strip(), base=base)):
                yield url


def _rel(rel: str) -> str:
    return " ".join(rel.lower().replace(",", " ").replace("|", "").split())[:100]


def head_links(tree: LexborHTMLParser, *, base: str) -> list[Link]:
    """<link> elements that tell of the page, its owner, or what it is made with. Stylesheets without their query."""
    found: list[Link] = []
    styles = 0
    for node in tree.tags("link"):
        attributes = node.attributes
        rel = clean(attributes.get("rel") or "").lower()
        if rel not in _HEAD_RELS or not (url := _address(attributes.get("href") or "", base=base)):
            continue
        if rel == "stylesheet":
            styles += 1
            url = url.partition("?")[0]
        if styles <= _MOST_STYLES:
            found.append(Link(url, "", rel))
    return list(dict.fromkeys(found))


class Script(NamedTuple):
    """`source` is None where it has no such attribute, `text` what stands in it."""

    source: str | None
    type: str
    text: str


def scripts(tree: LexborHTMLParser) -> list[Script]:
    """All there are."""
    found: list[Script] = []
    for node in tree.tags("script"):
        attributes = node.attributes
        source = attributes["src"] or "" if "src" in attributes else None
        found.append(Script(source, attributes.get("type") or "", node.text()))
    return found


def sources(found: Sequence[Script], *, base: str) -> list[str]:
    """Where scripts come from, without what changes at each visit."""
    urls = (_address(script.source, base=base) for script in found if script.source)
    return list(dict.fromkeys(url.partition("?")[0] for url in urls if url))[:_MOST_SCRIPTS]


def joined(found: Sequence[Script]) -> list[str]:
    """Literals with an @ among them that a script puts together, as addresses are hidden: 'info' + '@' + 'acme.com'."""
    literals: list[str] = []
    for script in found:
        if script.source is None and "@" in script.text and "json" not in script.type:
            literals += _literals(script.text)
    return list(dict.fromkeys(literals))[:_MOST_JOINED]


def _literals(text: str) -> Iterator[str]:
    for sign in islice(re.finditer("@", text), _MOST_JOINED):
        around = text[max(0, sign.start() - _AROUND) : sign.end() + _AROUND]
        yield from (clean(each[0]) for each in _JOINED.finditer(around) if "@" in each[0])


def json_ld(found: Sequence[Script]) -> Iterator[Any]:
    """Each script's value. Broken ones are mended where it is plain how, else left out."""
    for script in found:
        raw = script.text if "ld+json" in script.type else ""
        if 0 < len(raw) <= _MOST_JSON and (value := _loaded(raw)) is not None and not _is_deep(value, raw):
            yield value


def show_emails(nodes: Iterable[LexborNode]) -> None:
    """Puts addresses that Cloudflare replaced by a script's work back into the elements that had them."""
    for node in nodes:
        if address := _unprotected(node.attributes["data-cfemail"] or ""):
            node.inner_html = escape(address)


def _address(href: str, *, base: str) -> str:
    """Absolute and in one piece; "" for what leads nowhere."""
    if href.startswith(("/", "https://", "http://")):
        return _of_site(href, origin_of(base))
    return _resolved(href, base=base)


@lru_cache(maxsize=4096)
def _of_site(href: str, origin: str) -> str:
    """What means the same on each page of a site: most of its links stand on all of them."""
    return origin + href if _PLAIN.match(href) else _resolved(href, base=f"{origin}/")


def _resolved(href: str, *, base: str) -> str:
    lower = href[:12].strip().lower()
    if lower.startswith(("mailto:", "tel:", "callto:", "sms:")):
        return clean(href).replace(" ", "%20")[:_MOST_URL]
    if _PROTECTED in href:
        address = _unprotected(href.partition(_PROTECTED)[2])
        return f"mailto:{address}" if address else ""
    url = resolve(href, base=base)
    if not url.startswith(("http://", "https://")) or len(url) > _MOST_URL:
        return ""
    return clean(url).replace(" ", "%20")


def _text_of(node: LexborNode, attributes: dict[str, str | None]) -> str:
    if text := clean(node.text()):
        return text[:_MOST_TEXT]
    image = node.css_first("img[alt]")
    alt = image.attributes["alt"] if image is not None else ""
    return clean(attributes.get("aria-label") or attributes.get("title") or alt or "")[:_MOST_TEXT]


def _unprotected(code: str) -> str:
    """Hexadecimal; the first byte is what the others are masked by."""
    try:
        masked = bytes.fromhex(code[:400])
        address = bytes(byte ^ masked[0] for byte in masked[1:]).decode()
    except (ValueError, IndexError):
        return ""
    return address if re.fullmatch(r"[^\s@<>|]+@[^\s@<>|]+", address) else ""


def _loaded(raw: str) -> Any:
    try:
        value = orjson.loads(raw)
    except ValueError:
        value = _mended(raw)
    # Only what PostgreSQL stores; the text holds none of it already.
    return storable_json(value) if "\\u0000" in raw else value


def _mended(raw: str) -> Any:
    """Without comments around it and commas too many, line breaks within texts allowed."""
    bare = _TRAILING_COMMA.sub(r"\1", _NOT_JSON.sub("", _NOT_JSON.sub("", raw)).strip().rstrip(";"))
    try:
        value = json.loads(bare, strict=False, parse_int=_number, parse_constant=lambda _: None)
        return storable_json(value)
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _is_deep(value: Any, raw: str) -> bool:
    """Deeper than what walks it should have to go."""
    if raw.count("{") + raw.count("[") <= _DEEPEST:
        return False
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
