"""Names, and the keys by which two spellings of one name meet."""

import re
from collections.abc import Sequence

from cleanco.clean import get_unique_terms

from prospects.companies.normalise.text import folded

_WORD = re.compile(r"\w+")
_PARTING = str.maketrans({chr(code): " " for code in range(128) if not _WORD.match(chr(code))})
_PARTING_IN_LINES = _PARTING | {ord("\n"): "\n"}
# Begins with what it looks for, so that it is found as fast as any letter.
_DOTTED = re.compile(r"\.(?<=\b\w\.)(?=\w\b)")


def _words(text: str) -> list[str]:
    plain = folded(text)
    return _parted(_DOTTED.sub("", plain) if "." in plain else plain)


def _parted(plain: str) -> list[str]:
    # As most are: a fifth of the time of looking for words.
    return plain.translate(_PARTING).split() if plain.isascii() else _WORD.findall(plain)


# Legal forms as tuples of words, by their last word, longest first: "gmbh & co. kg" is tried before "kg".
_FORMS: dict[str, list[tuple[str, ...]]] = {}
for _term in sorted(
    {tuple(_words(term)) for term in get_unique_terms()} | {("gmbh", "co", "kg"), ("co", "kg")}, key=len
):
    if _term:
        _FORMS.setdefault(_term[-1], []).insert(0, _term)


def name_key(name: str) -> str:
    """What stays of a company's name for comparing: no case, accents, punctuation, leading "the" or legal form.

    "The Acme Foods Co., Ltd." → "acme foods". A name that is nothing but a legal form is kept.
    """
    return _key(_words(name))


def name_keys(names: Sequence[str]) -> list[str]:
    """`name_key` of each. A name is on one line: those of ASCII are parted together."""
    plain = list(map(folded, names))
    together = "\n".join([name if name.isascii() else "" for name in plain])
    lines = _DOTTED.sub("", together).translate(_PARTING_IN_LINES).split("\n")
    return [
        _key(line.split() if name.isascii() else _parted(_DOTTED.sub("", name)))
        for name, line in zip(plain, lines, strict=True)
    ]


def _key(words: list[str]) -> str:
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while words and words[-1] in _FORMS and (length := _length_of_form(words)):
        words = words[:-length]
    return " ".join(words)


def person_key(name: str) -> str:
    """A person's name for comparing: no case, accents or punctuation."""
    return " ".join(_words(name))


def _length_of_form(words: list[str]) -> int:
    """In words; 0 where there is none, or nothing else."""
    for form in _FORMS[words[-1]]:
        if len(form) == 1 or tuple(words[-len(form) :]) == form:
            return len(form) if len(form) < len(words) else 0
    return 0
