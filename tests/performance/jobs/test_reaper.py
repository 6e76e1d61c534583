import pytest
from django.db import connection

from performance.cache.tags import Versions, versions
from performance.jobs import claims, ledger
from performance.jobs.asks import Ask
from performance.jobs.models import Job, PaidCall
from performance.jobs.reaper import after_death, reap
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import request_for


def let_leases_run_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE performance_job SET lease_until = now() - interval '1 s' WHERE state = 'leased'")


def test_only_leases_that_ran_out_are_taken_back(kind: Scripted, db: None) -> None:
    dead, alive = kind.submit(2), kind.submit(1)
    claims.claim(batch_id=dead.pk, params={}, limit=2, worker="runner:h:1:a")
    let_leases_run_out()
    claims.claim(batch_id=alive.pk, params={}, limit=1, worker="runner:h:2:b")

    assert reap() == 2

    assert set(Job.objects.filter(batch=dead).values_list("state", "attempts")) == {("ready", 0)}
    assert Job.objects.get(batch=alive).state == "leased"


def test_what_a_dead_worker_did_not_announce_is_not_served_any_more(kind: Scripted, transactional_db: None) -> None:
    batch = kind.submit(1)
    claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    steps: list[tuple[int, Versions | None]] = []

    for prepare in (lambda: None, lambda: None, let_leases_run_out):
        prepare()
        steps.append((reap(), versions(("whatever",), at_most_s=0)))

    first, idle, after = (found.numbers if found else () for _, found in steps)
    assert [taken for taken, _ in steps] == [0, 0, 1]
    assert first == idle != after


def test_a_job_taken_back_keeps_its_place_in_the_queue(kind: Scripted, db: None) -> None:
    batch = kind.submit(3)
    first = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")[0].job
    let_leases_run_out()
    reap()

    (again,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:2:b")

    assert again.job.id == first.id


def test_what_a_dead_worker_had_reserved_and_not_sent_is_released(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (held,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    ledger.reserve([Ask(request_for("x"), held.job.id, held.job.fence, batch.pk)])
    let_leases_run_out()

    reap()

    batch.refresh_from_db()
    assert batch.reserved_micros == 0
    assert PaidCall.objects.get().state == "failed"


def test_a_poison_pill_is_singled_out_and_the_others_are_not_blamed(kind: Scripted, db: None) -> None:
    """The first subject kills its worker, and with it all that was claimed beside it."""
    batch = kind.submit(40)
    deaths = 0
    while not Job.objects.filter(state="dead").exists():
        found = claims.claim(batch_id=batch.pk, params={}, limit=40, worker="runner:h:1:a")
        if found[0].cohort_limit == 1:
            claims.mark_alone(found[0].job)
        let_leases_run_out()
        reap()
        deaths += 1

    # In crowds of 40, 80, 40, 20, 10, 5 and 2, and then alone, which counts, three times.
    assert deaths == 10
    assert Job.objects.get(state="dead").subject_id == 1
    assert Job.objects.filter(state="ready", interruptions=0).count() == 39
    assert Job.objects.filter(cohort_limit=None).count() == 30
    assert [(stuck.job.subject_id, stuck.code) for stuck in kind.told_stuck] == [(1, "poison")]
    batch.refresh_from_db()
    assert batch.dead == 1


@pytest.mark.parametrize(
    ("limit", "interruptions", "crowd", "verdict"),
    [
        (None, 0, 200, (0, 400)),
        (None, 0, 1, (0, 2)),
        (200, 0, 7, (0, 100)),
        (2, 0, 200, (0, 1)),
        (1, 0, 200, (0, 1)),
        (0, 0, 200, (1, 1)),
        (0, 2, 1, (3, 1)),
    ],
)
def test_a_death_narrows_the_crowd_or_counts(
    limit: int | None, interruptions: int, crowd: int, verdict: tuple[int, int]
) -> None:
    assert after_death(cohort_limit=limit, interruptions=interruptions, crowd=crowd) == verdict
