"""A prompt version and values become the messages of a request. Pure and deterministic."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Protocol

from prospects.prompts.documents import delimited
from prospects.prompts.errors import WrongValues
from prospects.prompts.template import DOCUMENTS, fill, names


class VersionLike(Protocol):
    """What rendering needs of a PromptVersion."""

    system: str
    template: str
    schema: Any


def render(version: VersionLike, **values: Any) -> list[dict[str, str]]:
    """System and user message. `documents` is a sequence of things with `source` and `text`, all else is text.

    The values must be exactly the template's placeholders; raises WrongValues otherwise.
    """
    wanted = names(version.template)
    if wanted != values.keys():
        missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        raise WrongValues(f"The prompt's values don't fit it: missing {missing}, unknown {unknown}.")
    texts = {name: delimited(value) if name == DOCUMENTS else _text(name, value) for name, value in values.items()}
    user = {"role": "user", "content": fill(version.template, texts.__getitem__)}
    return [{"role": "system", "content": version.system}, user] if version.system else [user]


def schema_for(version: VersionLike, keys: Sequence[str]) -> dict[str, Any]:
    """The version's answer schema for these criteria.

    An object of the schema that takes any key (`additionalProperties` is a schema) gets exactly `keys`, all required:
    strict structured output knows no open objects, and so the model must judge every criterion once.
    """
    schema: dict[str, Any] = deepcopy(version.schema)
    for part in schema.get("properties", {}).values():
        any_key = part.get("additionalProperties")
        if isinstance(any_key, Mapping):
            part |= {
                "properties": dict.fromkeys(keys, any_key),
                "required": list(keys),
                "additionalProperties": False,
            }
    return schema


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValues(f"The value of {{{{ {name} }}}} must be text.")
    return value
