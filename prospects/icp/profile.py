"""An ideal customer profile: who the team wants to sell to, as weighted criteria. Pure.

`to_json` is what a version stores; `content_hash` is the same for the same content, however the file was formatted.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from prospects.icp.criteria import Criterion, Persona
from prospects.icp.errors import InvalidProfile, UnreadableProfile
from prospects.icp.reading import Reader, read_criteria, read_personas, read_profile_keys

MAX_TITLE = 200
MAX_DESCRIPTION = 4000
MAX_FILE = 200_000


@dataclass(frozen=True)
class Profile:
    """A valid profile: at least one criterion, distinct keys and labels, a total weight above 0."""

    title: str
    description: str = ""
    criteria: tuple[Criterion, ...] = ()
    personas: tuple[Persona, ...] = ()

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that a table of these keys describes. InvalidProfile names every mistake in it."""
        reader = Reader()
        read_profile_keys(reader, content)
        title = reader.text(content.get("title"), where="The title", limit=MAX_TITLE)
        if not title:
            reader.problems.append("The profile has no title: add a line like title = “Food manufacturers”.")
        profile = cls(
            title=title,
            description=reader.text(content.get("description"), where="The description", limit=MAX_DESCRIPTION),
            criteria=read_criteria(reader, content.get("criteria")),
            personas=read_personas(reader, content.get("personas")),
        )
        if reader.problems:
            raise InvalidProfile(reader.problems)
        return profile

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "description": self.description,
            "criteria": [criterion.to_json() for criterion in self.criteria],
            "personas": [persona.to_json() for persona in self.personas],
        }

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hex digits."""
        canonical = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def total_weight(self) -> int:
        return sum(criterion.weight for criterion in self.criteria)


def parse_toml(text: str | bytes) -> Profile:
    """The profile in a TOML file. UnreadableProfile or InvalidProfile say what to correct."""
    if len(text) > MAX_FILE:
        raise UnreadableProfile(f"The profile is larger than {MAX_FILE // 1000} kB; it should be a page of text.")
    try:
        content = tomllib.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise UnreadableProfile("The profile is not UTF-8 text; save it as UTF-8 and try again.") from error
    except (ValueError, RecursionError) as error:
        # Not only a TOMLDecodeError: Python refuses a whole number of thousands of digits by a plain ValueError.
        raise UnreadableProfile(f"The profile is not valid TOML: {error}.") from error
    if not content:
        raise InvalidProfile(["The profile is empty: it needs a title and at least one [[criteria]] table."])
    return Profile.from_json(content)
