"""Words as the rubric compares them: folded, split, and cut to stems, so that "Trucking" meets "trucks". Pure."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:[+#]+)?(?:'[a-z]+)?")
_SUFFIXES = (
    *("ations", "ation", "ators", "ator", "ments", "ment", "ances", "ance", "ions", "ion", "ings", "ing", "ated"),
    *("ates", "ate", "ants", "ant", "ery", "ers", "ors", "ed", "er", "or", "es"),
)
_LONG_STEM = frozenset({"es", "or", "ant", "ate", "ment"})

# Different words that say the same, by stem; the right-hand side stands for all of them.
_SAME = {
    **dict.fromkeys(("manufactur", "product", "produc", "proces", "mak", "made", "fabric"), "make"),
    "drink": "beverag",
    "healthcar": "health",
    "lor": "truck",
    "mould": "mold",
}
_IRREGULAR = {"ran": "run", "built": "build", "sold": "sell", "bought": "buy", "grew": "grow", "grown": "grow"}


def stem(word: str) -> str:
    """A lower-case word's stem: what is left when endings are cut. Not a dictionary form."""
    return word if word.isdecimal() else _stem(word)


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    word = _IRREGULAR.get(word, word.split("'")[0])
    if word in _SAME:
        return _SAME[word]
    base = _without_suffix(_singular(word))
    return _SAME.get(base, base)


def fold(text: str) -> str:
    """Lower case without accents, with plain quotes."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


def words(text: str) -> list[str]:
    """The words of a text, folded; "C++" and "C#" stay whole."""
    return _WORD.findall(text.lower() if text.isascii() else fold(text))


def stems(text: str) -> tuple[str, ...]:
    return tuple(map(stem, words(text)))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_suffix(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 + (suffix in _LONG_STEM):
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] in "ey":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
