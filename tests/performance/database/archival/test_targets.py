"""Every target that is registered, whatever app it is of, can be looked at, moved, copied and deleted."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.utils import timezone

from performance.database.archival import registry, runs
from performance.database.archival.dry_run import dry_run
from performance.database.archival.registry import Archivable, Child, Condition, register, targets
from performance.database.archival.tree import key_of, tree
from performance.jobs.models import Batch
from performance.webhooks.models import WebhookEvent
from tests.factories import make_batch, make_paid_call
from tests.performance.database.archival.conftest import AT, archived, done, ended_batch, ended_jobs, texts, wish
from tests.performance.database.archival.rows import old_event

pytestmark = pytest.mark.django_db
EVERY = [(each, condition) for each in targets() for condition in ("", *each.conditions)]


@pytest.mark.parametrize(("target", "condition"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_its_sql_is_taken(target: Archivable, condition: str) -> None:
    for action in ("move", "copy", "delete"):
        asked = wish(action, target=target.name, older_than_days=target.least_days, condition=condition)

        found = dry_run(asked, at=AT).counted

        assert found is not None
        assert found.is_exact
        assert archived(asked).state == "finished"


@pytest.mark.parametrize("target", targets(), ids=lambda each: each.name)
def test_nothing_in_its_table_is_left_out_of_the_keys_order(target: Archivable) -> None:
    """A window goes by the primary key, which must have an index of its own, in that order."""
    root = tree(target.name)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i,"
            " unnest(i.indkey) WITH ORDINALITY k (number, place) JOIN pg_attribute a ON a.attnum = k.number"
            " WHERE i.indrelid = %s::regclass AND i.indisprimary AND a.attrelid = i.indrelid",
            [root.table],
        )
        assert tuple(cursor.fetchone()[0]) == root.key == key_of(target.model_class)


def test_who_is_pointed_to_from_elsewhere_stays_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = Archivable(
        name="batches", title="Batches", model="performance.Batch", age="r.finished_at", says="", guard="true"
    )
    monkeypatch.setattr(registry, "_targets", {"batches": batches})
    tree.cache_clear()
    with_jobs, without = ended_batch(days=40), ended_batch(days=40)
    ended_jobs(1, batch=with_jobs)
    call = make_paid_call(batch=without)

    found = dry_run(wish(target="batches"), at=AT).counted
    run = archived(wish(target="batches"))

    assert found is not None
    assert (found.rows, found.kept) == (1, 1)
    assert run.rows == 1
    assert not Batch.objects.filter(pk=without.pk).exists()
    call.refresh_from_db()
    assert call.batch_id is None
    tree.cache_clear()


def test_what_is_still_to_be_delivered_stays() -> None:
    old_event(deliveries=1, attempts=0, state="pending")

    assert archived(wish(target="webhook-events")).rows == 0
    assert WebhookEvent.objects.count() == 1


def test_calls_that_a_retry_would_pay_for_again_stay() -> None:
    make_paid_call(batch=ended_batch(days=40, total=2, dead=1), finished_at=AT.replace(year=2025))
    make_paid_call(batch=make_batch(), finished_at=AT.replace(year=2025))
    make_paid_call(batch=ended_batch(days=40), finished_at=AT.replace(year=2025))

    assert archived(wish(target="paid-calls")).rows == 1


def test_a_key_of_several_columns_is_a_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO performance_metricbucket (metric, period_s, bucket, labels_hash, n, total, bins, counts)"
            " SELECT 'm' || n %% 2, 60, %s::timestamptz - n * interval '1 minute', n, 1, 1.5, '{}', '{}'"
            " FROM generate_series(1, 25) n",
            [AT.replace(month=1)],
        )
    before = texts("performance_metricbucket")

    run = archived(wish(target="measurements"), limit=4)

    assert (run.rows, run.chunks) == (25, 7)
    done(runs.restore(run.pk, at=timezone.now(), owner=None))
    assert texts("performance_metricbucket") == before


def test_two_targets_of_one_name_are_a_mistake() -> None:
    other = Archivable(name="jobs", title="", model="performance.Job", age="r.created_at", says="")
    with pytest.raises(ValueError, match="two targets"):
        register(other)


def test_a_child_hangs_on_the_one_that_it_names() -> None:
    places: Sequence[tuple[int, str]] = [(each.parent, each.via) for each in tree("webhook-events")]

    assert places == [(-1, ""), (0, "event_id"), (1, "delivery_id")]
    assert Child("a", via="b").of == ""
    assert Condition("", "true").sql == "true"
