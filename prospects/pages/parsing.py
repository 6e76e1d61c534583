"""A body becomes a page, and a stored text the same page again. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from uuid import UUID

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from prospects.pages import appendix, hostile, markup
from prospects.pages.charset import as_utf8
from prospects.pages.errors import Unparsable
from prospects.pages.language import language
from prospects.pages.marked import Marked, marked
from prospects.pages.parsed import Document, Link, ParsedPage, StoredText
from prospects.pages.signs import flags
from prospects.pages.structured import items
from prospects.pages.urls import origin_of
from prospects.pages.visible import Visible, visible_text

__all__ = ["Unparsable", "parse", "reread", "text_hash"]

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"\x7fELF", b"MZ")
_LOOKED_AT = 2048
# No element's work is done while it is read, such as <selectedcontent>'s, which repeats another's.
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedPage:
    """What an HTML page says. `url` is where it was read, at last.

    Raises Unparsable: not_html, binary, or hostile_markup.
    """
    _check(body)
    html, charset = as_utf8(body, content_type=content_type)
    hostile.check(html)
    tree = LexborHTMLParser(html, options=_OPTIONS)
    base = markup.base_of(tree, url=url)
    telling = marked(tree)
    if telling.protected:
        markup.show_emails(telling.protected)
        telling = marked(tree)
    seen = visible_text(tree, hidden=telling.hidden)
    links = markup.links(tree, base=base)
    text = seen.text + appendix.written(_lines(tree, telling, links, url=url, base=base))
    page = _page(text, seen=seen, url=url, language=language(seen.text, declared=_declared(tree)))
    return ParsedPage(
        url=url,
        document=page.document,
        links=_all_links(page.links, links),
        meta=page.meta,
        json_ld=page.json_ld,
        microdata=page.microdata,
        blocks=page.blocks,
        flags=_flags(tree, html, page, is_truncated=seen.is_truncated),
        charset=charset,
    )


def reread(stored: StoredText, *, url: str) -> ParsedPage:
    """The same page from what is stored, but for links on its own site, flags and charset."""
    seen = Visible(stored.text[: stored.visible_length], stored.blocks, False)
    return _page(stored.text, seen=seen, url=url, language=stored.language)


def text_hash(text: str) -> UUID:
    """The first 16 bytes of its SHA-256."""
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def _page(text: str, *, seen: Visible, url: str, language: str) -> ParsedPage:
    """Of a text, whether it has just been written or was stored: there is no other way to a page."""
    told = appendix.read(text, start=len(seen.text))
    document = Document(
        text=text,
        visible_length=len(seen.text),
        hash=text_hash(text),
        title=told.title,
        language=language,
        canonical=told.canonical,
    )
    return ParsedPage(
        url=url,
        document=document,
        links=tuple(told.links),
        meta=told.meta,
        json_ld=tuple(told.json_ld),
        microdata=tuple(told.microdata),
        blocks=seen.blocks,
    )


def _check(body: bytes) -> None:
    start = body[:_LOOKED_AT]
    is_utf_16 = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    if start.startswith(_BINARY) or (not is_utf_16 and start.count(b"\x00") > len(start) // 100):
        raise Unparsable("binary", "What came is a file, not a page.")
    if b"<" not in body:
        raise Unparsable("not_html", "What came is no HTML.")


def _lines(tree: LexborHTMLParser, telling: Marked, links: Sequence[Link], *, url: str, base: str) -> Iterator[str]:
    """The most telling first: not all may find room."""
    if title := markup.title_of(tree):
        yield appendix.title_line(title)
    yield from (appendix.meta_line(name, content) for name, content in markup.metas(tree))
    home = origin_of(url)
    yield from (appendix.link_line(link) for link in links if not _is_below(link.url, home))
    yield from (appendix.link_line(link) for link in markup.head_links(tree, base=base))
    scripts = markup.scripts(tree)
    yield from (appendix.json_ld_line(value) for value in markup.json_ld(scripts))
    yield from (appendix.microdata_line(item) for item in items(tree, telling, base=base))
    yield from (appendix.script_line(source) for source in markup.sources(scripts, base=base))
    yield from (appendix.inline_line(literals) for literals in markup.joined(scripts))


def _is_below(url: str, home: str) -> bool:
    return url.startswith(home) and url[len(home) : len(home) + 1] in ("", "/", "?")


def _all_links(told: Sequence[Link], links: Sequence[Link]) -> tuple[Link, ...]:
    """In the page's order; then those of its head."""
    urls = {link.url for link in links}
    return (*links, *(link for link in told if link.url not in urls))


def _declared(tree: LexborHTMLParser) -> str:
    return (tree.root.attributes.get("lang") or "") if tree.root is not None else ""


def _flags(tree: LexborHTMLParser, html: bytes, page: ParsedPage, *, is_truncated: bool) -> frozenset[str]:
    document = page.document
    found = set(flags(tree, html, text=document.text[: document.visible_length], title=document.title))
    if "noindex" in page.meta.get("robots", "").lower():
        found.add("noindex")
    if is_truncated:
        found.add("truncated")
    return frozenset(found)
