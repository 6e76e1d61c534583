"""Names, and the keys by which two spellings of one name meet."""

import re

from cleanco.clean import get_unique_terms

from prospects.companies.normalise.text import folded

_WORD = re.compile(r"\w+")
_PARTING = str.maketrans({chr(code): " " for code in range(128) if not _WORD.match(chr(code))})
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")


def _words(text: str) -> tuple[str, ...]:
    plain = folded(text)
    if "." in plain[:-1]:  # one at the end stands between no two letters
        plain = _DOTTED.sub("", plain)
    # As most are: a fifth of the time of looking for words.
    return tuple(plain.translate(_PARTING).split() if plain.isascii() else _WORD.findall(plain))


# Legal forms as tuples of words, by their last word, longest first: "gmbh & co. kg" is tried before "kg".
_FORMS: dict[str, list[tuple[str, ...]]] = {}
for _term in sorted({_words(term) for term in get_unique_terms()} | {("gmbh", "co", "kg"), ("co", "kg")}, key=len):
    if _term:
        _FORMS.setdefault(_term[-1], []).insert(0, _term)


def name_key(name: str) -> str:
    """What stays of a company's name for comparing: no case, accents, punctuation, leading "the" or legal form.

    "The Acme Foods Co., Ltd." → "acme foods". A name that is nothing but a legal form is kept.
    """
    words = _words(name)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while words and words[-1] in _FORMS and (form := _legal_form(words)) and len(form) < len(words):
        words = words[: -len(form)]
    return " ".join(words)


def person_key(name: str) -> str:
    """A person's name for comparing: no case, accents or punctuation."""
    return " ".join(_words(name))


def _legal_form(words: tuple[str, ...]) -> tuple[str, ...]:
    for form in _FORMS[words[-1]]:
        if words[-len(form) :] == form:
            return form
    return ()
