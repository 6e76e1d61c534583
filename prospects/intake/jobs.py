"""The heavy steps of an import as jobs, for whoever can't wait: the pages and the API."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence

from django.db import connections, transaction

from performance.access.models import User
from performance.cache.tags import bump
from performance.jobs.kinds import Calls, ClaimedJob, GiveUp, Kind, Policy, Stuck
from performance.jobs.models import Batch
from performance.jobs.submission import BatchOptions, Subject, submit_batch
from prospects.intake import services
from prospects.intake.errors import AtWork, IntakeError, NoCompanyColumn, UnknownImport, WrongState
from prospects.intake.mapping import identifies
from prospects.intake.models import Import

PARSE, PREVIEW, COMMIT, UNDO = "import.parse", "import.preview", "import.commit", "import.undo"
# About 5,000 rows: half a second, which a person waits for gladly and a web process can spare.
AT_ONCE_BYTES = 500_000

STEPS: Mapping[str, Callable[[int], object]] = {
    PARSE: services.parse,
    PREVIEW: services.preview,
    COMMIT: services.commit,
    UNDO: services.undo,
}
_OPEN = {Import.State.PARSED, Import.State.PREVIEWED}
# A step that is done already is done again by doing nothing, but for undo.
_STATES: Mapping[str, set[Import.State]] = {
    PARSE: set(Import.State) - {Import.State.UNDONE},
    PREVIEW: _OPEN,
    COMMIT: _OPEN | {Import.State.COMMITTED},
    UNDO: {Import.State.COMMITTED},
}


class ImportKind(Kind[None]):
    """One step of one import. The service is its own transaction and idempotent, so `store` has nothing to add."""

    queue = "imports"
    # A million rows take minutes; a worker that dies is noticed by its lease, not by this.
    policy = Policy(max_attempts=3, timeout_s=3600.0)

    async def run(self, job: ClaimedJob, calls: Calls) -> None:
        try:
            await asyncio.to_thread(_in_thread, STEPS[self.name], job.subject_id)
        except IntakeError as error:
            raise GiveUp(str(error), code=error.code) from error

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        for one in jobs:
            Import.objects.filter(pk=one.job.subject_id).update(error=one.reason)
            bump("imports", f"import:{one.job.subject_id}")


class ParseKind(ImportKind):
    name = PARSE


class PreviewKind(ImportKind):
    name = PREVIEW


class CommitKind(ImportKind):
    name = COMMIT


class UndoKind(ImportKind):
    name = UNDO


def is_small(run: Import) -> bool:
    """Whether its steps are so short that who asks may wait."""
    return run.file is None or run.file.size <= AT_ONCE_BYTES


@transaction.atomic
def start(import_id: int, *, kind: str, owner: User | None) -> Batch:
    """Has a worker do a step of an import; asked for twice while it is under way, it is done once.

    In one transaction, since a worker that takes the job locks the import for as long as the step takes. Raises
    UnknownImport, AtWork, WrongState, NoCompanyColumn: what is known at once isn't left for a worker to find.
    """
    run = Import.objects.select_related("batch").filter(pk=import_id).first()
    if run is None:
        raise UnknownImport
    under_way: Batch | None = run.batch if run.is_at_work else None
    if under_way is not None:
        if under_way.kind != kind:
            raise AtWork
        return under_way
    _check(run, kind)
    fingerprint = hashlib.sha256(f"{kind}:{import_id}".encode()).hexdigest()
    options = BatchOptions(owner=owner, title=f"{run.name}: {kind.partition('.')[2]}"[:255], fingerprint=fingerprint)
    batch = submit_batch(kind=kind, subjects=[Subject(import_id)], options=options).batch
    Import.objects.filter(pk=import_id).update(batch=batch, error="")
    bump("imports", f"import:{import_id}")
    return batch


def _check(run: Import, kind: str) -> None:
    if run.state not in _STATES[kind]:
        why = f": {run.error}" if run.error else "."
        raise WrongState(f"The import is {run.get_state_display().lower()}; there is no {kind[7:]} of it now{why}")
    if kind in {PREVIEW, COMMIT} and not identifies(run.columns):
        raise NoCompanyColumn(
            f"No column of {run.name} holds a company's name or domain; map one of them to “Company name” or "
            "“Website or domain”."
        )


def _in_thread(step: Callable[[int], object], import_id: int) -> None:
    """A thread's connection is its own, and closed with it."""
    try:
        step(import_id)
    finally:
        connections.close_all()
