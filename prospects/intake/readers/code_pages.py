"""Which of the Latin code pages a text is in: the one that makes it words of a language written in that page. Pure.

They differ in a few letters: what is è in one is č in another, and the statistics of a guesser, which needs pages of
prose, find both alike in a list of names.
"""

from collections.abc import Iterator

# The letters beyond ASCII of each language.
_WESTERN = (
    "àâæçèéêëîïôœùûüÿ",  # French
    "äöüßé",  # German
    "áéíñóúüçàèòï",  # Spanish, Catalan
    "ãõáâàçéêíóôú",  # Portuguese
    "àèéìíòóùú",  # Italian
    "åäöøæéü",  # the languages of the North
    "áæðéíóöúýþ",  # Icelandic
)
_CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "áäčďéěíĺľňóôŕřšťúůýž",  # Czech, Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîşţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
    "äöüß",  # German
)
_TURKISH = ("çğ\u0131iöşüâî",)
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž")
# Of pages that fit alike the first is taken.
_PAGES = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1254": _TURKISH,
    "iso8859_15": _WESTERN,
    "mac_roman": _WESTERN,
    "cp1257": _BALTIC,
    "cp850": _WESTERN,
    "cp437": _WESTERN,
}
LATIN = frozenset(_PAGES)
# What isn't a letter and yet is written: quotes and dashes anywhere, signs where no letter comes behind them.
_MARKS = frozenset("\u2019\u2018“”„\u2013—…«»\xb4\xa0")
_SIGNS = frozenset("€£°ºª§®™©·•")


def latin_page(sample: bytes) -> str:
    """The code page of a text in a language of Latin letters."""
    return max(_PAGES, key=lambda page: _likeness(sample, page))


def _likeness(sample: bytes, page: str) -> float:
    """How much of what isn't ASCII is of one language of the page, and half as much of any of them; 0 to 1.5."""
    try:
        found = list(_written(sample.decode(page)))
    except UnicodeDecodeError:
        return 0.0
    languages = [_SIGNS | _MARKS | set(letters) for letters in _PAGES[page]]
    most = max(sum(char in language for char in found) for language in languages)
    known = sum(any(char in language for language in languages) for char in found)
    return (most + known / 2) / max(1, len(found))


def _written(text: str) -> Iterator[str]:
    """Each character that isn't ASCII, in lower case; "" for one that stands where nobody would write it."""
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if not char.isascii():
            is_odd = (char.isupper() and before.islower()) or (char in _SIGNS and after.isalpha())
            yield "" if is_odd else char.lower().removesuffix("\u0307")
