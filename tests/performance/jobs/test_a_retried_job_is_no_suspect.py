from collections.abc import Callable

import pytest

from performance.jobs.kinds import Calls, ClaimedJob, Retry
from performance.jobs.models import Job
from tests.performance.jobs.conftest import Scripted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_that_tries_again_runs_beside_others(kind: Scripted, work: Callable[[], None]) -> None:
    """Only one whose worker died is singled out: a refused request must not make the rest of a run go one by one."""

    async def refused_once(job: ClaimedJob, calls: Calls) -> None:
        if job.fence == 1:
            raise Retry("Slow down.", after_s=0.01, consumes_attempt=False)

    kind.does = refused_once
    batch = kind.submit(5)

    work()

    jobs = Job.objects.filter(batch=batch, state="succeeded")
    assert list(jobs.values_list("cohort_limit", flat=True)) == [None] * 5
