"""Answers that follow a request's JSON schema, deterministic from the request's bytes.

Quotes are cut verbatim from the documents in the request, so that what verifies them is really tried.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

# As prospects.prompts delimits them: <document-NONCE …>text</document-NONCE>.
DOCUMENT = re.compile(r"<document-([0-9a-f]+)\b[^>]*>\n(.*?)\n</document-\1>", re.DOTALL)
NOTES = (
    "Stated plainly in what the company says of itself.",
    "Follows from the facts in the list.",
    "The documents point this way, without saying so outright.",
    "Nothing in the documents speaks of this.",
)
REASONINGS = (
    "The company matches the profile in its trade and size; what is missing is evidence on the rest.",
    "Its market and place fit, yet several indicators can't be found in the documents.",
    "Little in the documents supports a match, and one requirement is contradicted.",
)
RECOMMENDATIONS = (
    "Contact now: ask for the head of operations and open with their current expansion.",
    "Research further before a call: confirm the size and the missing indicators.",
    "Leave it for now and look again when there is news.",
)
WORDS = ("operations", "logistics", "growth", "compliance", "regional", "platform", "quality", "supply")


class Dice:
    """Small deterministic numbers from a request's digest."""

    __slots__ = ("_state",)

    def __init__(self, digest: bytes) -> None:
        self._state = int.from_bytes(digest[:8], "big") | 1

    def below(self, n: int) -> int:
        # Knuth's MMIX generator; its high bits are the good ones.
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self._state >> 33) % n


class Scene:
    """What one answer is made from: the dice and the quotable pieces of the request's documents."""

    __slots__ = ("dice", "invents", "quotes")

    def __init__(self, *, digest: bytes, quotes: Sequence[str], invents: bool = False) -> None:
        self.dice = Dice(digest)
        self.quotes = quotes
        self.invents = invents

    def quote(self) -> str | None:
        if self.invents:
            return f"We serve {self.dice.below(90_000)} delighted customers on {self.dice.below(9)} moons."
        return self.quotes[self.dice.below(len(self.quotes))] if self.quotes else None


Maker = Callable[[Scene], Any]


def quotable(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Up to 40 verbatim pieces (whole words, at most 160 characters) of the documents in the user's messages."""
    text = "\n".join(m["content"] for m in messages if m.get("role") == "user" and isinstance(m.get("content"), str))
    documents = [match.group(2) for match in DOCUMENT.finditer(text)] or [text]
    lines = (line.strip() for document in documents for line in document.split("\n"))
    return [_piece(line) for line in lines if len(line) >= 3][:40]


def _piece(line: str) -> str:
    """The line, or its first whole words."""
    return line if len(line) <= 160 else line[:160].rpartition(" ")[0] or line[:160]


def answer(schema: Mapping[str, Any], scene: Scene) -> Any:
    """A value that satisfies `schema` (the subset that strict structured output allows)."""
    return _compiled(orjson.dumps(schema))(scene)


@functools.lru_cache(maxsize=256)
def _compiled(schema: bytes) -> Maker:
    root = orjson.loads(schema)
    return _maker(root, definitions=root.get("$defs", {}), name="")


def _maker(schema: Mapping[str, Any], *, definitions: Mapping[str, Any], name: str) -> Maker:
    if "$ref" in schema:
        return _maker(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions=definitions, name=name)
    if "anyOf" in schema:
        chosen = next((option for option in schema["anyOf"] if option.get("type") != "null"), schema["anyOf"][0])
        return _maker(chosen, definitions=definitions, name=name)
    if "enum" in schema:
        return _one_of([value for value in schema["enum"] if value is not None])
    kinds = schema.get("type", "string")
    kind = next(k for k in ([kinds] if isinstance(kinds, str) else kinds) if k != "null")
    match kind:
        case "object":
            return _object(schema, definitions)
        case "array":
            item = _maker(schema.get("items", {}), definitions=definitions, name=name)
            least, most = schema.get("minItems", 1), schema.get("maxItems", 3)
            return lambda scene: [item(scene) for _ in range(least + scene.dice.below(max(1, most - least + 1)))]
        case "boolean":
            return lambda scene: scene.dice.below(2) == 1
        case "integer" | "number":
            return _number(schema, is_whole=kind == "integer")
    return _text(name)


def _object(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Maker:
    properties = schema.get("properties", {})
    makers = {name: _maker(part, definitions=definitions, name=name) for name, part in properties.items()}
    if {"outcome", "quote"} <= makers.keys():
        return lambda scene: _verdict(makers, scene)
    return lambda scene: {name: maker(scene) for name, maker in makers.items()}


def _verdict(makers: Mapping[str, Maker], scene: Scene) -> dict[str, Any]:
    """Outcome and quote agree: six in ten are met, two unmet, two unknown; only the unknown have no quote."""
    verdict = {name: maker(scene) for name, maker in makers.items()}
    roll = scene.dice.below(10)
    quote = scene.quote() if roll < 8 else None
    verdict["quote"] = quote
    verdict["outcome"] = "unknown" if quote is None else "met" if roll < 6 else "unmet"
    verdict["confidence"] = 0.2 if quote is None else round(0.6 + scene.dice.below(40) / 100, 2)
    verdict["note"] = NOTES[3] if quote is None else NOTES[roll % 3]
    return verdict


def _one_of(values: Sequence[Any]) -> Maker:
    return lambda scene: values[scene.dice.below(len(values))]


def _number(schema: Mapping[str, Any], *, is_whole: bool) -> Maker:
    low, high = schema.get("minimum", 0), schema.get("maximum", 100 if is_whole else 1)
    if is_whole:
        return lambda scene: low + scene.dice.below(high - low + 1)
    return lambda scene: round(low + (high - low) * scene.dice.below(101) / 100, 2)


def _text(name: str) -> Maker:
    match name:
        case "quote":
            return lambda scene: scene.quote()
        case "reasoning":
            return _one_of(REASONINGS)
        case "recommendation":
            return _one_of(RECOMMENDATIONS)
    return lambda scene: f"{WORDS[scene.dice.below(len(WORDS))]} {WORDS[scene.dice.below(len(WORDS))]}".capitalize()
