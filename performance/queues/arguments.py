"""What a task was called with, as it can be kept and sent again: the JSON that went over the wire. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from kombu.utils.json import dumps, loads

from performance.database.text import storable, storable_json

MOST_BYTES = 64 * 1024
SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Kept:
    """`value` is {"args": […], "kwargs": {…}}, or {"text": …} where that isn't all: it can't be sent again then."""

    value: Mapping[str, Any]
    is_whole: bool


def kept(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Kept:
    """Dates and the like become what kombu writes for them. What is too long or not to be stored is text."""
    try:
        text = dumps({"args": list(args or ()), "kwargs": dict(kwargs or {})})
        value = orjson.loads(text)
    except (TypeError, ValueError, RecursionError):
        return _as_text(args, kwargs)
    if len(text) > MOST_BYTES or storable_json(value) != value:
        return _as_text(args, kwargs)
    return Kept(value, is_whole=True)


def called_with(value: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Of what was kept whole: the arguments as the task was given them."""
    read = cast("dict[str, Any]", loads(json.dumps(dict(value))))
    return list(read["args"]), dict(read["kwargs"])


def shown(value: Mapping[str, Any]) -> str:
    """In a line, as a call would be written; cut where it gets long."""
    if "text" in value:
        return str(value["text"])
    args = [json.dumps(each, ensure_ascii=False) for each in value.get("args", [])]
    args += [f"{name}={json.dumps(each, ensure_ascii=False)}" for name, each in value.get("kwargs", {}).items()]
    text = ", ".join(args)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _as_text(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Kept:
    try:
        text = f"{args!r} {kwargs!r}"
    except Exception as error:  # noqa: BLE001 - as below
        # Somebody's __repr__; the dead letter is worth more than it.
        text = f"unprintable: {type(error).__name__}"
    return Kept({"text": storable(text[:SHOWN_CHARACTERS])}, is_whole=False)
