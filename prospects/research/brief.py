"""What the research of a company begins with, loaded for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from performance.cache.connection import CacheGone, pinned
from performance.jobs.kinds import ClaimedJob
from prospects.companies.models import Company
from prospects.company_profiles.freshness import profiles_fresh, standing
from prospects.company_profiles.models import CompanyProfile
from prospects.company_profiles.reading import PROMPT, Reader
from prospects.company_profiles.researched import KnownFacts, Stored
from prospects.extraction.modes import MODES, Mode
from prospects.llm import endpoints
from prospects.pages.degraded import Degraded
from prospects.pages.parsed import KnownPage
from prospects.pages.reading import known_pages
from prospects.prompts.services import active

NO_VALKEY = Degraded("no_valkey", "Valkey can't be reached: nothing is cached, so that this took longer.")
MOST_ATTEMPTS = 3
_FACTS = ("name", "domain", "phone", "email", "street", "postal_code", "city", "country")


@dataclass(frozen=True, slots=True)
class Last:
    """What the last research came to, where it is fresh enough to answer for this one. `degraded` is what it lacks,
    and whether Valkey is away now.
    """

    profile: CompanyProfile
    stored: Stored
    degraded: tuple[Degraded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that the research of one company needs. `last` answers for it; then nothing is fetched.

    `began_at` is when the batch was asked for. `before` is what the last research came to.
    """

    company_id: int
    facts: KnownFacts
    mode: Mode
    country: str = ""
    language: str = ""
    timeout_s: float = 60.0
    at_once: int = 1
    began_at: datetime
    is_forced: bool = False
    known: Sequence[KnownPage] = ()
    before: CompanyProfile | None = None
    reader: Reader | None = None
    is_last_try: bool = False
    degraded: tuple[Degraded, ...] = ()
    last: Last | None = None


def briefs(jobs: Sequence[ClaimedJob]) -> Mapping[int, Brief]:
    """By job id; six statements for all. A company that is gone has none."""
    rows = Company.objects.filter(pk__in={job.subject_id for job in jobs}).values_list("pk", *_FACTS)
    facts = {pk: _known_facts(*values) for pk, *values in rows}
    profiles = CompanyProfile.objects.in_bulk(list(facts))
    degraded = (NO_VALKEY,) if _valkey_is_away() else ()
    lasts = _lasts(jobs, profiles, degraded)
    sites = {one.domain for pk, one in facts.items() if one.domain}
    pages = known_pages(sorted(sites), since=None) if sites else {}
    readers = _readers(jobs)
    return {
        job.id: _brief(
            job,
            facts=facts[job.subject_id],
            before=profiles.get(job.subject_id),
            known=pages.get(facts[job.subject_id].domain, ()),
            reader=readers.get(job.batch_id),
            degraded=degraded,
            last=lasts.get(job.id),
        )
        for job in jobs
        if job.subject_id in facts
    }


def _brief(job: ClaimedJob, **loaded: Any) -> Brief:
    params = job.params
    return Brief(
        company_id=job.subject_id,
        mode=MODES[params["mode"]],
        country=params["country"],
        language=params["language"],
        timeout_s=params["timeout_s"],
        at_once=params["at_once"],
        began_at=datetime.fromisoformat(params["asked_at"]),
        is_forced=params["is_forced"],
        is_last_try=job.attempt >= MOST_ATTEMPTS,
        **loaded,
    )


def _known_facts(
    name: str, domain: str, phone: str, email: str, street: str, postal_code: str, city: str, country: str
) -> KnownFacts:
    return KnownFacts(
        # A company that is called as its domain has no name yet.
        name="" if name == domain else name,
        domain=domain,
        phones=(phone,) if phone else (),
        emails=(email,) if email else (),
        street=street,
        postal_code=postal_code,
        city=city,
        country=country,
    )


def _lasts(
    jobs: Sequence[ClaimedJob], profiles: Mapping[int, CompanyProfile], degraded: tuple[Degraded, ...]
) -> dict[int, Last]:
    """By job id: what the last research came to, where it is young and wide enough. Three statements at most a mode."""
    found: dict[int, Last] = {}
    for mode in {job.params["mode"] for job in jobs}:
        mine = [job for job in jobs if job.params["mode"] == mode and not job.params["is_forced"]]
        known = [job.subject_id for job in mine if job.subject_id in profiles]
        fresh = profiles_fresh(known, mode=mode, within_s=settings.DOMAIN_ANALYSIS_TTL) if known else set()
        stood = standing(fresh) if fresh else {}
        found |= {
            job.id: Last(profiles[pk], stood[pk], (*_lacked(profiles[pk]), *degraded))
            for job in mine
            if (pk := job.subject_id) in stood
        }
    return found


def _lacked(profile: CompanyProfile) -> tuple[Degraded, ...]:
    """What the last research lacked; that Valkey was away then says nothing of now."""
    lacking = (Degraded(one["code"], one["says"]) for one in profile.degraded)
    return tuple(one for one in lacking if one.code != NO_VALKEY.code)


def _readers(jobs: Sequence[ClaimedJob]) -> dict[int, Reader]:
    """By batch; empty where no LLM is set up, or none is asked in their modes."""
    endpoint = endpoints.configured()
    if endpoint is None or not any(MODES[job.params["mode"]].uses_llm for job in jobs):
        return {}
    prompt = active(PROMPT)
    return {job.batch_id: Reader(endpoint, prompt, str(job.params.get("repair", ""))) for job in jobs}


def _valkey_is_away() -> bool:
    try:
        pinned().call("PING")
    except CacheGone:
        return True
    return False
