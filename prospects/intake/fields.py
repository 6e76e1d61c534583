"""The fields that a column can be mapped to; the table is in fields.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Field:
    """A target of the mapping. `synonyms` are headers that mean it, folded, in several languages."""

    name: str
    label: str
    synonyms: tuple[str, ...]


def _read() -> tuple[Field, ...]:
    table = tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))
    return tuple(Field(name, entry["label"], tuple(entry["synonyms"])) for name, entry in table.items())


FIELDS = _read()
BY_NAME = {field.name: field for field in FIELDS}
# The file says nothing about which company a row means unless one of these is mapped.
IDENTIFYING = frozenset({"name", "domain", "email", "person_email"})
IGNORED = ""
REASON_HEADER = "assay_reason"
