"""The kind of job "archival.run": one run, a quarter of a minute at a time, so that others have the worker between."""

import asyncio
from collections.abc import Sequence

from django.db import IntegrityError, connections

from performance.api.errors import DomainError
from performance.database.archival import runs
from performance.database.archival.chunks import archive_for
from performance.database.archival.expecting import expect
from performance.database.archival.models import ArchivalRun
from performance.database.archival.restoring import restore_for
from performance.jobs.kinds import Calls, ClaimedJob, GiveUp, Kind, Policy, Retry, Stuck

TURN_S, REST_S = 15.0, 1.0


class ArchivalKind(Kind[None]):
    """Whatever ends a turn, the next one goes on from the run's own row."""

    name = runs.KIND
    queue = runs.QUEUE
    # Twenty goes that came to nothing: a table that is locked for long, a database that is away.
    policy = Policy(max_attempts=20, base_delay_s=2.0, max_delay_s=300.0, timeout_s=180.0)

    async def run(self, job: ClaimedJob, calls: Calls) -> None:
        if not await asyncio.to_thread(_turn, job.subject_id):
            # Without a reason: nothing is wrong with it.
            raise Retry("", code="turn", after_s=REST_S, consumes_attempt=False)

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        for each in jobs:
            runs.fail(each.job.subject_id, reason=each.reason)


def _turn(run_id: int) -> bool:
    try:
        work = ArchivalRun.objects.values_list("work", flat=True).filter(pk=run_id).first()
        if work is None:
            raise GiveUp("The run was deleted.", code="gone")
        if work == ArchivalRun.Work.RESTORE:
            return restore_for(run_id, seconds=TURN_S)
        expect(run_id)
        return archive_for(run_id, seconds=TURN_S)
    except DomainError as error:
        raise GiveUp(str(error), code=error.code) from error
    except IntegrityError as error:
        raise GiveUp(f"Other rows stand in the way: {str(error).partition(chr(10))[0]}", code="integrity") from error
    finally:
        # This thread ends here, and its connection would stay open.
        connections.close_all()
