"""The research before a run: of a file that says no more of its companies than their domains, or when asked for."""

from collections.abc import Iterator

from performance.jobs.progress import Progress
from prospects.cli.bringing import Brought
from prospects.cli.options import Options
from prospects.cli.watching import duration
from prospects.companies.models import Prospect
from prospects.qualification.errors import dollars
from prospects.qualification.plan import RunPlan
from prospects.research.models import ResearchBatch
from prospects.research.plan import MOST_CONCURRENT, ResearchEstimate, ResearchPlan
from prospects.research.services import estimate_research, submit_research
from prospects.research.statistics import statistics

TOLD = ("name", "email", "phone", "country", "industry", "employees")


def is_wanted(brought: Brought, options: Options) -> bool:
    """As asked; unless said, where the file knows domains and nothing by which companies could be judged."""
    if options.research != "auto":
        return options.research == "yes"
    return {field for field in brought.imported.columns.values() if field} == {"domain"}


def begin(plan: RunPlan, *, brought: Brought, options: Options) -> tuple[ResearchBatch, ResearchEstimate, bool]:
    """The research of the companies of the run's prospects, started or gone on with, and what it may cost; the last
    says whether it was started now.
    """
    named = Prospect.objects.filter(pk__in=plan.prospect_ids).order_by()
    asked = ResearchPlan(
        company_ids=sorted(set(named.values_list("company", flat=True))),
        source="file",
        import_run=brought.imported,
        mode=options.mode,
        priority=options.priority,
        max_concurrent=None if options.concurrency is None else min(options.concurrency, MOST_CONCURRENT),
        budget_micros=options.budget_micros,
    )
    submission = submit_research(asked)
    return submission.research, estimate_research(asked), submission.is_new


def of_plan(research: ResearchBatch, estimate: ResearchEstimate) -> Iterator[tuple[str, str]]:
    """What is researched, and for how much."""
    fresh = f", {estimate.cached:,} fresh enough already" if estimate.cached else ""
    yield "Research", f"{estimate.companies:,} companies · {research.mode}{fresh}"
    if estimate.cost_micros:
        most = dollars(research.batch.budget_micros)
        about = dollars(estimate.cost_micros)
        yield "", f"about {about} for {estimate.searches:,} searches and {estimate.llm_calls:,} calls · at most {most}"


def of_end(research: ResearchBatch, ended: Progress) -> Iterator[tuple[str, str]]:
    """What was found."""
    found = statistics(research.batch)
    words = {"done": "found", "partial": "in part", "failed": "failed"}
    counts = " · ".join(f"{found[name]:,} {word}" for name, word in words.items() if found[name])
    yield "Found", f"{counts or 'nothing'} · {found['pages']:,} pages in {duration(ended.elapsed_s)}"
    shares = " · ".join(f"{name} {found['coverage'][name]:.0%}" for name in TOLD)
    yield "", shares
    if found["lacking"]:
        yield "Lacking", " · ".join(f"{one['companies']:,} {one['code']}" for one in found["lacking"][:5])
