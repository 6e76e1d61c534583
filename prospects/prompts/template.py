"""Templates: text with `{{ name }}` placeholders, checked when they are saved. Pure.

Each name has a kind by convention: `documents` is data from outside and gets delimiters; all others are texts of ours.
"""

import re
from collections.abc import Callable, Iterable

from prospects.prompts.errors import InvalidPrompt

DOCUMENTS = "documents"
PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
MAX_TEMPLATE = 50_000

# What the callers of the built-in prompts give; a version that asks for anything else could never be rendered.
VALUES: dict[str, frozenset[str]] = {
    "qualify": frozenset({"profile", "criteria", DOCUMENTS}),
    "generate-icp": frozenset({"kinds", DOCUMENTS}),
    "qualify-repair": frozenset({"problem"}),
    "extract-company": frozenset({"site", "fields", DOCUMENTS}),
    "extract-company-repair": frozenset({"problem"}),
}


def names(template: str) -> set[str]:
    return set(PLACEHOLDER.findall(template))


def check(*, prompt: str, system: str, template: str) -> None:
    """Raises InvalidPrompt with the first thing wrong.

    Every value that the prompt is given must be used once and no other may be named: a forgotten {{ documents }}
    would qualify everybody on nothing. The system part is fixed text, the same for all, so that servers can cache it.
    """
    if not template.strip():
        raise InvalidPrompt("The template is empty.")
    if max(len(system), len(template)) > MAX_TEMPLATE:
        raise InvalidPrompt(f"A prompt's parts have at most {MAX_TEMPLATE} characters.")
    if _BRACES.search(system):
        raise InvalidPrompt("The system part can't have placeholders: put them into the template.")
    if stray := _BRACES.search(PLACEHOLDER.sub("", template)):
        raise InvalidPrompt(f"{stray.group()} is no placeholder: write {{{{ name }}}} with a lower-case name.")
    _check_names(prompt, PLACEHOLDER.findall(template))


def _check_names(prompt: str, found: Iterable[str]) -> None:
    listed = list(found)
    wanted = VALUES.get(prompt, frozenset(listed))
    if repeated := {name for name in listed if listed.count(name) > 1}:
        raise InvalidPrompt(f"{_listed(repeated)} may stand in the template only once.")
    if missing := wanted - set(listed):
        raise InvalidPrompt(f"The template lacks {_listed(missing)}.")
    if unknown := set(listed) - wanted:
        raise InvalidPrompt(f"{_listed(unknown)} is not known; this prompt is given {_listed(wanted)}.")


def fill(template: str, value_of: Callable[[str], str]) -> str:
    """The template with its placeholders filled, in one pass: what a value holds is never read as a placeholder."""
    return PLACEHOLDER.sub(lambda match: value_of(match.group(1)), template)


def _listed(found: Iterable[str]) -> str:
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(found))
