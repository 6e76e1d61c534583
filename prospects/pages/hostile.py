"""Markup that costs its reader more than it is worth, told before it is parsed. Pure.

Measured of lexbor (2 cores): nested tags are quadratic (4,000 open divs 34 ms, 20,000 1.05 s), so are attributes of one
tag (4,000: 26 ms, 16,000: 0.66 s), and formatting elements left open are repeated in each paragraph after them
(12 kB of <b id=…> and <p> made 812,000 nodes, 306 MB). An exact scan costs 0.8 ms on 38 kB, so a page is scanned only
if cheap bounds don't clear it: 2,000 brackets, 60 formatting tags with attributes, or a tag that may go on for long.
"""

import re
from collections import Counter

from prospects.pages.errors import Unparsable

MOST_OPEN, MOST_ATTRIBUTES, MOST_REPEATS = 2000, 1000, 200_000
_FEW_BRACKETS, _FEW_BREAKS, _FEW_FORMATS, _LIKE = 2000, 8, 60, 3
# Case is spelled out: re searches for "<" alone then, and with IGNORECASE would look at every character.
# A tag's attributes go on for 2,000 characters without ">", or it is a formatting tag with attributes: like ones
# without are repeated three times at most, and <a> ends the one before.
_LONG_OR_FORMAT = re.compile(
    rb"<(?:([a-zA-Z][^>]{2000})|[biuseftcnBIUSEFTCN](?:[mM]|[oO][nN][tT]|[tT]|[iI][gG]|[oO][dD][eE]|[mM][aA][lL][lL]"
    rb"|[tT][rR][iI][kK][eE]|[tT][rR][oO][nN][gG]|[oO][bB][rR])?[\s/])"
)
# A quoted attribute has ">" in it, so that the tag may go on.
_BREAK = re.compile(rb"=\s*+(?:\"[^\">]*+>|'[^'>]*+>)([^>]{2000})?")
# As the HTML standard's tokenizer reads it (13.2.5), except that CDATA isn't told apart.
_ATTRIBUTE = rb"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_ATTRIBUTES = rb"(?:[\s/]++|" + _ATTRIBUTE + rb")*+"
_RAW = rb"script|style|textarea|title|xmp|iframe|noembed|noframes"
_TOKEN = re.compile(
    rb"<(?:!--.*?(?:-->|\Z)|(?P<raw>%b)(?=[\s/>])(?P<raw_says>%b)>.*?(?:</(?P=raw)|\Z)"
    rb"|(?P<closes>/?)(?P<tag>[a-z][^\s/>]*+)(?P<says>%b))" % (_RAW, _ATTRIBUTES, _ATTRIBUTES),
    re.IGNORECASE | re.DOTALL,
)
_EACH = re.compile(_ATTRIBUTE, re.DOTALL)
# Hold nothing, or end by themselves before the next of their kind.
_UNCOUNTED = re.compile(
    rb"(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|option|dt|dd|thead|tbody|tfoot"
    rb"|colgroup|rt|rp|optgroup|html|head|body|path|circle|rect|line|polygon|use)?\Z"
)
_FORMATS = re.compile(rb"(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\Z")


def check(html: bytes) -> None:
    """Of markup in UTF-8. Raises Unparsable hostile_markup."""
    if html.count(b"<") > _FEW_BRACKETS or _is_long_or_formatted(html) or _may_go_on(html):
        _scan(html)


def _is_long_or_formatted(html: bytes) -> bool:
    found = _LONG_OR_FORMAT.findall(html)
    return len(found) > _FEW_FORMATS or any(found)


def _may_go_on(html: bytes) -> bool:
    breaks = _BREAK.findall(html)
    return len(breaks) >= _FEW_BREAKS or any(breaks)


def _scan(html: bytes) -> None:
    tags, formats = _Open(), _Formats()
    for token in _TOKEN.finditer(html):
        says = token["says"] or token["raw_says"] or b""
        if len(says) > MOST_ATTRIBUTES and len(_EACH.findall(says)) > MOST_ATTRIBUTES:
            raise _refusal(f"a tag has more than {MOST_ATTRIBUTES:,} attributes")
        tag, closes = (token["tag"] or b"").lower(), bool(token["closes"])
        tags.see(tag, closes=closes)
        formats.see(tag, says, closes=closes)


class _Open:
    """How many tags are open, at most: what closes none is not counted."""

    def __init__(self) -> None:
        self._by_tag: Counter[bytes] = Counter()
        self._total = 0

    def see(self, tag: bytes, *, closes: bool) -> None:
        """Raises Unparsable."""
        if _UNCOUNTED.match(tag):
            return
        step = -min(1, self._by_tag[tag]) if closes else 1
        self._by_tag[tag] += step
        self._total += step
        if self._total > MOST_OPEN:
            raise _refusal(f"more than {MOST_OPEN:,} tags are open at once")


class _Formats:
    """Formatting elements that are open, each repeated in whatever begins then; of like ones three (13.2.4.3)."""

    def __init__(self) -> None:
        self._open: list[tuple[bytes, bytes]] = []
        self._repeats = 0

    def see(self, tag: bytes, says: bytes, *, closes: bool) -> None:
        """Raises Unparsable."""
        if not _FORMATS.match(tag):
            self._repeat()
            return
        if closes or tag == b"a":
            self._close(tag)
        if not closes and self._open.count((tag, says)) < _LIKE:
            self._open.append((tag, says))
            self._repeat()

    def _repeat(self) -> None:
        self._repeats += len(self._open)
        if self._repeats > MOST_REPEATS:
            raise _refusal("its formatting tags are left open and repeated too often")

    def _close(self, tag: bytes) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place]
                return


def _refusal(why: str) -> Unparsable:
    return Unparsable("hostile_markup", f"The page's markup would take too long to read: {why}.")
