"""Parsing, dry run and commit as jobs, for whoever can't wait: the pages and the API."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence

from django.db import connections

from performance.access.models import User
from performance.jobs.kinds import Calls, ClaimedJob, GiveUp, Kind, Policy, Stuck
from performance.jobs.models import Batch
from performance.jobs.submission import BatchOptions, Subject, submit_batch
from prospects.intake import services
from prospects.intake.errors import IntakeError, UnknownImport
from prospects.intake.models import Import

PARSE, PREVIEW, COMMIT = "import.parse", "import.preview", "import.commit"

_STEPS: dict[str, Callable[[int], object]] = {
    PARSE: services.parse,
    PREVIEW: services.preview,
    COMMIT: services.commit,
}


class ImportKind(Kind[None]):
    """One step of one import. The service is its own transaction and idempotent, so `store` has nothing to add."""

    queue = "imports"
    # A million rows take minutes; a worker that dies is noticed by its lease, not by this.
    policy = Policy(max_attempts=3, timeout_s=3600.0)

    async def run(self, job: ClaimedJob, calls: Calls) -> None:
        try:
            await asyncio.to_thread(_in_thread, _STEPS[self.name], job.subject_id)
        except IntakeError as error:
            raise GiveUp(str(error), code=error.code) from error

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        for one in jobs:
            Import.objects.filter(pk=one.job.subject_id).update(error=one.reason)


class ParseKind(ImportKind):
    name = PARSE


class PreviewKind(ImportKind):
    name = PREVIEW


class CommitKind(ImportKind):
    name = COMMIT


def start(import_id: int, *, kind: str, owner: User | None) -> Batch:
    """Has a worker do a step of an import; asked for twice while it is under way, it is done once.

    Raises UnknownImport.
    """
    run = Import.objects.filter(pk=import_id).first()
    if run is None:
        raise UnknownImport
    fingerprint = hashlib.sha256(f"{kind}:{import_id}".encode()).hexdigest()
    options = BatchOptions(owner=owner, title=f"{run.name}: {kind.partition('.')[2]}"[:255], fingerprint=fingerprint)
    batch = submit_batch(kind=kind, subjects=[Subject(import_id)], options=options).batch
    Import.objects.filter(pk=import_id).update(batch=batch, error="")
    return batch


def _in_thread(step: Callable[[int], object], import_id: int) -> None:
    """A thread's connection is its own, and closed with it."""
    try:
        step(import_id)
    finally:
        connections.close_all()
