"""Technologies: what a page loads, its generator, and what it says that the company works with. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading

_FINGERPRINTS = Path(__file__).with_name("fingerprints.toml")
# The names that criteria know; read as the list that it is, since the noun that judges by it stands above this one.
_NAMES = Path(__file__).parent.parent / "qualification" / "rubric" / "technologies.toml"
# Named where a company says what it works with; products that it sells for or integrates with are others'.
_STACK = re.compile(
    r"\b(?:our (?:tech(?:nology)?|technical) ?stack|tech ?stack|technologies we use|built (?:with|on)|powered by"
    r"|we (?:use|work with|run on)|you(?:'ll| will) (?:use|work with)"
    r"|experience (?:with|in)|wir (?:nutzen|verwenden|arbeiten mit|setzen auf)|unser tech-stack|erfahrung (?:mit"
    r"|in)|kenntnisse in|nous utilisons|usamos|utilizamos|trabajamos con|usiamo|utilizziamo|wij (?:gebruiken"
    r"|werken met)|vi (?:använder|bruger|bruker))\b"
)
_STACK_WORDS = frozenset(
    """
    our tech technologies built powered we you experience wir unser erfahrung kenntnisse nous usamos utilizamos
    trabajamos usiamo utilizziamo wij vi
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_WITHIN = 200
_END = re.compile(r"[.!?](?:\s|\Z)|\n\n")


def technologies(reading: Reading) -> Iterator[Found]:
    pattern, products = _addresses()
    for said in (
        *reading.appendix.scripts,
        *(link.line for link in reading.appendix.links if "stylesheet" in link.rel),
    ):
        for match in pattern.finditer(said.text.lower()):
            yield Found(
                "technology", products[match[0]], 88, "link", said.start + match.start(), said.start + match.end()
            )
    if generator := reading.appendix.metas.get("generator"):
        pattern, products = _generators()
        for match in pattern.finditer(generator.text.lower()):
            yield Found(
                "technology",
                products[match[0]],
                90,
                "link",
                generator.start + match.start(),
                generator.start + match.end(),
            )
    yield from _told(reading)


def _told(reading: Reading) -> Iterator[Found]:
    for at in places(reading, _STACK_WORDS):
        stack = _STACK.match(reading.lower, at)
        if stack is None:
            continue
        end = min(stack.end() + _WITHIN, len(reading.visible))
        stop = _END.search(reading.visible, stack.end(), end)
        pattern, products = _named()
        for match in pattern.finditer(reading.visible, stack.end(), stop.start() if stop else end):
            if not reading.is_foreign(match.start()):
                yield Found("technology", products[match[0]], 72, "text", *match.span())


@lru_cache(maxsize=1)
def _addresses() -> tuple[re.Pattern[str], Mapping[str, str]]:
    return _pattern(tomllib.loads(_FINGERPRINTS.read_text(encoding="utf-8"))["addresses"])


@lru_cache(maxsize=1)
def _generators() -> tuple[re.Pattern[str], Mapping[str, str]]:
    return _pattern(tomllib.loads(_FINGERPRINTS.read_text(encoding="utf-8"))["generators"])


@lru_cache(maxsize=1)
def _named() -> tuple[re.Pattern[str], Mapping[str, str]]:
    categories = tomllib.loads(_NAMES.read_text(encoding="utf-8"))["categories"].values()
    products = {name: product[0] for category in categories for product in category["products"] for name in product}
    names = "|".join(re.escape(name) for name in sorted(products, key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{names})(?![\w])"), products


def _pattern(products: Mapping[str, str]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    signs = "|".join(re.escape(sign) for sign in sorted(products, key=len, reverse=True))
    return re.compile(signs), products
