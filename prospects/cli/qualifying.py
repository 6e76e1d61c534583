"""The whole command: bring in, say what it costs, run or go on, watch, rank, write."""

import os
from dataclasses import dataclass, replace

from django.db import transaction

from performance.jobs import services as jobs
from performance.jobs.batches import slot_shares
from performance.jobs.fleet import Fleet
from performance.jobs.models import Batch
from performance.jobs.progress import Progress
from performance.jobs.wake import check_broker
from prospects.cli import researching, telling
from prospects.cli.bringing import Brought, bring_in, plan_of
from prospects.cli.errors import RunCancelled, RunPaused, Unwritable
from prospects.cli.files import write_results
from prospects.cli.options import Options
from prospects.cli.screen import Screen
from prospects.cli.watching import watch
from prospects.exports.results import results_of
from prospects.llm import endpoints
from prospects.llm.errors import EndpointError
from prospects.qualification.errors import dollars
from prospects.qualification.kind import KIND
from prospects.qualification.models import Qualification, QualificationRun, Qualifier
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import estimate_run, settled, submit_run
from prospects.research.models import ResearchBatch

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Researched:
    """Research under way, and the run that will follow it."""

    research: ResearchBatch
    plan: RunPlan
    brought: Brought


def qualify(options: Options, screen: Screen) -> int:
    """Do all of it and return the exit status. Raises DomainErrors whose text says what to do."""
    _check_writable(options)
    check_broker()
    begun = _begin(options, screen)
    if isinstance(begun, Researched):
        if not _research(begun, options=options, screen=screen):
            return INTERRUPTED
        begun = _start(begun.plan, brought=begun.brought, options=options, screen=screen)
    return _run(begun, options=options, screen=screen)


def _run(run: QualificationRun, *, options: Options, screen: Screen) -> int:
    _check_endpoint(run, options)
    try:
        with Fleet(["qualification"], children=len(slot_shares(run.batch.concurrency))) as fleet:
            ended = _watch(run.pk, fleet=fleet, screen=screen, verb="Qualifying")
    except KeyboardInterrupt:
        screen.warn(f"Stopped. Run {run.pk} goes on where it is with: {options.command()}")
        return INTERRUPTED
    _check_ended(ended, options)
    _conclude(run, ended=ended, options=options, screen=screen)
    return os.EX_OK


def _research(begun: Researched, *, options: Options, screen: Screen) -> bool:
    """Watch the research to its end; False where it was interrupted."""
    research = begun.research
    try:
        with Fleet(["research"], children=len(slot_shares(research.batch.concurrency))) as fleet:
            ended = _watch(research.pk, fleet=fleet, screen=screen, verb="Researching")
    except KeyboardInterrupt:
        screen.warn(f"Stopped. Research {research.pk} goes on where it is with: {options.command()}")
        return False
    _check_ended(ended, options)
    research.batch.refresh_from_db()
    screen.facts(researching.of_end(research, ended))
    return True


def _watch(batch_id: int, *, fleet: Fleet, screen: Screen, verb: str) -> Progress:
    try:
        return watch(batch_id, fleet=fleet, console=screen.console, verb=verb)
    except KeyboardInterrupt:
        screen.warn("Stopping: calls in flight are finished and stored first.")
        raise


def _check_writable(options: Options) -> None:
    """Before anything is bought: whether its results could be kept. Makes nothing: the file may yet be refused."""
    try:
        nearest = next(path for path in (options.out, *options.out.absolute().parents) if os.path.lexists(path))
    except OSError as error:
        raise Unwritable(options.out, why=error.strerror or str(error)) from error
    if not nearest.is_dir():
        raise Unwritable(options.out, why=f"{nearest} is no directory")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Unwritable(options.out, why="permission denied")


def _check_endpoint(run: QualificationRun, options: Options) -> None:
    """Pause the run at once where the LLM can't be asked, rather than after its workers have tried in vain."""
    endpoint = endpoints.configured(model=run.model)
    if run.qualifier != Qualifier.LLM or endpoint is None or not run.batch.jobs.filter(state="ready").exists():
        return
    try:
        endpoints.check(endpoint)
    except EndpointError as error:
        jobs.pause(run.batch.pk, code=type(error).__name__.lower(), reason=str(error))
        raise RunPaused(str(error), command=options.command()) from error


