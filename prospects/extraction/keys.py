"""Values folded, so that two spellings of one are one. Pure."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256

from prospects.companies.normalise.name import name_key, person_key
from prospects.companies.normalise.text import folded

_LONGEST = 64


# Of a value that is on each page of a site it is asked for each, and once more for all of them.
@lru_cache(maxsize=4096)
def value_key(field: str, value: str) -> str:
    """At most 64 characters: beyond those, the SHA-256 of what is folded."""
    key = _FOLDINGS.get(field, _plain)(value) or value.strip()
    return key if len(key) <= _LONGEST else sha256(key.encode("utf-8", "replace")).hexdigest()


def _plain(value: str) -> str:
    return " ".join(folded(value).split())


def _letters(value: str) -> str:
    return re.sub(r"[\W_]+", "", folded(value))


def _words(value: str) -> str:
    return " ".join(re.findall(r"\w+", folded(value)))


def _address(value: str) -> str:
    return _letters(re.sub(r"str(?:aße|asse|eet)?\b\.?", "str", value, flags=re.IGNORECASE))


def _exact(value: str) -> str:
    return value.strip().lower()


_FOLDINGS: Mapping[str, Callable[[str], str]] = {
    "name": name_key, "legal_name": _words, "person": person_key, "email": _exact, "phone": _exact, "country": _exact,
    "social": _exact, "vat": _letters, "registry_number": _letters, "address": _address, "street": _address,
    "postal_code": _letters, "technology": _exact, "ticker": _letters,
}  # fmt: skip
