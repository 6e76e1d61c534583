"""What research is asked to be, and what is said of it before and when it is submitted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.jobs.models import Priority
from prospects.extraction.modes import DEFAULT_MODE
from prospects.intake.models import Import
from prospects.qualification.plan import RunPlan
from prospects.research.models import ResearchBatch
from prospects.search.models import SearchSession

MOST_COMPANIES = 100_000
MOST_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchPlan:
    """Research as asked for. Companies by name, domain or id; where there are names, `domains` are hints, one for each
    name ("" for none). What is None is settled from the settings. Money in micro-dollars.

    `then` is the run that follows: its prospects are those of the companies, so it names none.
    """

    names: Sequence[str] = ()
    domains: Sequence[str] = ()
    company_ids: Sequence[int] = ()
    source: str = "domains"
    import_run: Import | None = None
    session: SearchSession | None = None
    mode: str = DEFAULT_MODE
    priority: int = Priority.NORMAL
    country: str = ""
    language: str = ""
    max_concurrent: int | None = None
    timeout_s: int = 60
    includes_failed: bool = True
    export_format: str = "json"
    budget_micros: int | None = None
    then: RunPlan | None = None
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class ResearchSubmission:
    """`is_new` is False where the same research is under way already: `research` is that one."""

    research: ResearchBatch
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchEstimate:
    """What research will cost at most: `searches` and `llm_calls` are paid ones; `cached` companies cost nothing."""

    companies: int
    cached: int = 0
    searches: int = 0
    llm_calls: int = 0
    cost_micros: int = 0
