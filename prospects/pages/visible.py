"""What readers see of a page, as lines of text, and which spans of it markup holds together. Pure.

Blocks are parted by a line break, cells of a table by a tab, all else by single spaces, whatever the source had there.
What is hidden isn't seen: [hidden], display: none, visibility: hidden, nor characters without width.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, create_tag

from prospects.pages.parsed import Block

MOST_CHARACTERS, MOST_BLOCKS, _MOST_CLASSES = 300_000, 500, 100
# Soft hyphens, what has no width, marks of direction, variation selectors and tags: unseen, but read by a model.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Elements that say by their class what they are; the first that fits.
_TELLING = (
    (
        "address",
        re.compile(r"(?<![a-z])(?:h-)?(?:address|adr|vcard|h-card|anschrift|adresse|direccion|indirizzo)", re.I),
    ),
    ("footer", re.compile(r"(?<![a-z])(?:site-?)?footer(?![a-z])", re.I)),
    (
        "li",
        re.compile(
            r"(?<![a-z])(?:team-?)?(?:member|person|staff|employee|people-item|profile-card)(?!s(?:hip)?\b)", re.I
        ),
    ),
)
_RECORDS = {"address": "address", "footer": "footer", "tr": "tr", "li": "li", "p": "p"} | {
    f"h{level}": "heading" for level in range(1, 7)
}
_SCARCE = frozenset({"address", "footer", "heading", "tr"})
# What stands between two texts, the least first; and what a node does that makes no gap. After _APART there is a space
# if an element of its kind begins at once.
_APART, _SPACE, _TAB, _LINE = 1, 2, 3, 4
_SAYS, _SKIPS = -1, -2
_GAPS = ("", "", " ", "\t", "\n")


_SKIPPED = (
    "script style template noscript svg math iframe object canvas audio video select textarea head title datalist map"
)
_LINES = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table caption thead"
    " tbody tfoot tr ul br"
)
# Seen apart from the next of them, as links of a menu are, though nothing stands between.
_PARTED = "a button label span strong b em i time output"
_TEXT_ID = 2  # lexbor's LXB_TAG__TEXT
_DOES = {_TEXT_ID: _SAYS} | {
    create_tag(name).tag_id: does
    for names, does in ((_SKIPPED, _SKIPS), (_LINES, _LINE), ("td th", _TAB), (_PARTED, _APART))
    for name in names.split()
}
_RECORD_IDS = {create_tag(name).tag_id: kind for name, kind in _RECORDS.items()}


@dataclass(frozen=True, slots=True)
class Visible:
    """`blocks` in the order of their beginnings."""

    text: str
    blocks: tuple[Block, ...]
    is_truncated: bool


def visible_text(tree: LexborHTMLParser) -> Visible:
    """Of the body."""
    if tree.body is None:
        return Visible("", (), False)
    walk = _Walk(hidden=_hidden(tree), classes=_classes(tree))
    walk.read(tree.body)
    return Visible("".join(walk.parts), _kept(walk.blocks), walk.is_full)


def clean(text: str) -> str:
    """In one line, with single spaces, without what has no width."""
    if not text.isascii():
        text = _UNSEEN.sub("", text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(text.split())


def _hidden(tree: LexborHTMLParser) -> set[int]:
    hidden = {node.mem_id for node in tree.css("[hidden]")}
    hidden |= {node.mem_id for node in tree.css("[style]") if _HIDING.search(node.attributes["style"] or "")}
    # A page that hides itself until a script has run is seen.
    return hidden - {node.mem_id for node in (tree.body, tree.root) if node is not None}


def _classes(tree: LexborHTMLParser) -> dict[int, str]:
    return {node.mem_id: classes for node in tree.css("[class]") if (classes := node.attributes["class"])}


def _kept(blocks: list[Block]) -> tuple[Block, ...]:
    """The scarce kinds before lists and paragraphs, if they are too many."""
    if len(blocks) > MOST_BLOCKS:
        blocks = sorted(blocks, key=lambda block: block.kind not in _SCARCE)[:MOST_BLOCKS]
    return tuple(sorted(blocks, key=lambda block: (block.start, -block.end, block.kind)))


# Of an element that makes a block: its kind, its classes, and where its text begins.
_Mark = tuple[str, str, int, int]


class _Walk:
    """A depth-first walk with a stack of its own: 2,000 levels would be too deep for Python's."""

    __slots__ = ("_classes", "_hidden", "_length", "blocks", "is_full", "parts")

    def __init__(self, *, hidden: set[int], classes: Mapping[int, str]) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.is_full = False
        self._length = 0
        self._hidden, self._classes = hidden, classes

    def read(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, int, _Mark | None]] = []
        node = root.first_child
        gap, hidden, does_what = 0, self._hidden, _DOES.get
        while True:
            if node is None:
                if not stack:
                    return
                node, does, mark = stack.pop()
                if does > gap:
                    gap = does
                if mark is not None:
                    self._end(mark)
                node = node.next
                continue
            tag = node.tag_id
            does = does_what(tag, 0)
            if does == _SAYS:
                gap = self._say(node.text_content or "", gap)
                node = node.next
            elif does == _SKIPS or self.is_full or (hidden and node.mem_id in hidden):
                node = node.next
            else:
                if does == gap == _APART:
                    gap = _SPACE
                elif does > _APART:
                    gap = max(gap, does)
                stack.append((node, does, self._begun(node, tag) if does > _APART else None))
                node = node.first_child

    def _begun(self, node: LexborNode, tag: int) -> _Mark | None:
        classes = self._classes.get(node.mem_id, "")
        kind = _RECORD_IDS.get(tag)
        if not classes:
            return (kind, "", len(self.parts), self._length) if kind else None
        told, classes = _told(classes)
        return (kind or told, classes, len(self.parts), self._length) if kind or told else None

    def _end(self, mark: _Mark) -> None:
        kind, classes, part, length = mark
        if len(self.parts) > part:
            start = length + (self.parts[part][0] in " \t\n")
            self.blocks.append(Block(kind, start, self._length, classes))

    def _say(self, text: str, gap: int) -> int:
        """Which gap comes after it. Most text has nothing to clean."""
        is_plain = text.isprintable() and text.isascii() and "  " not in text
        words = text.strip(" ") if is_plain else clean(text)
        if not words or self.is_full:
            return max(gap, _SPACE) if text else gap
        if self.parts:
            if text[0].isspace() and gap < _SPACE:
                gap = _SPACE
            words = _GAPS[gap] + words
        self.parts.append(words)
        self._length += len(words)
        self.is_full = self._length > MOST_CHARACTERS
        return _SPACE if text[-1].isspace() else 0


@lru_cache(maxsize=4096)
def _told(classes: str) -> tuple[str, str]:
    """What they say the element is, if they do; and the classes as blocks keep them."""
    kind = next((kind for kind, pattern in _TELLING if pattern.search(classes)), "")
    return kind, clean(classes)[:_MOST_CLASSES]
