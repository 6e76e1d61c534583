"""Which column means what: guessed from the header first, then from the values. Pure."""

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz, process

from prospects.companies.normalise.amount import employee_range
from prospects.companies.normalise.country import country
from prospects.companies.normalise.domain import domain, host_of
from prospects.companies.normalise.email import email
from prospects.companies.normalise.phone import phone
from prospects.companies.normalise.text import folded
from prospects.intake.fields import BY_NAME, FIELDS, IDENTIFYING, IGNORED, REASON_HEADER

_SYNONYMS = {synonym: field.name for field in reversed(FIELDS) for synonym in field.synonyms}
_SURE, _FUZZY, _BY_VALUES = 100.0, 88.0, 60.0
# A fifth of the values may be rubbish, and the column still means what the others say.
_SHARE = 0.8
_PERSONAL = frozenset({"person_name", "person_first_name", "person_last_name", "person_title"})


def guess(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, str]:
    """{header: field}; "" for a column that is only kept as it came. A field goes to its best column."""
    scored: list[tuple[float, int, str]] = []
    for position, header in enumerate(headers):
        values = [row[position] for row in sample if position < len(row) and row[position].strip()]
        scored += [(score, position, name) for name, score in _candidates(header, values).items()]
    taken: dict[int, str] = {}
    for _, position, name in sorted(scored, key=lambda one: (-one[0], one[1])):
        if position not in taken and name not in taken.values():
            taken[position] = name
    return _with_persons(headers, taken)


def apply_saved(guessed: Mapping[str, str], saved: Mapping[str, str]) -> dict[str, str]:
    """A saved mapping wins for the headers it knows; a guess gives way where its field is then taken."""
    kept = {header: saved[header] for header in guessed if header in saved}
    taken = {name for name in kept.values() if name}
    return {header: kept.get(header, IGNORED if name in taken else name) for header, name in guessed.items()}


def problem_with(columns: Mapping[str, str], constants: Mapping[str, str], headers: Sequence[str]) -> str | None:
    """The first thing that is wrong with a mapping, as a sentence, or None."""
    for header, name in columns.items():
        if header not in headers:
            return f"The file has no column “{header}”."
        if name and name not in BY_NAME:
            return f"“{name}” is no field; choose one of {', '.join(BY_NAME)}."
    for name in constants:
        if name not in BY_NAME:
            return f"“{name}” is no field; choose one of {', '.join(BY_NAME)}."
    used = [name for name in columns.values() if name]
    if twice := next((name for name in used if used.count(name) > 1), None):
        return f"Two columns are mapped to “{BY_NAME[twice].label}”; choose one."
    return None


def identifies(columns: Mapping[str, str]) -> bool:
    """Whether the mapping says which company a row means."""
    return not IDENTIFYING.isdisjoint(columns.values())


def _candidates(header: str, values: Sequence[str]) -> dict[str, float]:
    words = header_words(header)
    if words == header_words(REASON_HEADER) or (values and _share(values, _is_object) >= _SHARE):
        return {}
    if name := _SYNONYMS.get(words):
        # In a list of persons "name" is the person's: a column that says "company" goes first.
        return {name: _SURE - 5 if words == "name" else _SURE} if _agrees(name, values) else {}
    scores: dict[str, float] = {}
    best = (
        process.extractOne(words, list(_SYNONYMS), scorer=fuzz.token_sort_ratio, score_cutoff=_FUZZY)
        if len(words) > 3
        else None
    )
    if best:
        meant = _SYNONYMS[best[0]]
        if _agrees(meant, values):
            scores[meant] = best[1] - 1
    for name, test in _HINTS.items():
        if name not in scores and _share(values, test) >= _SHARE:
            scores[name] = _BY_VALUES
    return scores


def header_words(header: str) -> str:
    """A header for comparing: camel case, punctuation and accents gone."""
    spaced = "".join(f" {char}" if char.isupper() and before.islower() else char for before, char in _pairs(header))
    return " ".join("".join(char if char.isalnum() else " " for char in folded(spaced)).split())


def _pairs(text: str) -> list[tuple[str, str]]:
    return list(zip(" " + text, text, strict=False))


def _with_persons(headers: Sequence[str], taken: dict[int, str]) -> dict[str, str]:
    """In a list of persons an e-mail address is the person's, and "name" beside a company column too."""
    if "person_email" not in taken.values() and _PERSONAL & set(taken.values()):
        taken = {position: "person_email" if name == "email" else name for position, name in taken.items()}
    unmapped = next((p for p, h in enumerate(headers) if p not in taken and header_words(h) == "name"), None)
    if unmapped is not None and "person_name" not in taken.values() and "name" in taken.values():
        taken[unmapped] = "person_name"
    return {header: taken.get(position, IGNORED) for position, header in enumerate(headers)}


def _agrees(name: str, values: Sequence[str]) -> bool:
    """A header that says "website" over a column of numbers is not believed."""
    test = _CHECKS.get(name)
    return test is None or not values or _share(values, test) >= 0.3


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _is_domain(value: str) -> bool:
    return "@" not in value and host_of(value) is not None and domain(value) is not None


def _is_phone(value: str) -> bool:
    return phone(value, country=None) is not None or (
        sum(char.isdigit() for char in value) >= 7 and all(char in "0123456789+()-./ extEXT" for char in value)
    )


def _is_object(value: str) -> bool:
    """A JSON Lines file's address of street, city and code in one is none of them."""
    return value.startswith("{") and value.endswith("}")


def _is_linkedin(value: str) -> bool:
    return "linkedin.com/" in value.lower()


_HINTS: dict[str, Callable[[str], bool]] = {
    "linkedin_url": _is_linkedin,
    "email": lambda value: email(value) is not None,
    "person_email": lambda value: email(value) is not None,
    "domain": lambda value: _is_domain(value) and not _is_linkedin(value),
    "phone": lambda value: value.strip().startswith(("+", "(")) and _is_phone(value),
    "country": lambda value: len(value) > 2 and country(value) is not None,
    "employees": lambda value: "-" in value and employee_range(value) is not None and not _is_phone(value),
}

_CHECKS: dict[str, Callable[[str], bool]] = {
    "linkedin_url": _is_linkedin,
    "email": _HINTS["email"],
    "person_email": _HINTS["email"],
    "domain": lambda value: _is_domain(value) or _is_linkedin(value),
    "phone": _is_phone,
    "person_phone": _is_phone,
    "employees": lambda value: employee_range(value) is not None,
}