@transaction.atomic
def _begin(options: Options, screen: Screen) -> "QualificationRun | Researched":
    """The run to watch, or the research before it, started or gone on with. One transaction: what is refused leaves
    nothing behind.
    """
    brought = bring_in(options)
    screen.facts(telling.of_file(brought))
    plan = plan_of(brought, options)
    previous = _previous(plan) if options.retry else None
    if previous is not None:
        return _retry(previous, options=options, screen=screen)
    if researching.is_wanted(brought, options):
        return _begin_research(plan, brought=brought, options=options, screen=screen)
    return _start(plan, brought=brought, options=options, screen=screen)


def _begin_research(plan: RunPlan, *, brought: Brought, options: Options, screen: Screen) -> Researched:
    # What would refuse the run is said before the web is asked.
    settled(plan)
    research, estimate, is_new = researching.begin(plan, brought=brought, options=options)
    screen.facts(researching.of_plan(research, estimate))
    if not is_new:
        _go_on(research.batch, noun="research", options=options, screen=screen)
    return Researched(research, plan, brought)


@transaction.atomic
def _start(asked: RunPlan, *, brought: Brought, options: Options, screen: Screen) -> QualificationRun:
    estimate, plan = estimate_run(asked), settled(asked)
    screen.facts(telling.of_plan(plan, brought=brought, estimate=estimate))
    for warning in brought.version.warnings:
        screen.warn(warning)
    submission = submit_run(asked, estimate=estimate)
    if not submission.is_new:
        _go_on(submission.run.batch, noun="run", options=options, screen=screen, budget_micros=plan.budget_micros)
    return submission.run


def _go_on(batch: Batch, *, noun: str, options: Options, screen: Screen, budget_micros: int | None = None) -> None:
    """With a run or research as it was started; a budget that is not the one just told is said."""
    _resume(batch, options=options)
    batch.refresh_from_db()
    is_told = budget_micros in (None, batch.budget_micros)
    own = "" if is_told else f", which may spend {dollars(batch.budget_micros)} in all"
    screen.say(f"Going on with {noun} {batch.pk}, started {batch.created_at:%Y-%m-%d %H:%M} UTC{own}.")


def _retry(run: QualificationRun, *, options: Options, screen: Screen) -> QualificationRun:
    """Make the stuck jobs of the last such run ready again; with none, its results are shown once more."""
    again = jobs.retry_parked if options.retry == "parked" else jobs.retry_dead
    count = again(run.pk)
    said = f"Repeating {count:,} of run {run.pk}" if count else f"Run {run.pk} has none to repeat"
    screen.say(f"{said} ({'parked' if options.retry == 'parked' else 'given up'}).")
    run.batch.refresh_from_db()
    _resume(run.batch, options=options)
    return run


def _resume(batch: Batch, *, options: Options) -> None:
    if batch.state == Batch.State.PAUSED:
        jobs.resume(batch.pk, budget_micros=options.budget_micros)


def _previous(plan: RunPlan) -> QualificationRun | None:
    """The last run of the same work, in whatever state."""
    runs = QualificationRun.objects.for_detail().filter(batch__kind=KIND, batch__fingerprint=settled(plan).fingerprint)
    return runs.order_by("-batch_id").first()


def _check_ended(ended: Progress, options: Options) -> None:
    if ended.state == "paused":
        # The same budget would be used up again at once.
        again = replace(options, budget_micros=telling.enough(ended)) if ended.pause_code == "budget" else options
        raise RunPaused(ended.pause_reason, command=again.command())
    if ended.state == "cancelled":
        raise RunCancelled(ended.done, ended.total)


def _conclude(run: QualificationRun, *, ended: Progress, options: Options, screen: Screen) -> None:
    run = QualificationRun.objects.for_detail().get(pk=run.pk)
    try:
        files = write_results(run, directory=options.out)
    except OSError as error:
        raise Unwritable(options.out, why=error.strerror or str(error)) from error
    levels = Qualification.objects.fit_counts(run)
    screen.ranking(results_of(run))
    screen.ending(ended, levels=levels, files=files)
    for sentence in telling.of_leftovers(run, ended=ended, options=options):
        screen.warn(sentence)
