"""Starting research, and saying before what it may cost: the only writers of batches of research outside their jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from performance.access.models import User
from performance.database.text import storable
from performance.jobs.models import Batch
from performance.jobs.services import BatchOptions, Subject, submit_batch
from prospects.companies.models import Company
from prospects.company_profiles.freshness import profiles_fresh
from prospects.company_profiles.reading import REPAIR
from prospects.extraction.modes import MODES
from prospects.llm import endpoints, prices
from prospects.prompts.services import active
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import settled as settled_run
from prospects.research.announcing import KIND
from prospects.research.errors import UnknownCompanies
from prospects.research.models import ResearchBatch
from prospects.research.plan import ResearchEstimate, ResearchPlan, ResearchSubmission, checked, fingerprint
from prospects.research.settling import Wanted, settle_companies, wanted_of
from prospects.search.engines.configured import configured_engine

# What the question on one company's pages takes as a rule: 12,000 characters of text, and a short answer.
TOKENS_IN, TOKENS_OUT = 3_500, 500
# Of a run's plan, what another process needs to make it again; the rest are rows, or follow from the companies.
NOT_KEPT = frozenset({"prospect_ids", "icp_version", "prompt_version", "import_run"})

MISSING = """
SELECT wanted FROM unnest(%s::bigint[]) AS wanted WHERE NOT EXISTS (SELECT FROM prospects_company WHERE id = wanted)
"""


@dataclass(frozen=True, slots=True)
class _Work:
    """A plan whose gaps are filled, and its companies as they were asked for, by id."""

    plan: ResearchPlan
    companies: Mapping[int, Wanted]


def submit_research(plan: ResearchPlan, *, owner: User | None = None) -> ResearchSubmission:
    """Start the research, or return the active one that does the same work. Atomic.

    Companies that aren't known yet are made, with a prospect each. Raises a ResearchError, or what the run that is to
    follow would be refused for.
    """
    ready = _checked(plan)
    with transaction.atomic():
        return _submit(_Work(ready, _companies(ready, owner=owner)), owner=owner)


def estimate_research(plan: ResearchPlan) -> ResearchEstimate:
    """What the plan would cost at most. Writes nothing; companies that would have to be made count as new.

    Raises a ResearchError where the plan can't be followed.
    """
    ready = _checked(plan)
    engine, endpoint = configured_engine(), endpoints.configured()
    if ready.company_ids:
        ids = sorted(set(ready.company_ids))
        total, cached = len(ids), 0 if ready.is_forced else len(_fresh(ids, mode=ready.mode))
        nameless = Company.objects.filter(pk__in=ids, domain="").count()
    else:
        wanted = wanted_of(ready.names, ready.domains)
        total, cached, nameless = len(wanted), 0, sum(not one.domain for one in wanted)
    searches = nameless if engine and engine.cost_micros else 0
    calls = total - cached if endpoint and MODES[ready.mode].uses_llm else 0
    each = prices.price_of(endpoint.model).cost(input_tokens=TOKENS_IN, output_tokens=TOKENS_OUT) if endpoint else 0
    cost = searches * (engine.cost_micros if engine else 0) + calls * each
    return ResearchEstimate(companies=total, cached=cached, searches=searches, llm_calls=calls, cost_micros=cost)


def _fresh(company_ids: Sequence[int], *, mode: str) -> set[int]:
    return profiles_fresh(company_ids, mode=mode, within_s=settings.DOMAIN_ANALYSIS_TTL)


def _checked(plan: ResearchPlan) -> ResearchPlan:
    return checked(
        plan,
        concurrency=settings.MAX_CONCURRENT_EXTRACTIONS,
        budget_micros=round(settings.RUN_BUDGET_USD * 1_000_000),
    )


def _companies(plan: ResearchPlan, *, owner: User | None) -> Mapping[int, Wanted]:
    if not plan.company_ids:
        return settle_companies(wanted_of(plan.names, plan.domains), owner_id=owner.pk if owner else None)
    ids = sorted(set(plan.company_ids))
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [ids])
        missing = [row[0] for row in cursor.fetchall()]
    if missing:
        raise UnknownCompanies(missing)
    return dict.fromkeys(ids, Wanted())


def _submit(work: _Work, *, owner: User | None) -> ResearchSubmission:
    plan, companies = work.plan, work.companies
    _check_run(plan.then)
    options = BatchOptions(
        owner=owner,
        title=_title(plan),
        params=_params(plan, owner=owner),
        priority=plan.priority,
        concurrency=plan.max_concurrent or settings.MAX_CONCURRENT_EXTRACTIONS,
        budget_micros=plan.budget_micros or 0,
        fingerprint=fingerprint(plan, company_ids=list(companies)),
    )
    subjects = [Subject(id_, _input(wanted)) for id_, wanted in companies.items()]
    submission = submit_batch(kind=KIND, subjects=subjects, options=options)
    if not submission.is_new:
        found = ResearchBatch.objects.select_related("batch__owner").get(pk=submission.batch.pk)
        return ResearchSubmission(found, is_new=False)
    return ResearchSubmission(_create(plan, batch=submission.batch), is_new=True)


def _check_run(then: RunPlan | None) -> None:
    """What would refuse the run later refuses the research now, before anything is fetched."""
    if then is not None:
        settled_run(RunPlan(**{**_given(then), "prospect_ids": [1]}))


def _given(then: RunPlan) -> dict[str, Any]:
    return {field.name: getattr(then, field.name) for field in fields(then)}


def _params(plan: ResearchPlan, *, owner: User | None) -> dict[str, Any]:
    """What all jobs of the batch need. `asked_at`: what was fetched since isn't fetched again, not even by force."""
    return {
        "mode": plan.mode,
        "country": plan.country,
        "language": plan.language,
        "timeout_s": plan.timeout_s,
        "at_once": plan.max_concurrent,
        "is_forced": plan.is_forced,
        "owner": owner.pk if owner else None,
        "asked_at": timezone.now().isoformat(),
        "repair": active(REPAIR).template if endpoints.configured() else "",
    }


