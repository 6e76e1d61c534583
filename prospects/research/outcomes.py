"""How a company's research is counted: done, partial or failed, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prospects.company_profiles.researched import Identity, Researched, Stored
from prospects.pages.degraded import Degraded
from prospects.research.brief import Last
from prospects.research.models import ResearchItem

# What is lacking without making the result less than the mode promises on this installation.
_HARMLESS = frozenset({"llm_off", "no_valkey"})
LONGEST_ERROR = 500
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome of ResearchItem, with the code and the sentence of what went wrong."""

    outcome: str
    code: str = ""
    says: str = ""


def verdict_of(done: Researched) -> Verdict:
    """Failed: there is a site, and no page of it could be read, now or before. Partial: something is lacking, or the
    site may be another company's.
    """
    return _judged(done.fault, [(one.code, one.says) for one in done.degraded], done.identity)


def verdict_of_last(last: Last) -> Verdict:
    """The same of a company whose last research answers for this one: what failed then hasn't become better by it."""
    profile = last.profile
    identity = Identity(profile.identity, profile.identity_says)
    return _judged((profile.fault_code, profile.fault), [(one.code, one.says) for one in last.degraded], identity)


def _judged(fault: tuple[str, str], degraded: Sequence[tuple[str, str]], identity: Identity) -> Verdict:
    code, says = fault
    if code:
        return Verdict(ResearchItem.Outcome.FAILED, code, says)
    for code, says in degraded:
        if code not in _HARMLESS:
            return Verdict(ResearchItem.Outcome.PARTIAL, code, says)
    if identity.verdict in ("unsure", "another"):
        return Verdict(ResearchItem.Outcome.PARTIAL, f"{identity.verdict}_site", identity.says)
    return Verdict(ResearchItem.Outcome.DONE)


def row_of(done: Researched, stored: Stored) -> dict[str, Any]:
    """A ResearchItem's columns, of a company that was researched now."""
    counts = done.crawl.counts if done.crawl else None
    return _verdict(verdict_of(done)) | {
        "degraded": _degraded(done.degraded),
        "is_changed": stored.is_changed,
        "page_count": len(done.crawl.pages) if done.crawl else 0,
        "new_page_count": counts.new + counts.changed if counts else 0,
        "cost_micros": done.cost_micros,
        **_stored(stored),
    }


def row_of_last(last: Last) -> dict[str, Any]:
    """The same of a company whose last research answers for this one."""
    return _verdict(verdict_of_last(last)) | {
        "degraded": _degraded(last.degraded),
        "is_cached": True,
        "page_count": last.profile.page_count,
        **_stored(last.stored),
    }


def row_of_stuck(*, code: str, reason: str) -> dict[str, Any]:
    """The same of a company whose job died or was parked."""
    return _verdict(Verdict(ResearchItem.Outcome.FAILED, code, reason))


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "code": verdict.code[:LONGEST_CODE],
        "error": verdict.says[:LONGEST_ERROR],
    }


def _degraded(degraded: Sequence[Degraded]) -> list[dict[str, str]]:
    return [{"code": one.code, "says": one.says} for one in degraded]


def _stored(stored: Stored) -> dict[str, Any]:
    return {
        "value_count": stored.value_count,
        "filled": list(stored.filled),
        "quality": stored.scores.quality,
        "completeness": stored.scores.completeness,
        "confidence": stored.scores.confidence,
    }
