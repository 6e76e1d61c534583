"""From the tables of a file, a form or an answer to criteria and personas, with a sentence for every mistake. Pure."""

import reprlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from prospects.icp.amounts import LARGEST, describe_range, parse_amount
from prospects.icp.criteria import (
    DEFAULT_WEIGHT,
    LIST_KINDS,
    MAX_WEIGHT,
    RANGE_KINDS,
    Criterion,
    Kind,
    Persona,
    criterion_key,
    slugify,
)

MAX_CRITERIA = 50
MAX_PERSONAS = 20
MAX_VALUES = 100
MAX_VALUE = 200
MAX_TEXT = 500
MAX_LABEL = 80
MAX_KEY = 80
MAX_NAMED = 10

_PROFILE_KEYS = ("title", "description", "criteria", "personas")
_PERSONA_KEYS = ("role", "seniority", "department", "pains", "goals")
_COMMON_KEYS = ("key", "kind", "label", "weight", "must")
_CRITERION_KEYS = (*_COMMON_KEYS, "any_of", "min", "max", "text")


@dataclass
class Reader:
    """Reads tables and gathers problems, so that a person can correct all of them at once."""

    problems: list[str] = field(default_factory=list)

    def text(self, value: object, *, where: str, limit: int) -> str:
        """One line of NFC text with single spaces; "" where absent."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems.append(f"{where} must be text in quotes, not {_shown(value)}.")
            return ""
        line = " ".join("".join(_printable(unicodedata.normalize("NFC", value))).split())
        if len(line) > limit:
            self.problems.append(f"{where} has {len(line):,} characters; at most {limit:,} are allowed.")
        return line[:limit]

    def texts(self, value: object, *, where: str) -> tuple[str, ...]:
        """A list of distinct lines; a lone string counts as a list of one."""
        entries = [value] if isinstance(value, str) else value
        if entries is None:
            return ()
        if not isinstance(entries, Sequence):
            self.problems.append(f"{where} must be a list of texts, not {_shown(value)}.")
            return ()
        if len(entries) > MAX_VALUES:
            self.problems.append(f"{where} has {len(entries):,} entries; at most {MAX_VALUES} are allowed.")
        lines = (self.text(entry, where=f"An entry of {where}", limit=MAX_VALUE) for entry in entries[:MAX_VALUES])
        return tuple({line.casefold(): line for line in lines if line}.values())

    def known_keys(self, table: Mapping[str, Any], known: Sequence[str], *, where: str) -> None:
        unknown = [str(name) for name in table if name not in known]
        for name in unknown[:MAX_NAMED]:
            shown = _shortened(name, MAX_KEY)
            self.problems.append(f"{where} has an unknown key “{shown}”{_suggestion(shown, known)}.")
        if len(unknown) > MAX_NAMED:
            self.problems.append(f"{where} has {len(unknown) - MAX_NAMED:,} more unknown keys.")

    def tables(self, value: object, *, where: str, limit: int) -> Iterable[Mapping[str, Any]]:
        if value is None:
            return []
        if not isinstance(value, Sequence) or not all(isinstance(entry, Mapping) for entry in value):
            self.problems.append(f"{where} must be a list of tables: write [[{where}]] before each.")
            return []
        if len(value) > limit:
            self.problems.append(f"There are {len(value):,} {where}; at most {limit} are allowed.")
        return list(value[:limit])


def read_criteria(reader: Reader, value: object) -> tuple[Criterion, ...]:
    """The criteria with distinct labels and keys. Refuses none at all, and nothing but zero weights."""
    found_before = len(reader.problems)
    tables = reader.tables(value, where="criteria", limit=MAX_CRITERIA)
    read = [_criterion(reader, table, where=f"Criterion {n}") for n, table in enumerate(tables, 1)]
    criteria = tuple(_distinct(criterion for criterion in read if criterion is not None))
    if len(reader.problems) == found_before:
        if not criteria:
            reader.problems.append("The profile has no criteria: add at least one [[criteria]] table with a kind.")
        elif not any(criterion.weight for criterion in criteria):
            reader.problems.append("Every criterion weighs 0, so nothing could be scored: give one a weight above 0.")
    return criteria


def read_personas(reader: Reader, value: object) -> tuple[Persona, ...]:
    personas = []
    for number, table in enumerate(reader.tables(value, where="personas", limit=MAX_PERSONAS), 1):
        where = f"Persona {number}"
        reader.known_keys(table, _PERSONA_KEYS, where=where)
        role, seniority, department = (
            reader.text(table.get(name), where=f"{where}: {name}", limit=MAX_VALUE) for name in _PERSONA_KEYS[:3]
        )
        pains, goals = (reader.texts(table.get(name), where=f"{where}: {name}") for name in _PERSONA_KEYS[3:])
        if not role:
            reader.problems.append(f"{where} has no role: say who it is, like role = “Plant manager”.")
        personas.append(Persona(role, seniority=seniority, department=department, pains=pains, goals=goals))
    return tuple(personas)


def read_profile_keys(reader: Reader, table: Mapping[str, Any]) -> None:
    reader.known_keys(table, _PROFILE_KEYS, where="The profile")


def _criterion(reader: Reader, table: Mapping[str, Any], *, where: str) -> Criterion | None:
    reader.known_keys(table, _CRITERION_KEYS, where=where)
    kind = _kind(reader, table.get("kind"), where=where)
    if kind is None:
        return None
    where = f"{where} ({kind})"
    any_of = reader.texts(table.get("any_of"), where=f"{where}: any_of")
    text = reader.text(table.get("text"), where=f"{where}: text", limit=MAX_TEXT)
    low, high = (_bound(reader, table.get(name), where=f"{where}: {name}") for name in ("min", "max"))
    if low is not None and high is not None and low > high:
        reader.problems.append(f"{where}: min ({low:,}) is above max ({high:,}); swap them.")
    criterion = Criterion(
        key="",
        kind=kind,
        label="",
        weight=_weight(reader, table.get("weight", DEFAULT_WEIGHT), where=where),
        must=_must(reader, table.get("must", False), where=where),
        any_of=any_of,
        min=low,
        max=high,
        text=text,
    )
    _check_shape(reader, table, criterion=criterion, where=where)
    label = reader.text(table.get("label"), where=f"{where}: label", limit=MAX_LABEL) or default_label(criterion)
    return replace(
        criterion, label=label, key=_key(reader, table.get("key"), where=where) or criterion_key(kind, label)
    )


def _key(reader: Reader, value: object, *, where: str) -> str:
    """A given key, which keeps verdicts comparable when a label changes; "" where the label makes one."""
    key = reader.text(value, where=f"{where}: key", limit=MAX_KEY)
    if key and key != slugify(key):
        reader.problems.append(
            f"{where}: key must be lower-case words joined by hyphens, like “{slugify(key) or 'size'}”."
        )
    return key


def _kind(reader: Reader, value: object, *, where: str) -> Kind | None:
    kinds = [str(kind) for kind in Kind]
    if isinstance(value, str) and value.strip().lower() in kinds:
        return Kind(value.strip().lower())
    if value is None:
        reader.problems.append(f"{where} has no kind: use one of {', '.join(kinds)}.")
    else:
        hint = _suggestion(_shown(value), kinds) or f"; use one of {', '.join(kinds)}"
        reader.problems.append(f"{where} has an unknown kind {_shown(value)}{hint}.")
    return None


def _check_shape(reader: Reader, table: Mapping[str, Any], *, criterion: Criterion, where: str) -> None:
    """Each kind has what it needs and nothing that would be silently ignored."""
    foreign: tuple[str, ...]
    if criterion.kind in RANGE_KINDS:
        is_given = not (_is_blank(table.get("min")) and _is_blank(table.get("max")))
        foreign, advice = ("any_of", "text"), "give it a min, a max, or both"
    elif criterion.kind in LIST_KINDS:
        is_given = bool(criterion.any_of)
        foreign, advice = ("min", "max", "text"), "list what counts, like any_of = [“…”]"
    else:
        is_given = bool(criterion.text)
        foreign, advice = ("min", "max"), "say what should be true, like text = “Runs its own trucks”"
    if not is_given:
        reader.problems.append(f"{where} has nothing to compare with: {advice}.")
    reader.problems.extend(f"{where} can't use {name}: {advice}." for name in foreign if not _is_blank(table.get(name)))


def _is_blank(value: object) -> bool:
    """Nothing, or a list of nothing; lists within lists are something, and wrong."""
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return all(entry is None or (isinstance(entry, str) and not entry.strip()) for entry in entries)


def _bound(reader: Reader, value: object, *, where: str) -> int | None:
    if value is None or value == "":
        return None
    amount = parse_amount(value)
    if amount is None or not 0 <= amount <= LARGEST:
        reader.problems.append(
            f"{where} must be a whole number that isn't negative, like 50 or “5M”, not {_shown(value)}."
        )
        return None
    return amount


def _weight(reader: Reader, value: object, *, where: str) -> int:
    weight = parse_amount(value) if isinstance(value, int | float) else None
    if weight is None or not 0 <= weight <= MAX_WEIGHT:
        reader.problems.append(f"{where}: weight must be a whole number from 0 to {MAX_WEIGHT}, not {_shown(value)}.")
        return DEFAULT_WEIGHT
    return weight


def _must(reader: Reader, value: object, *, where: str) -> bool:
    if not isinstance(value, bool):
        reader.problems.append(f"{where}: must is either true or false, not {_shown(value)}.")
    return value is True


def default_label(criterion: Criterion) -> str:
    """What the criterion asks, in at most 80 characters: `Industry: Food manufacturing or Beverages`."""
    if criterion.kind is Kind.INDICATOR:
        return _shortened(criterion.text, MAX_LABEL)
    name = str(criterion.kind).capitalize()
    if criterion.kind in RANGE_KINDS:
        if criterion.min is None and criterion.max is None:
            return name
        unit = "$" if criterion.kind is Kind.REVENUE else ""
        return f"{name}: {describe_range(criterion.min, criterion.max, unit=unit)}"
    return _shortened(f"{name}: {_joined(criterion.any_of)}", MAX_LABEL)


def _joined(values: Sequence[str]) -> str:
    if len(values) <= 3:
        return " or ".join(values)
    return f"{values[0]} or {values[1]} or {len(values) - 2} more"


def _distinct(criteria: Iterable[Criterion]) -> Iterable[Criterion]:
    """The second of two equal labels gets a number, so that columns and keys stay apart."""
    labels: set[str] = set()
    keys: set[str] = set()
    for criterion in criteria:
        label, key, number = criterion.label, criterion.key, 1
        while label.casefold() in labels or key in keys:
            number += 1
            label = f"{_shortened(criterion.label, MAX_LABEL - 5)} ({number})"
            key = f"{criterion.key[:75]}-{number}"
        labels.add(label.casefold())
        keys.add(key)
        yield replace(criterion, label=label, key=key)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _printable(text: str) -> Iterable[str]:
    """Lone surrogates, which UTF-8 and PostgreSQL refuse, go with the controls."""
    return (" " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char for char in text)


def _suggestion(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f" (did you mean “{close[0]}”?)" if close else ""


class _Shown(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        """Python spells no number of thousands of digits, which 0x… in a file may be."""
        return super().repr_int(x, level) if abs(x) < 10**30 else "a number of more than 30 digits"


def _shown(value: object) -> str:
    text = f"“{value}”" if isinstance(value, str) else _Shown().repr(value)
    return _shortened(text, 60)
