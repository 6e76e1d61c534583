"""A process dies within a chunk, as `kill -9` would end it: what it took is lost nowhere and there twice nowhere."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from performance.audit.models import AuditEntry
from performance.database.archival import chunks, holds, kind, registry, restoring, runs
from performance.database.archival.models import ArchivalRun, ArchivalSegment
from performance.files.models import FileChunk, StoredFile
from performance.jobs.kinds import Policy
from performance.jobs.runner.slice import Slice
from tests.performance.database.archival.conftest import AT, archived, done, old_entries, started, wish

pytestmark = pytest.mark.django_db(transaction=True)
AUDIT = wish(target="audit", older_than_days=100)
ROWS, LIMIT = 12, 5
# Of one chunk, in the order in which they come.
EDGES = {
    "picked": (chunks.Taking, "take"),
    "taken": (chunks.segments, "store"),
    "stored": (ArchivalRun, "save"),
}


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_within(work: Callable[[], object], *, owner: object, name: str) -> None:
    """`work`, in a process of its own that is killed where it would call `name` of `owner` the second time."""
    child = os.fork()
    if not child:
        # The parent's connection is the parent's: this one makes its own.
        connections["default"].connection = None
        calls, whole = Counter[str](), getattr(owner, name)

        def doomed(*args: object, **kwargs: object) -> object:
            calls[name] += 1
            return _die() if calls[name] == 2 else whole(*args, **kwargs)

        setattr(owner, name, doomed)
        try:
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it wasn't killed, but ended"


def subjects_in(run: ArchivalRun) -> Counter[str]:
    """Of the archived rows, read from the files."""
    found: Counter[str] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for segment in ArchivalSegment.objects.filter(run=run).select_related("file"):
            staged = restoring._staged(cursor, segment)
            cursor.execute(f"SELECT subject FROM {staged}")
            found.update(subject for (subject,) in cursor.fetchall())
    return found


@pytest.mark.parametrize("edge", EDGES)
def test_a_move_that_is_killed_goes_on_and_loses_and_repeats_nothing(edge: str) -> None:
    every = {entry.subject for entry in old_entries(ROWS)}
    run = started(AUDIT)
    owner, name = EDGES[edge]

    def work() -> None:
        while not chunks.archive_chunk(run.pk, limit=LIMIT):
            pass

    killed_within(work, owner=owner, name=name)

    run.refresh_from_db()
    left = set(AuditEntry.objects.values_list("subject", flat=True))
    assert (run.state, run.rows, run.chunks) == ("running", LIMIT, 1)
    assert len(left) == ROWS - LIMIT
    done(run, limit=LIMIT)
    assert subjects_in(run) == Counter(every)
    assert (run.state, run.rows) == ("finished", ROWS)
    assert not AuditEntry.objects.exists()
    assert StoredFile.objects.count() == ArchivalSegment.objects.count() == FileChunk.objects.count() == 3


def test_a_restoration_that_is_killed_goes_on() -> None:
    every = {entry.subject for entry in old_entries(ROWS)}
    run = archived(AUDIT, limit=LIMIT)
    back = runs.restore(run.pk, at=AT, owner=None)

    def work() -> None:
        while not restoring.restore_chunk(back.pk):
            pass

    killed_within(work, owner=restoring, name="_check_references")

    assert AuditEntry.objects.count() == LIMIT
    done(back)
    assert Counter(AuditEntry.objects.values_list("subject", flat=True)) == Counter(every)


def test_what_somebody_has_locked_is_left_for_the_next_run_and_holds_nothing_up() -> None:
    (locked, *_) = old_entries(3)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT FROM performance_auditentry WHERE id = %s FOR UPDATE", [locked.pk])

            assert archived(AUDIT).rows == 2

            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert archived(AUDIT).rows == 1


def test_a_hold_is_not_placed_while_a_chunk_is_under_way() -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as chunk:
            chunk.execute("BEGIN")
            holds.wait_for_holds(chunk)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('performance.database.archival.holds'))")
                assert cursor.fetchone() == (False,)
            chunk.execute("ROLLBACK")
    finally:
        other.close()


def test_a_worker_does_a_run_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, "TURN_S", 0.0)
    monkeypatch.setattr(kind, "REST_S", 0.0)
    monkeypatch.setattr(kind.ArchivalKind, "policy", Policy(base_delay_s=0.0))
    monkeypatch.setattr(chunks, "FIRST", LIMIT)
    whole = kind.archive_for
    turns: list[bool] = []

    def one_chunk(run_id: int, *, seconds: float) -> bool:
        turns.append(chunks.archive_chunk(run_id, limit=LIMIT) or whole(run_id, seconds=seconds))
        return turns[-1]

    monkeypatch.setattr(kind, "archive_for", one_chunk)
    old_entries(ROWS)
    run = started(AUDIT)

    asyncio.run(Slice(runs.QUEUE).run())

    run.refresh_from_db()
    assert (run.state, run.rows, run.expected_rows) == ("finished", ROWS, ROWS)
    assert turns == [False, False, True]
    assert run.batch is not None
    assert (run.batch.state, run.batch.jobs.get().error) == ("finished", "")


def test_a_run_that_a_worker_gives_up_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(AUDIT)
    monkeypatch.setattr(registry, "_targets", {})

    asyncio.run(Slice(runs.QUEUE).run())

    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error.startswith("There is no target 'audit'")
