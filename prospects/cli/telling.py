"""What the command says of a file, a plan and an ended run, in words. Reads, prints nothing."""

import math
from collections.abc import Iterator, Mapping

from django.conf import settings

from performance.jobs.progress import Progress
from prospects.cli.bringing import Brought
from prospects.cli.options import Options
from prospects.qualification.errors import dollars
from prospects.qualification.estimate import Estimate
from prospects.qualification.models import QualificationRun
from prospects.qualification.plan import SettledPlan

Lines = Iterator[tuple[str, str]]


def of_file(brought: Brought) -> Lines:
    """What came in, what its columns were taken for, and what became of its rows."""
    imported, preview = brought.imported, brought.preview
    yield "File", f"{imported.name} · {imported.row_count:,} {'row' if imported.row_count == 1 else 'rows'}"
    yield "Columns", _mapping(imported.columns, headers=imported.headers)
    counts = {
        "created": preview.create,
        "updated": preview.update,
        "unchanged": preview.skip,
        "refused": preview.refuse,
    }
    yield "Rows", " · ".join(f"{count:,} {word}" for word, count in counts.items() if count)


def of_plan(plan: SettledPlan, *, brought: Brought, estimate: Estimate) -> Lines:
    """By whom, against what, and for how much."""
    criteria = brought.profile.criteria
    musts = sum(criterion.must for criterion in criteria)
    yield (
        "Profile",
        f"{brought.profile.title} · version {brought.version.number} · {len(criteria)} criteria, {musts} must · "
        f"{brought.version.completeness} % complete",
    )
    if not plan.is_llm:
        why = "as asked" if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL else "no OPENAI_API_KEY is set"
        yield "Judge", f"the rubric ({why}): deterministic, from what the file says, no LLM"
        yield "Cost", "nothing"
        return
    assert plan.prompt_version  # noqa: S101 - an LLM's plan has one
    yield "Judge", f"{plan.model} · prompt {plan.prompt_version} · {plan.concurrency:,} at once"
    yield "Cost", _cost(plan, estimate)
    if estimate.assumed:
        yield "", f"{estimate.assumed}; set it in the admin under Model prices"


def of_leftovers(run: QualificationRun, *, ended: Progress, options: Options) -> Iterator[str]:
    """What is missing from the results, why, and what to type to get it."""
    if ended.parked:
        yield (
            f"{ended.parked:,} prospects show the rubric's verdict: their calls were cut off, and may be charged. "
            f"To ask again, and perhaps pay twice: {options.command(retry='parked')}"
        )
    if ended.dead:
        stuck = run.batch.jobs.filter(state="dead").values_list("error", flat=True)[:1]
        why = next(iter(stuck), "") or "see the run"
        shown = "show the rubric's verdict" if run.qualifier == "llm" else "have no verdict"
        yield (
            f"{ended.dead:,} prospects {shown}: they failed {run.batch.max_attempts} times ({why.rstrip('.')}). "
            f"To try again: {options.command(retry='dead')}"
        )


def enough(ended: Progress) -> int:
    """A budget in micro-dollars, in whole cents, by which a run that has used up its own will come to its end."""
    a_call = ended.spent_micros / ended.calls if ended.calls else ended.budget_micros
    # Half as much again, since what is left may be longer; and twice the old one, since the last call needs room too.
    reckoned = ended.spent_micros + 1.5 * a_call * (ended.total - ended.done)
    return math.ceil(max(reckoned, 2 * ended.budget_micros) / 10_000) * 10_000


def _cost(plan: SettledPlan, estimate: Estimate) -> str:
    held = f", {estimate.from_ledger:,} are in the ledger already" if estimate.from_ledger else ""
    if not estimate.calls:
        return f"nothing: all {estimate.from_ledger:,} answers are in the ledger already"
    falls_short = ", where the run will pause" if estimate.cost_micros > plan.budget_micros else ""
    return (
        f"about {dollars(estimate.cost_micros)} for {estimate.calls:,} calls"
        f" ({estimate.input_tokens:,} tokens in, {estimate.output_tokens:,} out){held}"
        f" · never more than {dollars(plan.budget_micros)}{falls_short}"
    )


def _mapping(columns: Mapping[str, str], *, headers: list[str]) -> str:
    """In the order of the file."""
    used = " · ".join(
        f"{header} → {field}" if header.lower().replace(" ", "_") != field else header
        for header in headers
        if (field := columns.get(header))
    )
    kept = [header for header in headers if not columns.get(header)]
    return used + (f" · kept as they are: {', '.join(kept)}" if kept else "")
