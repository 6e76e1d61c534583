from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from performance.jobs.errors import NothingToDo, OutOfRange, UnknownKind
from performance.jobs.models import Batch, Job, RunnerSlot
from performance.jobs.submission import BatchOptions, Subject, Submission, submit_batch
from tests.performance.jobs.conftest import Scripted

PRINT = "f" * 64


def test_a_batch_and_its_jobs_are_stored_ready(kind: Scripted, db: None) -> None:
    subjects = [Subject(7, {"name": "Ä\t\\N\n"}), Subject(8)]

    submission = submit_batch(kind=kind.name, subjects=subjects, options=BatchOptions(concurrency=700))

    assert submission.is_new
    assert submission.batch.total == 2
    rows = Job.objects.order_by("subject_id").values_list("subject_id", "input", "state", "fence", "attempts")
    assert list(rows) == [(7, {"name": "Ä\t\\N\n"}, "ready", 0, 0), (8, {}, "ready", 0, 0)]
    assert list(RunnerSlot.objects.order_by("number").values_list("number", "share")) == [(0, 350), (1, 350)]


def test_the_same_fingerprint_returns_the_unfinished_batch(kind: Scripted, db: None) -> None:
    first = kind.submit(2, fingerprint=PRINT)

    second = submit_batch(kind=kind.name, subjects=[Subject(1)], options=BatchOptions(fingerprint=PRINT))

    assert second == Submission(first, is_new=False)
    assert Job.objects.count() == 2


def test_the_fingerprint_of_a_finished_batch_is_free_again(kind: Scripted, db: None) -> None:
    first = kind.submit(1, fingerprint=PRINT)
    Batch.objects.filter(pk=first.pk).update(state="finished")

    second = submit_batch(kind=kind.name, subjects=[Subject(1)], options=BatchOptions(fingerprint=PRINT))

    assert second.is_new


def test_of_submissions_at_the_same_moment_one_makes_the_batch(kind: Scripted, transactional_db: None) -> None:
    def submit(_: int) -> Submission:
        try:
            return submit_batch(kind=kind.name, subjects=[Subject(1)], options=BatchOptions(fingerprint=PRINT))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        submissions = list(pool.map(submit, range(8)))

    assert [submission.is_new for submission in submissions].count(True) == 1
    assert len({submission.batch.pk for submission in submissions}) == 1
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "subjects", "error"),
    [
        (BatchOptions(), [], NothingToDo),
        (BatchOptions(), [Subject(1), Subject(1)], NothingToDo),
        (BatchOptions(concurrency=0), [Subject(1)], OutOfRange),
        (BatchOptions(concurrency=1001), [Subject(1)], OutOfRange),
        (BatchOptions(budget_micros=-1), [Subject(1)], OutOfRange),
        (BatchOptions(priority=5), [Subject(1)], OutOfRange),
        (BatchOptions(on_unknown="hope"), [Subject(1)], OutOfRange),
    ],
)
def test_what_makes_no_batch_is_refused(
    kind: Scripted, db: None, options: BatchOptions, subjects: list[Subject], error: type[Exception]
) -> None:
    with pytest.raises(error):
        submit_batch(kind=kind.name, subjects=subjects, options=options)

    assert not Batch.objects.exists()


def test_an_unknown_kind_is_refused(db: None) -> None:
    with pytest.raises(UnknownKind, match="'nobody'"):
        submit_batch(kind="nobody", subjects=[Subject(1)])
