"""How far a parse, dry run or commit is: in the cache, since its transaction shows nothing before the end."""

from dataclasses import asdict, dataclass

from django.core.cache import cache

_TTL_S = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """`stage`: parse, preview or commit. `total` is 0 while it isn't known."""

    stage: str
    done: int
    total: int


def report(import_id: int, progress: Progress) -> None:
    cache.set(_key(import_id), asdict(progress), _TTL_S)


def current(import_id: int) -> Progress | None:
    """The last report, or None where there is none (any more)."""
    values = cache.get(_key(import_id))
    return Progress(**values) if values else None


def _key(import_id: int) -> str:
    return f"import-progress:{import_id}"
