"""Amounts as people write them in a profile: 5000000, "5M", "$1.5 billion". Pure."""

import re

_UNITS = {
    "": 1,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_AMOUNT = re.compile(
    r"\s*(?:us\$|\$|usd)?\s*(\d{1,3}(?:[,_ ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([a-z]*)\s*(?:usd)?\s*", re.IGNORECASE
)

LARGEST = 10**15


def parse_amount(value: object) -> int | None:
    """A whole number from a number or from text with a unit; None where it can't be read as one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    if match is None or match[2].lower() not in _UNITS:
        return None
    return round(float(re.sub(r"[,_ ]", "", match[1])) * _UNITS[match[2].lower()])


def short_amount(value: int) -> str:
    """5000000 → "5M", 1500 → "1500": units only where nothing is rounded away."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**4, "k")):
        scale = 1000 if unit == "k" else size
        if value >= size and value % (scale // 10) == 0:
            return f"{value / scale:.12g}{unit}"
    return str(value)


def describe_range(low: int | None, high: int | None, *, unit: str = "") -> str:
    """`50 to 2000`, `$5M or more`, `at most $1B`, `exactly 10`; "" where neither is known."""
    if low is None and high is None:
        return ""
    first, last = (None if bound is None else unit + short_amount(bound) for bound in (low, high))
    if first is None or last is None:
        return f"{first} or more" if first else f"at most {last}"
    return f"exactly {first}" if first == last else f"{first} to {last}"
