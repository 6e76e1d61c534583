"""Markup that costs its reader more than it is worth, told before it is parsed. Pure.

Measured of lexbor (2 cores): nested tags are quadratic (4,000 open divs 34 ms, 20,000 1.05 s), so are attributes of one
tag (4,000: 26 ms, 16,000: 0.66 s), and formatting elements left open are repeated in each paragraph after them
(12 kB of <b id=…> and <p> made 812,000 nodes, 306 MB). An exact scan costs 0.8 ms on 38 kB, so a page is scanned only
if cheap bounds don't clear it: 1,000 tags, 60 formatting tags with attributes, or a tag that may go on for long.
"""

import re
from collections import Counter

from prospects.pages.errors import Unparsable

MOST_OPEN, MOST_ATTRIBUTES, MOST_REPEATS = 2000, 1000, 200_000
_FEW_BRACKETS, _FEW_BREAKS, _FEW_FORMATS, _LIKE = 2000, 8, 60, 3
# A tag's attributes go on for 2,000 characters without ">", or have it in quotes.
_LONG = re.compile(r"<[a-zA-Z][^>]{2000}")
# Formatting tags with attributes: like ones without are repeated three times at most. <a> ends the one before.
_FORMAT = re.compile(r"<[biuseftcnBIUSEFTCN](?:m|ont|t|ig|ode|mall|trike|trong|obr)?[\s/]", re.IGNORECASE)
_BREAK = re.compile(r"=\s*+(?:\"[^\">]*+>|'[^'>]*+>)([^>]{2000})?")
# As the HTML standard's tokenizer reads it (13.2.5), except that CDATA isn't told apart.
_ATTRIBUTE = r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_ATTRIBUTES = rf"(?:[\s/]++|{_ATTRIBUTE})*+"
_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes"
_TOKEN = re.compile(
    rf"<(?:!--.*?(?:-->|\Z)|(?P<raw>{_RAW})(?=[\s/>])(?P<raw_says>{_ATTRIBUTES})>.*?(?:</(?P=raw)|\Z)"
    rf"|(?P<closes>/?)(?P<tag>[a-z][^\s/>]*+)(?P<says>{_ATTRIBUTES}))",
    re.IGNORECASE | re.DOTALL,
)
_EACH = re.compile(_ATTRIBUTE, re.DOTALL)
# Hold nothing, or end by themselves before the next of their kind.
_UNCOUNTED = re.compile(
    r"(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|option|dt|dd|thead|tbody|tfoot"
    r"|colgroup|rt|rp|optgroup|html|head|body|path|circle|rect|line|polygon|use)?\Z"
)
_FORMATS = re.compile(r"(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\Z")


def check(html: str) -> None:
    """Raises Unparsable hostile_markup."""
    if html.count("<") > _FEW_BRACKETS or len(_FORMAT.findall(html)) > _FEW_FORMATS or _may_go_on(html):
        _scan(html)


def _may_go_on(html: str) -> bool:
    breaks = _BREAK.findall(html)
    return len(breaks) >= _FEW_BREAKS or any(breaks) or _LONG.search(html) is not None


def _scan(html: str) -> None:
    tags, formats = _Open(), _Formats()
    for token in _TOKEN.finditer(html):
        says = token["says"] or token["raw_says"] or ""
        if len(says) > MOST_ATTRIBUTES and len(_EACH.findall(says)) > MOST_ATTRIBUTES:
            raise _refusal(f"a tag has more than {MOST_ATTRIBUTES:,} attributes")
        tag, closes = (token["tag"] or "").lower(), bool(token["closes"])
        tags.see(tag, closes=closes)
        formats.see(tag, says, closes=closes)


class _Open:
    """How many tags are open, at most: what closes none is not counted."""

    def __init__(self) -> None:
        self._by_tag: Counter[str] = Counter()
        self._total = 0

    def see(self, tag: str, *, closes: bool) -> None:
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
        self._open: list[tuple[str, str]] = []
        self._repeats = 0

    def see(self, tag: str, says: str, *, closes: bool) -> None:
        """Raises Unparsable."""
        if not _FORMATS.match(tag):
            self._repeat()
            return
        if closes or tag == "a":
            self._close(tag)
        if not closes and self._open.count((tag, says)) < _LIKE:
            self._open.append((tag, says))
            self._repeat()

    def _repeat(self) -> None:
        self._repeats += len(self._open)
        if self._repeats > MOST_REPEATS:
            raise _refusal("its formatting tags are left open and repeated too often")

    def _close(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place]
                return


def _refusal(why: str) -> Unparsable:
    return Unparsable("hostile_markup", f"The page's markup would take too long to read: {why}.")
