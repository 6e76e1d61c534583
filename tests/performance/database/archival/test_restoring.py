"""What was moved away comes back as it was, or not at all."""

import pytest
from django.db import connection
from django.db.models import Field
from django.utils import timezone

from performance.audit.models import AuditEntry
from performance.database.archival import restoring, runs
from performance.database.archival.errors import AlreadyRunning, CannotRestore, KeysCollide, NothingToRestore
from performance.database.archival.fitting import _default
from performance.database.archival.models import ArchivalRun, ArchivalSegment
from performance.files.errors import FileDamaged
from performance.files.models import FileChunk
from performance.jobs.models import Job
from tests.factories import make_paid_call, make_user
from tests.performance.database.archival.conftest import (
    AT,
    archived,
    done,
    ended_batch,
    ended_jobs,
    old_entries,
    started,
    texts,
    wish,
)
from tests.performance.database.archival.rows import old_event

pytestmark = pytest.mark.django_db
AUDIT = wish(target="audit", older_than_days=100)
AWKWARD = ["", '"', "a,b\nc\r\n", "\\N", "\\.", "ünï 😀", "NULL", "'"]


def restored(run: ArchivalRun) -> ArchivalRun:
    return done(runs.restore(run.pk, at=timezone.now(), owner=None))


def test_rows_come_back_to_the_letter() -> None:
    for text in AWKWARD:
        old_entries(1, subject=text, details={"text": text, "null": None, "n": [1.5, 1e300, {"deep": text}]})
    with connection.cursor() as cursor:
        # A JSON null is no SQL NULL, and most formats have one for both.
        cursor.execute("UPDATE performance_auditentry SET details = 'null' WHERE subject = 'NULL'")
    before = texts("performance_auditentry")
    run = archived(AUDIT, limit=3)
    assert not AuditEntry.objects.exists()

    back = restored(run)

    assert texts("performance_auditentry") == before
    assert (back.rows, back.state, back.chunks) == (len(AWKWARD), "finished", run.chunks)


def test_a_tree_comes_back_and_who_named_its_rows_names_them_again() -> None:
    old_event(deliveries=2, attempts=2)
    batch = ended_batch(days=40)
    first, second = ended_jobs(2, batch=batch)
    calls = [make_paid_call(batch=batch, job=first), make_paid_call(batch=batch, job=second)]
    tables = ["event", "delivery", "attempt"]
    before = [texts(f"performance_webhook{name}") for name in tables]
    events, jobs = archived(wish(target="webhook-events")), archived(wish())
    calls[1].refresh_from_db()
    calls[1].job = ended_jobs(1, batch=ended_batch(days=1))[0]
    calls[1].save()

    restored(events)
    restored(jobs)

    assert [texts(f"performance_webhook{name}") for name in tables] == before
    for call in calls:
        call.refresh_from_db()
    assert calls[0].job == first
    assert calls[1].job not in (None, second), "it has another by now"


def test_taken_keys_are_a_refusal_and_nothing_at_all_comes_back() -> None:
    entries = old_entries(6)
    run = archived(AUDIT, limit=2)
    AuditEntry.objects.create(pk=entries[5].pk, via="api", action="new", outcome="done")
    back = runs.restore(run.pk, at=AT, owner=None)

    with pytest.raises(KeysCollide) as refusal:
        done(back)

    assert f"the first has the key ({entries[5].pk})): nothing was put back." in str(refusal.value)
    assert AuditEntry.objects.count() == 1
    assert not ArchivalSegment.objects.exclude(restored_by=None).exists()


def test_a_restoration_is_done_once_and_never_while_the_run_goes_on() -> None:
    old_entries(2)
    run = started(AUDIT)
    with pytest.raises(AlreadyRunning):
        runs.restore(run.pk, at=AT, owner=None)
    restored(done(run))

    with pytest.raises(NothingToRestore):
        runs.restore(run.pk, at=AT, owner=None)


def test_a_restoration_that_was_cut_off_goes_on_where_it_was() -> None:
    old_entries(5)
    run = archived(AUDIT, limit=2)
    back = runs.restore(run.pk, at=AT, owner=None)
    while AuditEntry.objects.count() < 2:
        restoring.restore_chunk(back.pk)
    runs.fail(back.pk, reason="Its worker died three times.")

    again = restored(run)

    assert AuditEntry.objects.count() == 5
    assert again.rows == 3


def test_a_damaged_file_brings_nothing_back() -> None:
    old_entries(2)
    run = archived(AUDIT)
    FileChunk.objects.update(content=b"damaged")

    with pytest.raises(FileDamaged):
        restored(run)

    assert not AuditEntry.objects.exists()


def test_whom_a_row_named_and_is_gone_is_named_no_more() -> None:
    user = make_user()
    (entry,) = old_entries(1, actor=user, actor_name="sam")
    run = archived(AUDIT)
    user.delete()

    restored(run)

    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name) == (None, "sam")


def test_rows_whose_owner_is_gone_stay_in_the_archive() -> None:
    batch = ended_batch(days=40)
    ended_jobs(1, batch=batch)
    run = archived(wish())
    batch.delete()

    with pytest.raises(CannotRestore, match="names rows that are gone"):
        restored(run)

    assert not Job.objects.filter(batch=batch.pk).exists()


def test_columns_may_have_come_and_gone_since() -> None:
    (entry,) = old_entries(1, reason="", request_id="r1")
    run = archived(AUDIT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE performance_auditentry ADD COLUMN more int, ALTER COLUMN request_id TYPE text")
    segment = ArchivalSegment.objects.get()
    names = [name for name, _ in segment.columns]
    # As an older release would have written it: one column that is gone, and without one that came since.
    segment.columns = [["formerly" if name == "details" else name, "text"] for name in names]
    segment.save()

    restored(run)

    entry.refresh_from_db()
    assert (entry.details, entry.request_id) == ({}, "r1")


def test_a_new_column_that_old_rows_have_no_value_for_is_a_refusal() -> None:
    field: Field[int, int] = Job._meta.get_field("subject_id")

    with pytest.raises(CannotRestore, match="has a column subject_id now, which old rows have no value for"):
        _default(field, Job)
