"""The first page answers how things stand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics.dashboard.spend import spend
from analytics.dashboard.waiting import waiting
from performance.flags.services import is_on
from performance.jobs.models import Batch
from tests.factories import (
    make_batch,
    make_fit,
    make_job,
    make_prospect,
    make_qualification,
    make_run,
    make_user,
    make_worker,
)

pytestmark = pytest.mark.django_db
# Session, user, permissions (3); active and recent runs, profiles, a ranking per profile
# (here 1), batches by kind, leased jobs, workers, spend, any prospect, open imports.
STATEMENTS = 3 + 10


@pytest.fixture
def staff(client: Client) -> Client:
    # Flags are read once in ten seconds; done before, that doesn't fall into a counted request.
    is_on("silk")
    client.force_login(make_user(permissions=["prospects.view_qualificationrun", "performance.view_job"]))
    return client


def test_an_empty_installation_says_where_to_begin(client: Client) -> None:
    client.force_login(
        make_user(permissions=["prospects.view_qualificationrun", "prospects.add_import", "prospects.view_import"])
    )

    page = client.get("/").content.decode()

    assert "Bring in a list of companies" in page
    assert "Try the sample of 100 companies" in page


def test_it_shows_active_runs_and_the_best_prospects(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_run(batch=make_batch(title="Spring list", total=4, succeeded=1, dead=1))
    make_fit(qualification=make_qualification(run=run, score=91))

    with django_assert_num_queries(STATEMENTS):
        page = staff.get("/").content.decode()

    assert "Spring list" in page
    assert "91</b> excellent" in page
    assert "2 prospects to go" in page


def test_more_rows_cost_no_more_statements(staff: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    run = make_run(batch=make_batch(total=20))
    for score in range(60, 80):
        make_fit(qualification=make_qualification(run=run, score=score))
    for _ in range(10):
        make_run(icp_version=run.icp_version, batch=make_batch(total=1))

    with django_assert_num_queries(STATEMENTS):
        staff.get("/")


def test_work_that_nobody_takes_is_said_aloud(staff: Client) -> None:
    make_prospect()
    make_batch(kind="qualification.run", total=3)

    page = staff.get("/").content.decode()

    assert "No worker is running for qualification." in page


def test_a_live_worker_silences_that() -> None:
    make_batch(kind="qualification.run", total=3)
    make_worker(queues=["qualification"])
    make_worker(queues=["imports"], seen_at=timezone.now() - timedelta(minutes=1))

    found = waiting()

    assert found.deaf == []
    assert found.served == ["qualification"]


def test_each_queue_counts_its_jobs_by_state() -> None:
    batch = make_batch(kind="qualification.run", total=9, succeeded=2, dead=1, parked=3)
    make_job(batch=batch, state="leased")
    make_batch(kind="qualification.run", state=Batch.State.FINISHED, total=5, succeeded=4, dead=1)

    queue = next(queue for queue in waiting().queues if queue.name == "qualification")

    assert (queue.ready, queue.leased, queue.parked, queue.dead) == (2, 1, 3, 2)


def test_spend_is_summed_by_the_day_a_batch_was_started() -> None:
    at = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    for days, micros in [(0, 500_000), (1, 200_000), (1, 100_000), (40, 900_000)]:
        batch = make_batch(spent_micros=micros, saved_micros=10, calls=2, ledger_hits=1)
        Batch.objects.filter(pk=batch.pk).update(created_at=at - timedelta(days=days))

    found = spend(at=at)

    assert (found.today_micros, found.spent_micros, found.saved_micros) == (500_000, 800_000, 30)
    assert found.hit_rate == pytest.approx(100 / 3)
    assert [day.spent_micros for day in found.days][-3:] == [0, 300_000, 500_000]
    assert len(found.days) == 30
