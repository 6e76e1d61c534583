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
    # Those of one row are one object, so that few are compared.
    alike: dict[int, tuple[Entry, list[str]]] = {}
    for name, entry in provenance.items():
        alike.setdefault(id(entry), (entry, []))[1].append(name)
    groups: list[tuple[Entry, list[str]]] = []
    for entry, fields in alike.values():
        same = next((known for known in groups if known[0] == entry), None)
        if same is None:
            groups.append((entry, fields))
        else:
            same[1].extend(fields)
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
        return _packed(orjson.dumps(provenance))
    return _alike(orjson.dumps(next(iter(provenance.values()))), tuple(provenance))


def from_json(text: str) -> Provenance:
    """The opposite of `as_json`; the entries are others' too, and stay as they are."""
    return dict(_unpacked(text))


@lru_cache(maxsize=4096)
def _alike(entry: bytes, fields: tuple[str, ...]) -> str:
    return orjson.dumps([{**orjson.loads(entry), "fields": fields}]).decode()


@lru_cache(maxsize=4096)
def _packed(provenance: bytes) -> str:
    return orjson.dumps(packed(orjson.loads(provenance))).decode()


@lru_cache(maxsize=4096)
def _unpacked(text: str) -> Provenance:
    return unpacked(orjson.loads(text))
