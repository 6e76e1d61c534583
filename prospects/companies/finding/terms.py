"""What somebody typed, as PostgreSQL is asked for it. Pure."""

import re
from collections.abc import Sequence

_WORDS = re.compile(r"[^\W_]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
# Further words hardly narrow a search that has found eight.
_MOST_WORDS = 8


def plain(typed: str) -> str:
    """On one line: the fields of a text are separated by a control character, which nobody can ask for."""
    return _CONTROLS.sub(" ", typed).strip()


def containing(typed: str) -> str:
    """A LIKE pattern of what contains it."""
    escaped = plain(typed).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def words(typed: str) -> list[str]:
    """Its letters and digits, word by word."""
    return _WORDS.findall(plain(typed))[:_MOST_WORDS]


def query(of: Sequence[str]) -> str:
    """A tsquery of texts that have all these words, each as it is or continued."""
    return " & ".join(f"'{word}':*" for word in of)
