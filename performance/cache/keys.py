"""Keys of cached values: "<pattern>:<rest>". The pattern is what figures are kept by, so it names no thing.

The rest stands for the arguments: as they are where they are short and plain, else as a hash of their content.
"""

import hashlib
import re
from string import Formatter
from typing import Any

from performance.cache import packing

_READABLE = re.compile(r"[\w.@+-]{1,60}")


def key_of(pattern: str, *parts: object) -> str:
    """Equal for equal parts, whatever their length. Raises TypeError for parts that aren't plain values."""
    text = str(parts[0]) if len(parts) == 1 and type(parts[0]) in (str, int) else ""
    # An int and the text of it would else be one key.
    if _READABLE.fullmatch(text):
        return f"{pattern}:{text}" if isinstance(parts[0], int) else f"{pattern}:'{text}"
    return f"{pattern}:{digest(parts)}"


def filled(template: str, arguments: dict[str, Any]) -> str:
    """ "company:{company_id}" with the arguments that it names. What stands before the first of them is the pattern."""
    literal, names = next(((text, name) for text, name, *_ in Formatter().parse(template)), ("", None))
    if names is None:
        return key_of(template.rstrip(":"), *([arguments] if arguments else [0]))
    named = [arguments[name] for _, name, *_ in Formatter().parse(template) if name]
    return key_of(literal.rstrip(":") or "unnamed", *named)


def digest(value: object) -> str:
    """32 hexadecimal digits of a plain value's content; a dict's order doesn't count."""
    return hashlib.blake2b(packing.packed(_ordered(value)), digest_size=16).hexdigest()


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {"dict": sorted((digest(key), _ordered(each)) for key, each in value.items())}
    if isinstance(value, list | tuple):
        return tuple(_ordered(each) for each in value)
    return sorted(digest(each) for each in value) if isinstance(value, set | frozenset) else value
