from performance.jobs import claims
from performance.jobs.completion import Flush, Outcome, store
from performance.jobs.kinds import ClaimedJob, Finished
from performance.jobs.models import Batch, Job
from tests.performance.jobs.conftest import Scripted


def held(batch: Batch) -> ClaimedJob:
    (claim,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    return claim.job


def succeeded(job: ClaimedJob, result: str) -> Outcome:
    return Outcome(job, Scripted.name, "succeeded", Finished(job, result, 5, 0, 0), attempts=1, run_ms=5)


def test_only_the_newest_holder_completes_a_job(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    stale = held(batch)
    claims.release([stale])
    newest = held(batch)

    assert store(Flush([], [succeeded(stale, "stale")])) == 1
    assert Job.objects.get().state == "leased"
    assert store(Flush([], [succeeded(newest, "newest")])) == 0

    assert [finished.result for finished in kind.stored] == ["newest"]
    batch.refresh_from_db()
    assert (batch.succeeded, batch.state) == (1, "finished")


def test_a_completion_repeated_after_a_lost_commit_answer_changes_nothing(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    job = held(batch)
    flush = Flush([], [succeeded(job, "once")])

    assert [store(flush), store(flush)] == [0, 1]

    batch.refresh_from_db()
    assert batch.succeeded == 1


def test_a_result_that_cannot_be_stored_fails_alone(kind: Scripted, db: None) -> None:
    batch = kind.submit(3)
    jobs = [each.job for each in claims.claim(batch_id=batch.pk, params={}, limit=3, worker="runner:h:1:a")]

    def refuse_two(finished: list[Finished[str]]) -> None:
        if any(each.job.subject_id == 2 for each in finished):
            raise ValueError("I don't like 2")
        kind.stored.extend(finished)

    kind.store = refuse_two  # type: ignore[method-assign, assignment]
    store(Flush([], [succeeded(job, "x") for job in jobs]))

    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["succeeded", "dead", "succeeded"]
    assert "I don't like 2" in Job.objects.get(subject_id=2).error
    assert [stuck.code for stuck in kind.told_stuck] == ["valueerror"]
    batch.refresh_from_db()
    assert (batch.succeeded, batch.dead, batch.state) == (2, 1, "finished")


def test_an_outcome_that_is_refused_does_not_pause_its_batch(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    stale = held(batch)
    claims.release([stale])
    held(batch)

    store(Flush([], [Outcome(stale, Scripted.name, "ready", code="budget", reason="none", pauses_batch=True)]))

    batch.refresh_from_db()
    assert (batch.state, batch.pause_code) == ("running", "")
