"""What a version says, and the built-in ones in `built_in/NAME.toml`."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from prospects.prompts.errors import UnknownPrompt
from prospects.prompts.schemas import check_schema
from prospects.prompts.template import check

BUILT_IN = Path(__file__).parent / "built_in"


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of a version. An empty schema is that of a prompt whose answer another one describes."""

    system: str
    template: str
    schema: dict[str, Any]
    description: str = ""

    @property
    def content_hash(self) -> str:
        """SHA-256 of system, template and schema, 64 hex digits."""
        parts = [self.system, self.template, self.schema]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def check(self, prompt: str) -> None:
        """Raises InvalidPrompt unless it can be rendered for what `prompt` is given, and its schema is strict."""
        check(prompt=prompt, system=self.system, template=self.template)
        if self.schema:
            check_schema(self.schema)


def built_in_names() -> list[str]:
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


@cache
def built_in(name: str) -> Content:
    """The built-in prompt of that name, checked. Raises UnknownPrompt and InvalidPrompt."""
    try:
        table = tomllib.loads((BUILT_IN / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnknownPrompt(f"There is no built-in prompt {name!r}.") from error
    content = Content(
        system=table.get("system", "").strip(),
        template=table["template"].strip(),
        schema=table.get("schema", {}),
        description=table.get("description", ""),
    )
    content.check(name)
    return content
