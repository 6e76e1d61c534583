"""What a run is asked to be (`RunPlan`), and what it settles to (`SettledPlan`). Pure."""

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from performance.jobs.budgets import MOST_BUDGET_USD
from performance.jobs.models import Batch, Priority
from prospects.icp.models import ICPVersion
from prospects.intake.models import Import
from prospects.prompts.models import PromptVersion
from prospects.qualification.errors import NoBudget, NoEndpoint, NoProspects, OutOfRange, UnknownChoice
from prospects.qualification.models import Qualifier

CHOICES = [Qualifier.LLM.value, Qualifier.RUBRIC.value]
T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """A run as asked for. What is None is settled from the settings; an empty `qualifier` is the best one there is.

    `concurrency` wins over `batch_size` times `max_concurrent_batches`. Money in micro-dollars.
    """

    prospect_ids: Sequence[int]
    icp_version: ICPVersion
    qualifier: str = ""
    model: str = ""
    prompt_version: PromptVersion | None = None
    batch_size: int | None = None
    max_concurrent_batches: int | None = None
    max_retries: int | None = None
    delay_ms: int = 0
    priority: int = Priority.NORMAL
    concurrency: int | None = None
    budget_micros: int | None = None
    on_unknown: str = Batch.OnUnknown.PARK
    import_run: Import | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the installation says where a plan is silent."""

    has_endpoint: bool
    model: str
    prompt_version: PromptVersion
    batch_size: int
    max_concurrent_batches: int
    max_retries: int
    budget_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPlan:
    """A plan with every gap filled and every figure within its range. `prospect_ids` are distinct and sorted.

    By the rubric, `model` is empty, there is no prompt, and the budget is 0: nothing is bought.
    """

    prospect_ids: Sequence[int]
    icp_version: ICPVersion
    qualifier: str
    model: str
    prompt_version: PromptVersion | None
    batch_size: int
    max_concurrent_batches: int
    max_retries: int
    delay_ms: int
    priority: int
    concurrency: int
    budget_micros: int
    on_unknown: str
    import_run: Import | None
    title: str

    @property
    def is_llm(self) -> bool:
        return self.qualifier == Qualifier.LLM

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what makes two runs the same work: who, against what, by whom, with which words."""
        prompt = self.prompt_version.content_hash if self.prompt_version else ""
        digest = hashlib.sha256(array("q", self.prospect_ids).tobytes())
        asked = (self.icp_version.icp_id, self.icp_version.content_hash, self.qualifier, self.model, prompt)
        digest.update("\x1f".join(map(str, asked)).encode())
        return digest.hexdigest()


def settle(plan: RunPlan, *, defaults: Defaults) -> SettledPlan:
    """`plan` with its gaps filled from `defaults`. Raises the QualificationError that names what is wrong first."""
    ids = sorted(set(plan.prospect_ids))
    if not ids:
        raise NoProspects
    qualifier = _qualifier(plan, defaults=defaults)
    is_llm = qualifier == Qualifier.LLM
    size = _within("batch_size", plan.batch_size, default=defaults.batch_size, maximum=20)
    batches = _within(
        "max_concurrent_batches", plan.max_concurrent_batches, default=defaults.max_concurrent_batches, maximum=1000
    )
    return SettledPlan(
        prospect_ids=ids,
        icp_version=plan.icp_version,
        qualifier=qualifier,
        model=(plan.model or defaults.model) if is_llm else "",
        prompt_version=(plan.prompt_version or defaults.prompt_version) if is_llm else None,
        batch_size=size,
        max_concurrent_batches=batches,
        max_retries=_within("max_retries", plan.max_retries, default=defaults.max_retries, minimum=0, maximum=10),
        delay_ms=_within("delay_ms", plan.delay_ms, default=0, minimum=0, maximum=60_000),
        priority=_one_of("priority", plan.priority, choices=[int(value) for value in Priority.values]),
        concurrency=_within("concurrency", plan.concurrency, default=size * batches, maximum=1000),
        budget_micros=_budget(plan, default=defaults.budget_micros) if is_llm else 0,
        on_unknown=_one_of("on_unknown", plan.on_unknown, choices=list(Batch.OnUnknown.values)),
        import_run=plan.import_run,
        title=plan.title or plan.icp_version.icp.title,
    )


def _qualifier(plan: RunPlan, *, defaults: Defaults) -> str:
    if not plan.qualifier:
        return Qualifier.LLM if defaults.has_endpoint else Qualifier.RUBRIC
    qualifier = _one_of("qualifier", plan.qualifier, choices=CHOICES)
    if qualifier == Qualifier.LLM and not defaults.has_endpoint:
        raise NoEndpoint
    return qualifier


def _budget(plan: RunPlan, *, default: int) -> int:
    budget = default if plan.budget_micros is None else plan.budget_micros
    if budget == 0:
        raise NoBudget
    if not 0 < budget <= MOST_BUDGET_USD * 1_000_000:
        raise OutOfRange(name="budget in dollars", value=budget / 1_000_000, minimum=0, maximum=MOST_BUDGET_USD)
    return budget


def _within(name: str, value: int | None, *, default: int, maximum: int, minimum: int = 1) -> int:
    chosen = default if value is None else value
    if not minimum <= chosen <= maximum:
        raise OutOfRange(name=name, value=chosen, minimum=minimum, maximum=maximum)
    return chosen


def _one_of(name: str, value: T, *, choices: list[T]) -> T:
    if value not in choices:
        raise UnknownChoice(name=name, value=value, choices=[str(choice) for choice in choices])
    return value
