"""What readers see of a page, as lines of text, and which spans of it markup holds together. Pure.

Blocks are parted by a line break, cells of a table by a tab, all else by single spaces, whatever the source had there.
What is hidden isn't seen: [hidden], display: none, visibility: hidden, nor characters without width.
"""

import re
from collections.abc import Collection
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
# Those of them that str.isprintable doesn't tell.
_UNSEEN_MARKS = re.compile("[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
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
# By what an element does and the gap so far: the gap as it begins.
_BEFORE = (
    (0, _APART, _SPACE, _TAB, _LINE),
    (0, _SPACE, _SPACE, _TAB, _LINE),
    *(tuple(max(does, gap) for gap in range(_LINE + 1)) for does in (_SPACE, _TAB, _LINE)),
)


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


def visible_text(tree: LexborHTMLParser, *, hidden: Collection[int]) -> Visible:
    """Of the body, without what stands in nodes of these ids."""
    if tree.body is None:
        return Visible("", (), False)
    walk = _Walk(hidden)
    walk.read(tree.body)
    return Visible("".join(walk.parts), _kept(walk.blocks), walk.is_full)


def seen(text: str) -> str:
    """Without what has no width or turns the direction of writing: a name in it would read as another."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def clean(text: str) -> str:
    """In one line, with single spaces, without what has no width."""
    text = text.strip()
    if text.isprintable() and "  " not in text and (text.isascii() or not _UNSEEN_MARKS.search(text)):
        return text
    text = seen(text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(text.split())


def _kept(blocks: list[Block]) -> tuple[Block, ...]:
    """The scarce kinds before lists and paragraphs, if they are too many."""
    if len(blocks) > MOST_BLOCKS:
        blocks = sorted(blocks, key=lambda block: block.kind not in _SCARCE)[:MOST_BLOCKS]
    return tuple(sorted(blocks, key=lambda block: (block.start, -block.end, block.kind)))


# Of an element that makes a block: its kind, its classes, and where its text begins.
_Mark = tuple[str, str, int, int]


class _Walk:
    """A depth-first walk with a stack of its own: 2,000 levels would be too deep for Python's."""

    __slots__ = ("_hidden", "_length", "blocks", "is_full", "parts")

    def __init__(self, hidden: Collection[int]) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.is_full = False
        self._length = 0
        self._hidden = hidden

    def read(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, int, _Mark | None]] = []
        node = root.first_child
        gap, hidden, does_what = 0, self._hidden, _DOES.get
        while not self.is_full:
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
            does = does_what(node.tag_id, 0)
            if does == _SAYS:
                gap = self._say(node.text_content or "", gap)
                node = node.next
            elif does == _SKIPS or (hidden and node.mem_id in hidden):
                node = node.next
            else:
                gap = _BEFORE[does][gap]
                stack.append((node, does, self._begun(node) if does > _APART else None))
                node = node.first_child
        for mark in [mark for _, _, mark in reversed(stack) if mark is not None]:
            self._end(mark)

    def _begun(self, node: LexborNode) -> _Mark | None:
        kind, classes = _RECORD_IDS.get(node.tag_id, ""), node.attributes.get("class")
        if classes:
            told, classes = _told(classes)
            kind = kind or told
        return (kind, classes or "", len(self.parts), self._length) if kind else None

    def _end(self, mark: _Mark) -> None:
        kind, classes, part, length = mark
        if len(self.parts) > part:
            start = length + (self.parts[part][0] in " \t\n")
            self.blocks.append(Block(kind, start, self._length, classes))

    def _say(self, text: str, gap: int) -> int:
        """Which gap comes after it."""
        words = clean(text)
        if not words:
            return max(gap, _SPACE) if text else gap
        if self.parts:
            if gap < _SPACE and text[0].isspace():
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
