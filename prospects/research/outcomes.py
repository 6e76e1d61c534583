"""How a company's research is counted: done, partial or failed, and why. Pure."""

from dataclasses import dataclass
from typing import Any

from prospects.company_profiles.researched import Researched, Stored
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
    crawl = done.crawl
    if crawl is not None and not crawl.pages:
        return Verdict(ResearchItem.Outcome.FAILED, crawl.code or crawl.stop_reason, crawl.says)
    lacking = next((one for one in done.degraded if one.code not in _HARMLESS), None)
    if lacking is not None:
        return Verdict(ResearchItem.Outcome.PARTIAL, lacking.code, lacking.says)
    if done.identity.verdict in ("unsure", "another"):
        return Verdict(ResearchItem.Outcome.PARTIAL, f"{done.identity.verdict}_site", done.identity.says)
    return Verdict(ResearchItem.Outcome.DONE)


def row_of(done: Researched, stored: Stored) -> dict[str, Any]:
    """A ResearchItem's columns, of a company that was researched now."""
    verdict, counts = verdict_of(done), done.crawl.counts if done.crawl else None
    return _verdict(verdict) | {
        "degraded": [{"code": one.code, "says": one.says} for one in done.degraded],
        "is_changed": stored.is_changed,
        "page_count": len(done.crawl.pages) if done.crawl else 0,
        "new_page_count": counts.new + counts.changed if counts else 0,
        "cost_micros": done.cost_micros,
        **_stored(stored),
    }


def row_of_last(last: Last) -> dict[str, Any]:
    """The same of a company whose last research answers for this one."""
    profile = last.profile
    lacking = next((one for one in profile.degraded if one["code"] not in _HARMLESS), None)
    outcome = ResearchItem.Outcome.PARTIAL if lacking else ResearchItem.Outcome.DONE
    verdict = Verdict(outcome, lacking["code"], lacking["says"]) if lacking else Verdict(outcome)
    return _verdict(verdict) | {
        "degraded": profile.degraded,
        "is_cached": True,
        "page_count": profile.page_count,
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


def _stored(stored: Stored) -> dict[str, Any]:
    return {
        "value_count": stored.value_count,
        "filled": list(stored.filled),
        "quality": stored.scores.quality,
        "completeness": stored.scores.completeness,
        "confidence": stored.scores.confidence,
    }
