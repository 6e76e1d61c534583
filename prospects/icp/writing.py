"""A profile as a TOML file that reads back as the same profile. Pure."""

import json
from collections.abc import Iterator

from prospects.icp.criteria import Criterion, Persona, criterion_key
from prospects.icp.profile import Profile
from prospects.icp.reading import default_label


def to_toml(profile: Profile) -> str:
    """The file of a profile, for download and for editing by hand."""
    lines = [f"title = {_string(profile.title)}"]
    if profile.description:
        lines.append(f"description = {_string(profile.description)}")
    for criterion in profile.criteria:
        lines += ["", "[[criteria]]", *_criterion(criterion)]
    for persona in profile.personas:
        lines += ["", "[[personas]]", *_persona(persona)]
    return "\n".join(lines) + "\n"


def _criterion(criterion: Criterion) -> Iterator[str]:
    """Without what reading makes of the rest: a label of “50 to 2000” would outlive the bounds it names."""
    yield f"kind = {_string(criterion.kind)}"
    if criterion.key != criterion_key(criterion.kind, criterion.label):
        yield f"key = {_string(criterion.key)}"
    if criterion.label != default_label(criterion):
        yield f"label = {_string(criterion.label)}"
    if criterion.text:
        yield f"text = {_string(criterion.text)}"
    if criterion.any_of:
        yield f"any_of = {_strings(criterion.any_of)}"
    for name, bound in (("min", criterion.min), ("max", criterion.max)):
        if bound is not None:
            yield f"{name} = {bound}"
    yield f"weight = {criterion.weight}"
    if criterion.must:
        yield "must = true"


def _persona(persona: Persona) -> Iterator[str]:
    for name, value in persona.to_json().items():
        if value:
            yield f"{name} = {_strings(value) if isinstance(value, list) else _string(value)}"


def _strings(values: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(map(_string, values))}]"


def _string(value: str) -> str:
    """A basic TOML string; JSON's escapes are a part of TOML's, but TOML wants DEL escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
