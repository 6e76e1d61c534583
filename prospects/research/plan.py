"""What research is asked to be, and what is said of it before and when it is submitted. Pure."""

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from performance.jobs.budgets import MOST_BUDGET_USD
from performance.jobs.models import Priority
from prospects.extraction.modes import DEFAULT_MODE, MODES
from prospects.intake.models import Import
from prospects.qualification.plan import RunPlan
from prospects.research.errors import MixedCompanies, NoCompanies, NotAChoice, NotWithin, TooManyCompanies
from prospects.research.models import ResearchBatch
from prospects.search.models import SearchSession

MOST_COMPANIES = 100_000
MOST_TIMEOUT_S = 300
MOST_CONCURRENT = 200
FORMATS = ("json", "jsonl", "csv", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchPlan:
    """Research as asked for. Companies by name, domain or id; where there are names, `domains` are hints, one for each
    name ("" for none); `file` is the name of the file that they are from. What is None is settled from the settings.
    Money in micro-dollars.

    `then` is the run that follows: its prospects are those of the companies, so it names none. With `rescore`, those
    prospects whose company changed and that have a fit are judged anew. `is_forced` researches what is fresh, too.
    """

    names: Sequence[str] = ()
    domains: Sequence[str] = ()
    company_ids: Sequence[int] = ()
    source: str = "domains"
    file: str = ""
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
    rescore: bool = False
    is_forced: bool = False

    @property
    def asked(self) -> int:
        """How many companies are named, some perhaps twice."""
        return len(self.company_ids) or len(self.names) or len(self.domains)


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


def checked(plan: ResearchPlan, *, concurrency: int, budget_micros: int) -> ResearchPlan:
    """`plan` with its gaps filled from the defaults. Raises the ResearchError that names what is wrong first."""
    if not plan.asked:
        raise NoCompanies
    if plan.company_ids and (plan.names or plan.domains):
        raise MixedCompanies
    if plan.asked > MOST_COMPANIES:
        raise TooManyCompanies(plan.asked, most=MOST_COMPANIES)
    _one_of("mode", plan.mode, choices=list(MODES))
    _one_of("export_format", plan.export_format, choices=FORMATS)
    if plan.priority not in Priority.values:
        raise NotAChoice(name="priority", value=plan.priority, choices=[str(value) for value in Priority.values])
    at_once = concurrency if plan.max_concurrent is None else plan.max_concurrent
    budget = budget_micros if plan.budget_micros is None else plan.budget_micros
    _within("timeout_seconds", plan.timeout_s, minimum=5, maximum=MOST_TIMEOUT_S)
    _within("max_concurrent", at_once, minimum=1, maximum=MOST_CONCURRENT)
    if not 0 <= budget <= MOST_BUDGET_USD * 1_000_000:
        raise NotWithin(name="budget in dollars", value=budget / 1_000_000, minimum=0, maximum=MOST_BUDGET_USD)
    return replace(plan, max_concurrent=at_once, budget_micros=budget)


def fingerprint(plan: ResearchPlan, *, company_ids: Sequence[int]) -> str:
    """SHA-256 of what makes two researches the same work: of whom, how, and what follows."""
    digest = hashlib.sha256(array("q", sorted(company_ids)).tobytes())
    then = plan.then
    follows = (then.icp_version.content_hash, then.qualifier, then.model) if then else ()
    asked = (plan.mode, plan.country, plan.language, plan.is_forced, plan.rescore, *follows)
    digest.update("\x1f".join(map(str, asked)).encode())
    return digest.hexdigest()


def _within(name: str, value: int, *, minimum: int, maximum: int) -> None:
    if not minimum <= value <= maximum:
        raise NotWithin(name=name, value=value, minimum=minimum, maximum=maximum)


def _one_of(name: str, value: str, *, choices: Sequence[str]) -> None:
    if value not in choices:
        raise NotAChoice(name=name, value=value, choices=choices)
