"""Pages as their readers know them: parsed, as read of the web, and as stored. Pure.

All offsets count characters of `Document.text`. Links and blocks, hundreds a page, are tuples: a frozen dataclass takes
four times as long to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

KINDS = ("home", "about", "contact", "team", "imprint", "pricing", "careers", "product", "news", "other")


class Link(NamedTuple):
    """`url` is absolute, without its fragment."""

    url: str
    text: str = ""
    rel: str = ""


class Block(NamedTuple):
    """A span of a document's text that markup holds together.

    `kind` is address, footer, heading, tr, li or p; `classes` are its element's.
    """

    kind: str
    start: int
    end: int
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """`text` is what readers see (its first `visible_length` characters), then the appendix: what only markup says.

    So every value has offsets. The appendix is at most 64 kB of lines: "title <title>", "meta <name>: <content>",
    "link <rel> <href> | <text>" (mailto, tel, socials and what leads elsewhere), "json-ld: <raw>", "microdata: <json>",
    "script <src>", "inline <literals that a script joins, one with an @>". `hash` is the first 16 bytes of the
    text's SHA-256.
    """

    text: str
    visible_length: int
    hash: UUID
    title: str = ""
    language: str = ""
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """`json_ld` items that are objects have "@at": (start, end), where the script stands that said them.

    `flags` are some of javascript_only, soft_404, parked, noindex and truncated; what is extracted never depends on
    them, nor on `charset`, since neither is read again from a stored text.
    """

    url: str
    document: Document
    links: tuple[Link, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    json_ld: tuple[Any, ...] = ()
    microdata: tuple[Mapping[str, Any], ...] = ()
    blocks: tuple[Block, ...] = ()
    flags: frozenset[str] = frozenset()
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a page came: what its row keeps beside what it says."""

    final_url: str = ""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    redirects: tuple[str, ...] = ()
    byte_count: int = 0
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class PageRead:
    """A visit to a URL, to be stored. `outcome` is one of Page.Outcome.

    `parsed` is None where nothing was read, and for a 304: its page keeps the text that it has.
    """

    url: str
    site: str
    outcome: str
    at: datetime
    code: str = ""
    reason: str = ""
    status: int | None = None
    kind: str = ""
    parsed: ParsedPage | None = None
    transfer: Transfer = field(default_factory=Transfer)
    depth: int = 0


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page in the store, with what a crawl needs to go on from it or to ask whether it has changed.

    `hash` is of the text that it has, read at `text_at`; `fetched_at` is when it was last asked for.
    """

    url: str
    outcome: str
    fetched_at: datetime
    code: str = ""
    hash: UUID | None = None
    etag: str = ""
    last_modified: str = ""
    links: tuple[str, ...] = ()
    kind: str = ""
    depth: int = 0
    title: str = ""
    text_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text in the store: all that is needed to extract from it as when it was fetched."""

    hash: UUID
    text: str
    visible_length: int
    language: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteDocument:
    """The beginning of what a page of a site shows, for prompts: `text`'s offsets are the stored text's."""

    url: str
    kind: str
    as_of: datetime
    text: str
    hash: UUID

    @property
    def source(self) -> str:
        """As evidence names it."""
        return f"page:{self.url}"


class PageSink(Protocol):
    """Where crawls leave what they read."""

    async def write(self, read: PageRead) -> str:
        """Store it; returns once it is committed, with one of Page.Change."""
        ...
