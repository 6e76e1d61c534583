"""What a company's stored values become when it was researched again. Pure: rows are told, not written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from prospects.company_profiles.models import ProfileValue
from prospects.company_profiles.researched import Identity, Researched
from prospects.extraction.found import Value
from prospects.extraction.modes import MODES

TRUSTED = frozenset({"confirmed", "likely"})
LONGEST_VALUE = 1000
LONGEST_URL = 2000
_WITHOUT_LLM = frozenset({"llm_off", "budget_used", "timed_out"})

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows for the table. `changed` ones have their id. `current` are the values that hold now, as (field, key)."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    current: frozenset[Pair] = frozenset()
    is_changed: bool = False


def is_trusted(identity: Identity) -> bool:
    """Whether what the site says may become the company's."""
    return identity.verdict in TRUSTED


def difference(stored: Sequence[ProfileValue], done: Researched, *, texts: Collection[UUID]) -> Difference:
    """Values found are current if the site is the company's; those that their own page no longer says aren't.

    A value whose page wasn't read this time stays, and so do the LLM's where it wasn't asked: what wasn't looked at
    can't have gone. `texts` are those in the store; a value of another has no quote.
    """
    before = frozenset((one.field, one.key) for one in stored if one.is_current)
    if not done.is_extracted:
        return Difference(current=before)
    by_pair = {(one.field, one.key): one for one in stored}
    found = {(value.field, value.key): value for value in reversed(done.values)}
    is_current = is_trusted(done.identity)
    rows = {pair: _row(value, texts=texts, is_current=is_current) for pair, value in found.items()}
    new = [row | _first(done, row) for pair, row in rows.items() if pair not in by_pair]
    changed = [row | {"id": by_pair[pair].pk} for pair, row in rows.items() if _differs(by_pair.get(pair), row)]
    gone = [pair for pair in before - rows.keys() if _is_gone(by_pair[pair], done)]
    changed += [{"id": by_pair[pair].pk, "is_current": False} for pair in gone]
    current = (before - set(gone) | rows.keys()) if is_current else before - rows.keys() - set(gone)
    return Difference(new, changed, frozenset(current), is_changed=current != before)


def _row(value: Value, *, texts: Collection[UUID], is_current: bool) -> dict[str, Any]:
    is_quoted = value.text_hash in texts
    return {
        "field": value.field,
        "key": value.key,
        "value": value.value[:LONGEST_VALUE],
        "extra": dict(value.extra),
        "confidence": min(100, max(0, value.confidence)),
        "method": value.method,
        "url": value.url[:LONGEST_URL],
        "text_id": value.text_hash if is_quoted else None,
        "begins": value.start if is_quoted else None,
        "ends": value.end if is_quoted else None,
        "is_current": is_current,
        "last_seen_at": value.found_at,
    }


def _first(done: Researched, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"company_id": done.company_id, "found_at": row["last_seen_at"]}


def _differs(stored: ProfileValue | None, row: Mapping[str, Any]) -> bool:
    return stored is not None and any(getattr(stored, name) != value for name, value in row.items())


def _is_gone(stored: ProfileValue, done: Researched) -> bool:
    if stored.field not in MODES[done.mode].fields:
        return False
    if stored.method == "llm" and not _asked_llm(done):
        return False
    if not is_trusted(done.identity) and done.evidence_hash:
        return True
    return stored.url in _looked_at(done)


def _asked_llm(done: Researched) -> bool:
    return MODES[done.mode].uses_llm and not _WITHOUT_LLM & {one.code for one in done.degraded}


def _looked_at(done: Researched) -> set[str]:
    if done.crawl is None:
        return {value.url for value in done.values}
    # Pages that are gone say nothing any more.
    return {page.url for page in done.crawl.pages} | done.crawl.gone
