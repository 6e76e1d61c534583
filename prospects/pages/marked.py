"""Elements that tell something by an attribute that they have. Pure.

They are asked for in one selector: a pass over the tree costs more than the attributes of what it finds.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MARKED = "[hidden],[style],[data-cfemail],[itemscope],[typeof]"
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marked:
    """In the page's order.

    `hidden` are nodes' ids; `protected` hold an address that Cloudflare took out; `microdata` and `rdfa` are items that
    are no property of another.
    """

    hidden: set[int] = field(default_factory=set)
    protected: list[LexborNode] = field(default_factory=list)
    microdata: list[LexborNode] = field(default_factory=list)
    rdfa: list[LexborNode] = field(default_factory=list)


def marked(tree: LexborHTMLParser) -> Marked:
    found = Marked()
    # A node comes once for each attribute that it has of them.
    for key, node in {node.mem_id: node for node in tree.css(_MARKED)}.items():
        attributes = node.attributes
        if "hidden" in attributes or _HIDING.search(attributes.get("style") or ""):
            found.hidden.add(key)
        if "data-cfemail" in attributes:
            found.protected.append(node)
        if "itemscope" in attributes and "itemprop" not in attributes:
            found.microdata.append(node)
        if "typeof" in attributes and "property" not in attributes:
            found.rdfa.append(node)
    # A page that hides itself until a script has run is seen.
    found.hidden.difference_update(node.mem_id for node in (tree.body, tree.root) if node is not None)
    return found
