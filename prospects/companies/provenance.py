"""Where each value of a company comes from, {field: entry}, kept short.

A file fills a dozen fields with one entry, which repeated beside each of them was over half of a company's bytes.
Stored is a list of entries, each with the `fields` that it stands beside; readers and writers see {field: entry}.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

Entry = dict[str, Any]
Provenance = dict[str, Entry]


def packed(provenance: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """The entries, each once, with the fields that have it."""
    groups: list[tuple[Entry, list[str]]] = []
    for name, entry in provenance.items():
        fields = next((fields for known, fields in groups if known is entry or known == entry), None)
        if fields is None:
            groups.append((entry, [name]))
        else:
            fields.append(name)
    return [{**entry, "fields": fields} for entry, fields in groups]


def unpacked(groups: list[dict[str, Any]]) -> Provenance:
    """The opposite of `packed`."""
    provenance: Provenance = {}
    for group in groups:
        entry = {name: value for name, value in group.items() if name != "fields"}
        provenance.update(dict.fromkeys(group["fields"], entry))
    return provenance


def as_json(provenance: Provenance) -> str:
    """`packed` as JSON text. Companies that came alike, with one entry beside the same fields, share it."""
    if len(set(map(id, provenance.values()))) != 1:
        return orjson.dumps(packed(provenance)).decode()
    return _alike(orjson.dumps(next(iter(provenance.values()))), tuple(provenance))


@lru_cache(maxsize=4096)
def _alike(entry: bytes, fields: tuple[str, ...]) -> str:
    return orjson.dumps([{**orjson.loads(entry), "fields": fields}]).decode()
