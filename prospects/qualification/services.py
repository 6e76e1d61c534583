"""Starting runs, and overriding what they say: the only writers of runs outside the jobs themselves."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from performance.access.models import User
from performance.jobs.models import Batch
from performance.jobs.services import BatchOptions, Subject, submit_batch
from prospects.companies.models import Prospect
from prospects.icp.models import IdealCustomerProfile
from prospects.llm import endpoints
from prospects.llm.repair import PROMPT as REPAIR
from prospects.prompts.services import active
from prospects.qualification.errors import BudgetBelowOneCall, NoFit, NoReason, OutOfRange, UnknownProspects
from prospects.qualification.estimate import Estimate, estimate_settled
from prospects.qualification.kind import KIND
from prospects.qualification.llm_qualifier import PROMPT
from prospects.qualification.models import Fit, QualificationRun
from prospects.qualification.plan import Defaults, RunPlan, SettledPlan, settle
from prospects.qualification.rules.score import fit_level

# Enough prospects to know what a call may cost, few enough to answer a request at once.
SAMPLE = 20

MISSING = """
SELECT wanted FROM unnest(%s::bigint[]) AS wanted
WHERE NOT EXISTS (SELECT FROM prospects_prospect WHERE id = wanted AND archived_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class RunSubmission:
    """The run that does what was asked; `is_new` is False where it was already under way."""

    run: QualificationRun
    is_new: bool


def settled(plan: RunPlan) -> SettledPlan:
    """The plan with its gaps filled from the settings. Raises a QualificationError where it can't be run."""
    return settle(
        plan,
        defaults=Defaults(
            has_endpoint=endpoints.configured() is not None,
            model=settings.OPENAI_MODEL,
            prompt_version=active(PROMPT),
            batch_size=settings.BATCH_SIZE,
            max_concurrent_batches=settings.BATCH_PARALLEL,
            max_retries=settings.BATCH_RETRIES,
            budget_micros=round(settings.RUN_BUDGET_USD * 1_000_000),
        ),
    )


def estimate_run(plan: RunPlan, *, sample: int | None = None) -> Estimate:
    """What the plan would cost: exact in its calls, or from `sample` of its prospects. Writes nothing.

    Raises a QualificationError where the plan can't be run.
    """
    return estimate_settled(settled(plan), sample=sample)


def submit_run(plan: RunPlan, *, owner: User | None = None, estimate: Estimate | None = None) -> RunSubmission:
    """Start the run, or return the active one that does the same work. Atomic.

    `estimate` spares the look at a sample of prospects where the caller has it. Raises a QualificationError.
    """
    checked = settled(plan)
    _check_prospects(checked)
    known = estimate or estimate_settled(checked, sample=SAMPLE)
    if checked.is_llm and checked.budget_micros < known.call_micros:
        raise BudgetBelowOneCall(budget_micros=checked.budget_micros, call_micros=known.call_micros)
    return _submit(checked, owner=owner, estimate=known)


@transaction.atomic
def override_fit(*, prospect: Prospect, icp: IdealCustomerProfile, score: int | None, reason: str, by: User) -> Fit:
    """Set the score that counts for this prospect, with who, when and why; None takes the override back. Atomic.

    Survives later runs and versions of the profile. Raises NoFit, NoReason, OutOfRange.
    """
    if score is not None and not reason.strip():
        raise NoReason
    if score is not None and not 0 <= score <= 100:
        raise OutOfRange(name="score", value=score, minimum=0, maximum=100)
    # Not joined with its verdict: a run that replaces that meanwhile would make the row vanish from the join.
    fit: Fit | None = Fit.objects.select_for_update().filter(prospect=prospect, icp=icp).first()
    if fit is None:
        raise NoFit
    fit.override_score = score
    fit.override_reason = reason.strip() if score is not None else ""
    fit.override_by, fit.override_at = by, timezone.now()
    fit.score = fit.qualification.score if score is None else score
    fit.level = fit_level(fit.score)
    fit.updated_at = fit.override_at
    fit.save()
    return fit


def _check_prospects(plan: SettledPlan) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [list(plan.prospect_ids)])
        missing = [row[0] for row in cursor.fetchall()]
    if missing:
        raise UnknownProspects(sorted(missing))


@transaction.atomic
def _submit(plan: SettledPlan, *, owner: User | None, estimate: Estimate) -> RunSubmission:
    options = BatchOptions(
        owner=owner,
        title=plan.title,
        # As it is now: a run under way keeps its words.
        params={"repair": active(REPAIR).template} if plan.is_llm else {},
        priority=plan.priority,
        concurrency=plan.concurrency,
        delay_ms=plan.delay_ms,
        max_attempts=plan.max_retries + 1,
        on_unknown=plan.on_unknown,
        budget_micros=plan.budget_micros,
        fingerprint=plan.fingerprint,
    )
    submission = submit_batch(kind=KIND, subjects=[Subject(id_) for id_ in plan.prospect_ids], options=options)
    if not submission.is_new:
        return RunSubmission(QualificationRun.objects.for_detail().get(pk=submission.batch.pk), is_new=False)
    return RunSubmission(_create(plan, batch=submission.batch, estimate=estimate), is_new=True)


def _create(plan: SettledPlan, *, batch: Batch, estimate: Estimate) -> QualificationRun:
    return QualificationRun.objects.create(
        batch=batch,
        icp_version=plan.icp_version,
        qualifier=plan.qualifier,
        model=plan.model,
        prompt_version=plan.prompt_version,
        import_run=plan.import_run,
        settings={
            "batch_size": plan.batch_size,
            "max_concurrent_batches": plan.max_concurrent_batches,
            "max_retries": plan.max_retries,
            "delay_ms": plan.delay_ms,
            "concurrency": plan.concurrency,
            "on_unknown": plan.on_unknown,
        },
        estimate_micros=estimate.cost_micros,
    )
