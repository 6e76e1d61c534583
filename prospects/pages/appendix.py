"""What only markup says of a page, as lines below what is seen, so that each value has its place. Pure.

Written once and read back by the same rules: what is extracted from a stored text is what was extracted at first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from prospects.pages.parsed import Link
from prospects.pages.visible import seen

MOST = 65_536
_NO_REL = "-"


@dataclass(slots=True)
class Appendix:
    """As read back; `canonical` is "" where no link says it."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    json_ld: list[Any] = field(default_factory=list)
    microdata: list[Mapping[str, Any]] = field(default_factory=list)
    canonical: str = ""


def title_line(title: str) -> str:
    return f"title {title}"


def meta_line(name: str, content: str) -> str:
    return f"meta {name}: {content}"


def link_line(link: Link) -> str:
    return f"link {link.rel.replace(' ', ',') or _NO_REL} {link.url} | {link.text}"


def json_ld_line(value: Any) -> str:
    return f"json-ld: {seen(orjson.dumps(value).decode())}"


def microdata_line(item: Mapping[str, Any]) -> str:
    return f"microdata: {orjson.dumps(item).decode()}"


def script_line(src: str) -> str:
    return f"script {src}"


def inline_line(literals: str) -> str:
    return f"inline {literals}"


def written(lines: Iterable[str]) -> str:
    """Those that find room, each after a line break."""
    kept: list[str] = []
    room = MOST
    for line in lines:
        if len(line) < room:
            kept.append("\n" + line)
            room -= len(line) + 1
    return "".join(kept)


def read(text: str, *, start: int) -> Appendix:
    """Of a document's text, from the end of what is seen."""
    appendix = Appendix()
    place = start + 1
    for line in text[place:].split("\n"):
        word, _, says = line.partition(" ")
        if reader := _READERS.get(word):
            begin = place + len(word) + 1
            reader(appendix, says, (begin, begin + len(says)))
        place += len(line) + 1
    return appendix


Span = tuple[int, int]


def _title(appendix: Appendix, says: str, _span: Span) -> None:
    appendix.title = says


def _meta(appendix: Appendix, says: str, _span: Span) -> None:
    name, _, content = says.partition(": ")
    appendix.meta.setdefault(name, content)


def _link(appendix: Appendix, says: str, _span: Span) -> None:
    rel, _, rest = says.partition(" ")
    url, _, text = rest.partition(" | ")
    rel = "" if rel == _NO_REL else rel.replace(",", " ")
    appendix.links.append(Link(url, text, rel))
    if rel == "canonical" and not appendix.canonical:
        appendix.canonical = url


def _json_ld(appendix: Appendix, says: str, span: Span) -> None:
    value = orjson.loads(says)
    for item in value if isinstance(value, list) else [value]:
        appendix.json_ld.append({**item, "@at": span} if isinstance(item, dict) else item)


def _microdata(appendix: Appendix, says: str, span: Span) -> None:
    appendix.microdata.append({**orjson.loads(says), "@at": span})


_READERS: Mapping[str, Callable[[Appendix, str, Span], None]] = {
    "title": _title,
    "meta": _meta,
    "link": _link,
    "json-ld:": _json_ld,
    "microdata:": _microdata,
}
