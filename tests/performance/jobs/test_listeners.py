"""Who hears of a batch's end or pause, and when."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from performance.jobs import control, listeners
from performance.jobs.kinds import Calls, ClaimedJob, GiveUp, PauseBatch, Postponed, Retry, Stuck
from performance.jobs.models import Batch
from tests.performance.jobs.conftest import Scripted

Work = Callable[[], None]


@pytest.fixture
def heard(kind: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int, str, int]]]:
    """What was heard: which moment, of which batch, in what state, with how many jobs done."""
    told: list[tuple[str, int, str, int]] = []

    def note(moment: str) -> listeners.Listener:
        def listener(batch_id: int) -> None:
            batch = Batch.objects.get(pk=batch_id)
            assert connection.in_atomic_block
            told.append((moment, batch_id, batch.state, batch.succeeded + batch.dead + batch.cancelled))

        return listener

    monkeypatch.setitem(listeners._ended, kind.name, [note("ended")])
    monkeypatch.setitem(listeners._paused, kind.name, [note("paused")])
    return told


def test_an_end_is_heard_once_with_the_counts(kind: Scripted, work: Work, heard: list[object]) -> None:
    batch = kind.submit(300, concurrency=50)

    work()

    assert heard == [("ended", batch.pk, "finished", 300)]


def test_a_cancel_is_an_end(kind: Scripted, work: Work, heard: list[object]) -> None:
    batch = kind.submit(3)

    control.cancel(batch.pk)

    assert heard == [("ended", batch.pk, "cancelled", 3)]


def test_a_pause_is_heard_once(kind: Scripted, work: Work, heard: list[object]) -> None:
    async def refused(job: ClaimedJob, calls: Calls) -> None:
        raise PauseBatch("no key", code="auth")

    kind.does = refused
    batch = kind.submit(5)
    work()
    control.pause(batch.pk, reason="again")

    assert heard == [("paused", batch.pk, "paused", 0)]


def test_a_person_s_pause_is_heard(kind: Scripted, work: Work, heard: list[object]) -> None:
    batch = kind.submit(1)

    control.pause(batch.pk, reason="lunch")

    assert heard == [("paused", batch.pk, "paused", 0)]


def test_what_a_listener_wrote_goes_with_the_end_it_heard_of(kind: Scripted, work: Work, heard: list[object]) -> None:
    def writes(batch_id: int) -> None:
        Batch.objects.filter(pk=batch_id).update(title="heard")

    listeners._ended[kind.name].append(writes)
    batch = kind.submit(1)
    with transaction.atomic():
        control.cancel(batch.pk)
        transaction.set_rollback(True)

    batch.refresh_from_db()
    assert (batch.state, batch.title) == ("running", "")


def test_a_listener_that_fails_is_undone_and_the_batch_ends(
    kind: Scripted, work: Work, heard: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(batch_id: int) -> None:
        Batch.objects.filter(pk=batch_id).update(title="half")
        raise ValueError("a mistake")

    listeners._ended[kind.name].insert(0, fails)
    batch = kind.submit(2)
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.succeeded, batch.title) == ("finished", 2, "")
    assert heard == [("ended", batch.pk, "finished", 2)]
    assert "failed and was undone" in caplog.text


def test_a_kind_hears_of_attempts_that_will_be_repeated(
    kind: Scripted, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    postponed: list[Postponed] = []
    monkeypatch.setattr(kind, "postponed", postponed.extend)
    stuck: list[Stuck] = kind.told_stuck

    async def fails(job: ClaimedJob, calls: Calls) -> None:
        if job.attempt == 2:
            raise GiveUp("enough", code="enough")
        raise Retry("later", code="later", after_s=0.01)

    kind.does = fails
    kind.submit(1)
    work()

    assert [(each.job.attempt, each.error.reason) for each in postponed] == [(1, "later")]
    assert 0.01 <= postponed[0].delay_s <= 0.03
    assert [(each.state, str(each.error)) for each in stuck] == [("dead", "enough")]
