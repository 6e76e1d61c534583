"""What endpoints are told of runs: one event a run, with its last counts, and nothing that is secret."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from performance.jobs import control
from performance.jobs.models import Batch, Job
from performance.jobs.runner.slice import Slice
from performance.webhooks.models import WebhookDelivery, WebhookEvent
from performance.webhooks.services import create_endpoint
from prospects.qualification import announcing
from prospects.qualification.models import QualificationRun
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import submit_run
from tests.factories import make_icp_version, make_prospect

Start = Callable[..., QualificationRun]


@pytest.fixture
def start(transactional_db: None) -> Start:
    """A run by the rubric, with somebody who listens to all of it."""
    create_endpoint(url="https://example.com/hook", events=[], description="", owner=None)

    def submit(prospects: int = 3) -> QualificationRun:
        ids = [make_prospect().pk for _ in range(prospects)]
        plan = RunPlan(icp_version=make_icp_version(), prospect_ids=ids, qualifier="rubric", title="A title")
        return submit_run(plan).run

    return submit


def work() -> None:
    asyncio.run(Slice("qualification").run())


def told() -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, json.loads(event.body)["data"]) for event in WebhookEvent.objects.order_by("pk")]


def test_a_finished_run_is_told_once_with_its_counts(start: Start, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://assay.example/"
    run = start()
    work()

    ((name, told_of),) = told()
    assert name == "run.finished"
    assert {key: told_of[key] for key in ("id", "title", "state", "total", "succeeded", "dead", "spent_micros")} == {
        "id": run.pk,
        "title": "A title",
        "state": "finished",
        "total": 3,
        "succeeded": 3,
        "dead": 0,
        "spent_micros": 0,
    }
    assert sum(told_of["fits"].values()) == 3
    assert told_of["links"] == {
        "run": f"https://assay.example/api/v1/runs/{run.pk}",
        "results": f"https://assay.example/api/v1/runs/{run.pk}/results",
        "page": f"https://assay.example/runs/{run.pk}/",
    }
    assert WebhookDelivery.objects.count() == 1


def test_a_run_whose_jobs_all_died_has_failed(start: Start) -> None:
    run = start()
    for job in Job.objects.filter(batch=run.pk):
        make_gone(job.subject_id)
    work()

    ((name, told_of),) = told()
    assert (name, told_of["succeeded"], told_of["dead"]) == ("run.failed", 0, 3)


def make_gone(prospect_id: int) -> None:
    """As if it had been deleted: the job points to nobody."""
    Job.objects.filter(subject_id=prospect_id).update(subject_id=-prospect_id)


def test_a_cancelled_run_is_told(start: Start) -> None:
    run = start()
    control.cancel(run.pk)

    ((name, told_of),) = told()
    assert (name, told_of["state"], told_of["cancelled"]) == ("run.cancelled", "cancelled", 3)


def test_a_paused_run_says_why(start: Start) -> None:
    run = start()
    control.pause(run.pk, reason="Paused by ann.")
    control.pause(run.pk, reason="Paused by ben.")

    ((name, told_of),) = told()
    assert name == "run.paused"
    assert told_of["pause"] == {"code": "person", "reason": "Paused by ann."}
    assert told_of["finished_at"] is None
    assert told_of["links"]["run"] == f"/api/v1/runs/{run.pk}"


def test_each_example_has_the_members_of_the_real_thing(start: Start) -> None:
    run = start()
    work()
    Batch.objects.filter(pk=run.pk).update(state="paused", finished_at=None, started_at=timezone.now())
    real = announcing.told_of(run.pk)

    assert set(announcing.PAUSED.example) == set(real)
    assert set(announcing.FINISHED.example) == set(real) - {"pause"}
    assert set(announcing.FINISHED.example["fits"]) == set(real["fits"])
