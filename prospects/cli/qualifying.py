"""The whole command: bring in, say what it costs, run or go on, watch, rank, write."""

import os
from dataclasses import replace

from django.db import transaction

from performance.jobs import services as jobs
from performance.jobs.batches import slot_shares
from performance.jobs.fleet import Fleet
from performance.jobs.models import Batch
from performance.jobs.progress import Progress
from performance.jobs.wake import check_broker
from prospects.cli import telling
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

INTERRUPTED = 130


def qualify(options: Options, screen: Screen) -> int:
    """Do all of it and return the exit status. Raises DomainErrors whose text says what to do."""
    _check_writable(options)
    check_broker()
    run = _begin(options, screen)
    _check_endpoint(run, options)
    try:
        with Fleet(["qualification"], children=len(slot_shares(run.batch.concurrency))) as fleet:
            ended = _watch(run, fleet=fleet, screen=screen)
    except KeyboardInterrupt:
        screen.warn(f"Stopped. Run {run.pk} goes on where it is with: {options.command()}")
        return INTERRUPTED
    _check_ended(ended, options)
    _conclude(run, ended=ended, options=options, screen=screen)
    return os.EX_OK


def _watch(run: QualificationRun, *, fleet: Fleet, screen: Screen) -> Progress:
    try:
        return watch(run.pk, fleet=fleet, console=screen.console)
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
def _begin(options: Options, screen: Screen) -> QualificationRun:
    """The run to watch, started or gone on with. One transaction: what is refused leaves nothing behind."""
    brought = bring_in(options)
    screen.facts(telling.of_file(brought))
    plan = plan_of(brought, options)
    previous = _previous(plan) if options.retry else None
    if previous is not None:
        return _retry(previous, options=options, screen=screen)
    return _start(plan, brought=brought, options=options, screen=screen)


def _start(asked: RunPlan, *, brought: Brought, options: Options, screen: Screen) -> QualificationRun:
    estimate, plan = estimate_run(asked), settled(asked)
    screen.facts(telling.of_plan(plan, brought=brought, estimate=estimate))
    for warning in brought.version.warnings:
        screen.warn(warning)
    submission = submit_run(asked, estimate=estimate)
    if not submission.is_new:
        _go_on(submission.run.batch, budget_micros=plan.budget_micros, options=options, screen=screen)
    return submission.run


def _go_on(batch: Batch, *, budget_micros: int, options: Options, screen: Screen) -> None:
    """With a run as it was started; a budget that is not the one just told is said."""
    _resume(batch, options=options)
    batch.refresh_from_db()
    own = f", which may spend {dollars(batch.budget_micros)} in all" if batch.budget_micros != budget_micros else ""
    screen.say(f"Going on with run {batch.pk}, started {batch.created_at:%Y-%m-%d %H:%M} UTC{own}.")


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