def _input(wanted: Wanted) -> dict[str, str]:
    # By hand: `asdict` takes seven times as long, a quarter of a second for 100,000.
    return {name: value for name, value in (("name", wanted.name), ("domain", wanted.domain)) if value}


def _title(plan: ResearchPlan) -> str:
    if file := plan.import_run.name if plan.import_run is not None else storable(plan.file):
        return f"Research of {file}"[:255]
    first = next(iter([*plan.names, *plan.domains]), "")
    if plan.asked == 1 and first:
        return f"Research of {first}"[:255]
    return f"Research of {plan.asked:,} {'company' if plan.asked == 1 else 'companies'}"


def _create(plan: ResearchPlan, *, batch: Batch) -> ResearchBatch:
    return ResearchBatch.objects.create(
        batch=batch,
        mode=plan.mode,
        country=plan.country,
        language=plan.language,
        timeout_s=plan.timeout_s,
        includes_failed=plan.includes_failed,
        export_format=plan.export_format,
        source=plan.source,
        asked=plan.asked,
        import_run=plan.import_run,
        session=plan.session,
        settings={
            "concurrency": plan.max_concurrent,
            "rescore": plan.rescore,
            "is_forced": plan.is_forced,
            "budget_micros": plan.budget_micros,
        },
        then_icp_version=plan.then.icp_version if plan.then else None,
        then=_kept(plan.then) if plan.then else {},
        is_followed=plan.then is None and not plan.rescore,
    )


def _kept(then: RunPlan) -> dict[str, Any]:
    given = {name: value for name, value in _given(then).items() if name not in NOT_KEPT}
    return given | {"prompt_version": then.prompt_version.pk if then.prompt_version else None}
