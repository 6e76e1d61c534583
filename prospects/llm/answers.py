"""What a completion says: the JSON that was asked for, or why it can't be used. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from prospects.llm.schema import problem

_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_FENCED = re.compile(r"```(?:json)?[ \t\r]*\n(.*?)```", re.DOTALL)
# PostgreSQL stores neither NUL nor lone surrogates, in text or in JSON.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Flaw(StrEnum):
    REFUSAL = "refusal"
    LENGTH = "length"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A paid answer that doesn't say what was asked; `detail` is a sentence."""

    flaw: Flaw
    detail: str


def stored_form(completion: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of a server's completion. Raises KeyError, IndexError or TypeError when it is none."""
    choice = completion["choices"][0]
    message = choice["message"]
    return {
        "id": str(completion.get("id") or ""),
        "model": str(completion.get("model") or ""),
        "content": _storable(_text(message.get("content"))),
        "refusal": _storable(str(message.get("refusal") or "")),
        "finish_reason": str(choice.get("finish_reason") or ""),
    }


def read(response: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any] | Unusable:
    """The answer in a stored response, checked against the schema. A cut-off one that is whole anyway counts."""
    content, finish = response["content"], response["finish_reason"]
    if response["refusal"] or finish == "content_filter":
        return Unusable(Flaw.REFUSAL, response["refusal"] or "The endpoint's content filter withheld the answer.")
    value = parse(content)
    wrong = "it is not a JSON object" if value is None else problem(value, schema)
    if value is not None and wrong is None:
        return value
    if finish == "length":
        return Unusable(Flaw.LENGTH, "The answer was cut off at the output limit.")
    return Unusable(Flaw.GARBAGE, f"The answer doesn't follow the schema: {wrong}.")


def parse(content: str) -> dict[str, Any] | None:
    """The JSON object in a text: the whole of it, a fenced block, or what stands between the outermost braces."""
    text = _without_thoughts(content).strip()
    for candidate in _candidates(text):
        try:
            value = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict):
            return _cleaned(value) if "\\u0000" in candidate else value
    return None


def _without_thoughts(text: str) -> str:
    """In one pass: as a regular expression, thoughts that never end took seconds."""
    kept, at = [], 0
    while (start := text.find(_THOUGHT, at)) >= 0 and (end := text.find(_THOUGHT_END, start)) >= 0:
        kept.append(text[at:start])
        at = end + len(_THOUGHT_END)
    return "".join([*kept, text[at:]])


def _candidates(text: str) -> list[str]:
    if text.startswith("{") and text.endswith("}"):
        return [text]
    fenced = [match.group(1) for match in _FENCED.finditer(text)]
    start, end = text.find("{"), text.rfind("}")
    return [*fenced, text[start : end + 1]] if 0 <= start < end else fenced


def _text(content: Any) -> str:
    """Some servers answer with a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return _storable(value)
        case dict():
            return {_storable(key): _cleaned(part) for key, part in value.items()}
        case list():
            return [_cleaned(part) for part in value]
    return value
