from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from performance.jobs import claims
from performance.jobs.models import Batch, Job
from tests.performance.jobs.conftest import Scripted


def claim(batch: Batch, *, limit: int = 10, worker: str = "runner:h:1:a") -> list[claims.Claim]:
    return claims.claim(batch_id=batch.pk, params={}, limit=limit, worker=worker)


def test_a_claim_leases_the_oldest_ready_jobs_under_a_new_fence(kind: Scripted, db: None) -> None:
    batch = kind.submit(3)

    found = claim(batch, limit=2)

    assert [(each.job.subject_id, each.job.fence, each.job.attempt) for each in found] == [(1, 1, 1), (2, 1, 1)]
    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["leased", "leased", "ready"]
    batch.refresh_from_db()
    assert batch.started_at is not None


def test_claims_at_the_same_moment_share_the_jobs_out(kind: Scripted, transactional_db: None) -> None:
    batch = kind.submit(200)

    def grab(number: int) -> list[int]:
        try:
            return [each.job.id for _ in range(5) for each in claim(batch, limit=10, worker=f"runner:h:{number}:a")]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        taken = [job_id for ids in pool.map(grab, range(6)) for job_id in ids]

    assert len(taken) == len(set(taken)) == 200
    assert set(Job.objects.values_list("fence", flat=True)) == {1}


def test_a_claim_never_takes_more_than_its_limit(kind: Scripted, transactional_db: None) -> None:
    batch = kind.submit(100)

    def grab(number: int) -> int:
        try:
            return len(claim(batch, limit=7, worker=f"runner:h:{number}:a"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(grab, range(8))) == [7] * 8


def test_nothing_of_a_paused_batch_or_of_later_is_claimed(kind: Scripted, db: None) -> None:
    batch = kind.submit(2)
    Job.objects.filter(subject_id=1).update(available_at="2999-01-01T00:00Z")

    assert [each.job.subject_id for each in claim(batch)] == [2]
    Job.objects.update(state="ready", lease_until=None, available_at="2020-01-01T00:00Z")
    Batch.objects.update(state="paused")
    assert claim(batch) == []
    Batch.objects.update(state="running", cancel_requested_at="2026-01-01T00:00Z")
    assert claim(batch) == []


def test_what_is_released_costs_no_attempt_and_raises_the_fence_next_time(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (held,) = claim(batch)

    assert claims.release([held.job]) == {held.job.id}

    (again,) = claim(batch)
    assert (again.job.fence, again.job.attempt) == (2, 1)


def test_a_lease_is_renewed_only_for_its_fence(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (old,) = claim(batch)
    claims.release([old.job])
    (new,) = claim(batch)

    assert claims.renew([old.job]) == set()
    assert claims.renew([new.job]) == {new.job.id}


def test_a_worker_gives_back_what_it_leased_without_knowing(kind: Scripted, db: None) -> None:
    batch = kind.submit(3)
    known, *_ = claim(batch)

    assert claims.disown(worker="runner:h:1:a", held=[known.job.id]) == 2

    assert Job.objects.get(state="leased").pk == known.job.id
