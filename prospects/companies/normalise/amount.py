"""Ranges that people write: head counts and revenues."""

import re
from functools import lru_cache

Range = tuple[int | None, int | None]

_NUMBER = r"(\d[\d.,'\s\u00a0\u202f]*)"
_UNIT = (
    r"(?:\s*(k|thousand|tsd\.?|mio\.?|mn|mm|m|million(?:en|s|i|es)?|millones|mrd\.?|bn|b|billion(?:s)?|milliarden"
    r"|miliardi|mil millones|t|trillion)\b\.?)?"
)
_AMOUNT = re.compile(_NUMBER + _UNIT, re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'\s\u00a0\u202f]\d{3})+")
_UP_TO = re.compile(r"^\s*(?:<|≤|under|below|less than|up to|fewer than|bis|unter|weniger als|moins de|menos de)", re.I)
_OVER = re.compile(r"^\s*(?:>|≥|over|above|more than|at least|from|über|ueber|mehr als|ab|plus de|más de|mas de)", re.I)
_OPEN = re.compile(r"\+|\bor more\b|\band (?:more|above|over)\b|\bund mehr\b|\bet plus\b", re.IGNORECASE)
_SCALES = {"k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}
# What Excel makes of "11-50" and "2-10" when it opens a CSV: "Nov-50", "10-Feb".
_MONTHS = {
    month: number
    for number, month in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_EXCEL_DATE = re.compile(r"(?:(\d{1,2})-([a-z]{3})|([a-z]{3})-(\d{1,2}))", re.IGNORECASE)
_LONGEST = 100
MOST_EMPLOYEES = 2_147_483_647
MOST_REVENUE = 9_000_000_000_000_000_000

# US dollars for one unit: rough and fixed, since revenue bands are rough too.
_DOLLARS = {
    "€": 1.1, "eur": 1.1, "euro": 1.1, "£": 1.27, "gbp": 1.27, "chf": 1.13, "¥": 0.0067, "jpy": 0.0067, "cny": 0.14,
    "rmb": 0.14, "₹": 0.012, "inr": 0.012, "cad": 0.73, "c$": 0.73, "aud": 0.66, "a$": 0.66, "sek": 0.095,
    "nok": 0.094, "dkk": 0.147, "pln": 0.25, "r$": 0.19, "brl": 0.19, "mxn": 0.055, "krw": 0.00074, "sgd": 0.74,
}  # fmt: skip
_CURRENCY = re.compile("|".join(re.escape(sign) for sign in sorted(_DOLLARS, key=len, reverse=True)), re.IGNORECASE)


@lru_cache(maxsize=4096)
def employee_range(text: str) -> Range | None:
    """ "51-200" → (51, 200); "1k+" → (1000, None); "500" → (500, 500); "Nov-50" → (11, 50); None if unreadable."""
    if len(text) > _LONGEST:
        return None
    found = _EXCEL_DATE.fullmatch(text.strip())
    if found:
        return _from_date(found)
    return _range(text, scale=1.0, most=MOST_EMPLOYEES)


@lru_cache(maxsize=4096)
def revenue_range(text: str) -> Range | None:
    """In whole US dollars: "$5M" → (5000000, 5000000); "$1M - $10M"; "€2 Mio."; "1B+"; None if unreadable.

    Other currencies are turned into dollars at a rough fixed rate: bands are compared, not booked.
    """
    if len(text) > _LONGEST:
        return None
    sign = _CURRENCY.search(text)
    plain = _CURRENCY.sub(" ", text) if sign else text
    plain = re.sub(r"us\$|usd|\$", " ", plain, flags=re.IGNORECASE)
    return _range(plain, scale=_DOLLARS[sign.group().lower()] if sign else 1.0, most=MOST_REVENUE)


def _range(text: str, *, scale: float, most: int) -> Range | None:
    amounts = [(_value(number), (unit or "").lower()) for number, unit in _AMOUNT.findall(text)]
    if not amounts or len(amounts) > 2 or any(value is None for value, _ in amounts):
        return None
    # "1-5M": the unit at the end is meant for both.
    shared = amounts[-1][1] if not amounts[0][1] else ""
    whole = [round((value or 0) * _scale(unit or shared) * scale) for value, unit in amounts]
    if any(value > most for value in whole):
        return None
    if len(whole) == 2:
        return (whole[0], whole[1]) if whole[0] <= whole[1] else (whole[1], whole[0])
    if _UP_TO.match(text):
        return None, whole[0]
    return whole[0], None if _OPEN.search(text) or _OVER.match(text) else whole[0]


def _value(number: str) -> float | None:
    number = number.strip(" .,'\u00a0\u202f")
    if _THOUSANDS.fullmatch(number):
        return float(re.sub(r"\D", "", number))
    try:
        return float(re.sub(r"[\s'\u00a0\u202f]", "", _point(number)))
    except ValueError:
        return None


def _point(number: str) -> str:
    """The last of . and , is the decimal point; the other one groups thousands."""
    if number.rfind(",") > number.rfind("."):
        return number.replace(".", "").replace(",", ".")
    return number.replace(",", "")


def _scale(unit: str) -> int:
    if unit.startswith(("mrd", "milliard", "miliard", "mil mill", "bn", "b")):
        return _SCALES["b"]
    if unit.startswith("trillion"):
        return 1_000_000_000_000
    return _SCALES.get(unit[:1], 1)


def _from_date(found: re.Match[str]) -> Range | None:
    day, month_after, month_before, year = found.groups()
    if day and (low := _MONTHS.get(month_after.lower())):
        return low, int(day)
    if month_before and (low := _MONTHS.get(month_before.lower())):
        return low, int(year)
    return None
