"""What extraction is asked, and what it finds. Pure."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from prospects.extraction.fields import ALL_FIELDS

METHODS = ("json_ld", "microdata", "rdfa", "open_graph", "link", "text", "title", "llm", "search")


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """Whom values are looked for, as far as it is known, and which. `domain` is registrable, `country` ISO alpha-2."""

    domain: str = ""
    name: str = ""
    country: str = ""
    fields: frozenset[str] = ALL_FIELDS


class Found(NamedTuple):
    """A value on one page: the document's `text[start:end]` is its quote. `confidence` is 0-100.

    `extra` is, of people: title, email, phone; of addresses and locations: the parts, as the fields are named; of
    social profiles: platform.
    """

    field: str
    value: str
    confidence: int
    method: str
    start: int
    end: int
    extra: Mapping[str, str] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A value of a company, over its site's pages. `key` is it folded: values with the same key are one.

    `rank` counts from 0, the best of its field. The quote is `start` to `end` of the text `text_hash`; all three are
    None where no page that was read says it (method search).
    """

    field: str
    value: str
    key: str
    confidence: int
    method: str
    url: str
    found_at: datetime
    text_hash: UUID | None = None
    start: int | None = None
    end: int | None = None
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rank: int = 0
