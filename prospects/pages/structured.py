"""Microdata, RDFa and microformats, shaped like JSON-LD. Pure.

https://html.spec.whatwg.org/multipage/microdata.html, https://www.w3.org/TR/rdfa-lite/,
http://microformats.org/wiki/h-card (and its elder hCard, whose class names are mapped to schema.org's).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from prospects.pages.marked import Marked
from prospects.pages.urls import resolve
from prospects.pages.visible import clean

_MOST_ITEMS, _MOST_PROPERTIES, _DEEPEST, _MOST_TEXT = 50, 60, 8, 500
_SOURCES = {"a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "iframe": "src"}
_NAMED = {"meta": "content", "data": "value", "meter": "value", "time": "datetime"}
# Classes of h-card, h-adr, vcard and adr, and what schema.org calls it.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("p-name", "fn"), "name"),
    **dict.fromkeys(("p-tel", "tel", "u-tel"), "telephone"),
    **dict.fromkeys(("u-email", "p-email", "email"), "email"),
    **dict.fromkeys(("u-url", "url"), "url"),
    **dict.fromkeys(("p-org", "org", "h-org", "organization-name"), "worksFor"),
    **dict.fromkeys(("p-job-title", "p-role", "role", "title"), "jobTitle"),
    **dict.fromkeys(("p-street-address", "street-address"), "streetAddress"),
    **dict.fromkeys(("p-locality", "locality"), "addressLocality"),
    **dict.fromkeys(("p-region", "region"), "addressRegion"),
    **dict.fromkeys(("p-postal-code", "postal-code"), "postalCode"),
    **dict.fromkeys(("p-country-name", "country-name"), "addressCountry"),
    **dict.fromkeys(("p-adr", "adr"), "address"),
    **dict.fromkeys(("p-note", "note"), "description"),
}
_CARDS = {"h-card": "Organization", "vcard": "Organization", "h-adr": "PostalAddress", "adr": "PostalAddress"}
Item = dict[str, Any]


def items(tree: LexborHTMLParser, marked: Marked, *, base: str) -> Iterator[Item]:
    """Those that stand in no other, of each syntax in turn."""
    if marked.microdata:
        yield from _found(marked.microdata, _Reader("itemprop", "itemscope", _item_type, base), "microdata")
    if marked.rdfa:
        yield from _found(marked.rdfa, _Reader("property", "typeof", _rdfa_type, base), "rdfa")
    yield from _cards(tree, base=base)


class _Reader:
    """Reads an item of attributes: `name` names its properties, `scope` makes items of them."""

    def __init__(self, name: str, scope: str, type_of: Callable[[Mapping[str, str | None]], str], base: str) -> None:
        self._name, self._scope, self._type_of, self._base = name, scope, type_of, base
        self._left = _MOST_ITEMS * _MOST_PROPERTIES

    def item(self, node: LexborNode, *, depth: int = 0) -> Item:
        item: Item = {"@type": self._type_of(node.attributes)}
        self._fill(item, node, depth=depth)
        return item

    def _fill(self, item: Item, root: LexborNode, *, depth: int) -> None:
        """From what stands in `root`, less what stands in items of its own."""
        node = root.first_child
        level: list[LexborNode] = []
        while self._left > 0:
            if node is None:
                if not level:
                    return
                node = level.pop().next
                continue
            self._left -= 1
            attributes = node.attributes if node.is_element_node else {}
            is_item = self._scope in attributes
            if name := attributes.get(self._name):
                value = self._value(node, attributes, is_item=is_item, depth=depth)
                for each in name.split()[:3]:
                    add(item, each.rpartition("/")[2].rpartition(":")[2], value)
            if is_item:
                node = node.next
            else:
                level.append(node)
                node = node.first_child

    def _value(self, node: LexborNode, attributes: Mapping[str, str | None], *, is_item: bool, depth: int) -> Any:
        if is_item and depth < _DEEPEST:
            return self.item(node, depth=depth + 1)
        return value_of(node, attributes, base=self._base)


def value_of(node: LexborNode, attributes: Mapping[str, str | None], *, base: str) -> str:
    """As microdata has it: links by their address, others by attribute or text."""
    if content := attributes.get("content"):
        return clean(content)[:_MOST_TEXT]
    tag = node.tag or ""
    if source := _SOURCES.get(tag):
        href = attributes.get(source) or ""
        if href.lower().startswith(("mailto:", "tel:")):
            return clean(href)[:_MOST_TEXT]
        return clean(resolve(href, base=base))[:_MOST_TEXT]
    return clean(attributes.get(_NAMED.get(tag, "")) or node.text(separator=" "))[:_MOST_TEXT]


def add(item: Item, name: str, value: Any) -> None:
    """A property said twice is a list."""
    if not value or not name or name.startswith("@") or len(item) > _MOST_PROPERTIES:
        return
    if name not in item:
        item[name] = value
    elif isinstance(item[name], list):
        if len(item[name]) < _MOST_PROPERTIES:
            item[name].append(value)
    elif item[name] != value:
        item[name] = [item[name], value]


def _found(nodes: Sequence[LexborNode], reader: _Reader, syntax: str) -> Iterator[Item]:
    for node in nodes[:_MOST_ITEMS]:
        item = reader.item(node)
        if len(item) > 1:
            yield {"@syntax": syntax, **item}


def _item_type(attributes: Mapping[str, str | None]) -> str:
    return _last(attributes.get("itemtype"))


def _rdfa_type(attributes: Mapping[str, str | None]) -> str:
    return _last(attributes.get("typeof")).rpartition(":")[2]


def _last(types: str | None) -> str:
    """The first type's name, without its vocabulary."""
    first = (types or "").split()[:1]
    return first[0].rstrip("/").rpartition("/")[2].rpartition("#")[2][:60] if first else ""


def _cards(tree: LexborHTMLParser, *, base: str) -> Iterator[Item]:
    within: set[int] = set()
    for node in tree.css(".h-card,.vcard,.h-adr,.adr")[:_MOST_ITEMS]:
        if node.mem_id in within:
            continue
        card = _card(node, within, base=base)
        if len(card) > 1:
            yield {"@syntax": "microformat", **card}


def _card(root: LexborNode, within: set[int], *, base: str) -> Item:
    """With its address as an item in it; a card of a person has a name and an organisation or a title."""
    classes = (root.attributes.get("class") or "").split()
    card: Item = {"@type": next((_CARDS[name] for name in classes if name in _CARDS), "")}
    address: Item = {"@type": "PostalAddress"}
    for node in root.css("[class]")[: _MOST_ITEMS * 4]:
        within.add(node.mem_id)
        for name in (node.attributes.get("class") or "").split():
            if (said := _CLASSES.get(name)) and node.mem_id != root.mem_id and said != "address":
                part_of = (
                    address
                    if said.startswith(("address", "street", "postal")) and card["@type"] != "PostalAddress"
                    else card
                )
                add(part_of, said, value_of(node, node.attributes, base=base))
    if len(address) > 1:
        card["address"] = address
    if card["@type"] == "Organization" and "name" in card and ("jobTitle" in card or "worksFor" in card):
        card["@type"] = "Person"
    return card
