"""Archival over the API: a look by itself, a real run as a job, and clear refusals that are written down."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.database.archival.models import ArchivalHold, ArchivalPolicy, ArchivalRun
from performance.jobs.models import Batch
from tests.factories import make_user
from tests.performance.database.archival.conftest import done, old_entries

pytestmark = pytest.mark.django_db
URL = "/api/v1/performance/database/archive"
INLINE = {"target": "audit", "action": "move", "older_than_days": 200}
POLICY = {"target": "audit", "action": "move", "older_than_days": 200, "cron": "0 3 * * *", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def api() -> APIClient:
    """An operator's, who may read and archive, and may place holds but not lift them."""
    client = APIClient()
    rights = ["performance.view_metricbucket", "performance.archive", "performance.add_archivalhold"]
    client.force_authenticate(make_user(username="ops", permissions=rights))
    return client


def post(api: APIClient, url: str = URL, **body: Any) -> Any:
    return api.post(url, body, format="json")


def test_by_itself_it_only_looks(api: APIClient) -> None:
    old_entries(3, days=900)

    answer = post(api, **INLINE)

    assert answer.status_code == 200, answer.data
    assert (answer.data["is_dry_run"], answer.data["rows"], answer.data["is_exact"]) == (True, 3, True)
    assert answer.data["gained"]["says"] in (
        "nothing came in within the month",
        "it frees no more than the archive takes",
    )
    assert not ArchivalRun.objects.exists()


def test_a_real_run_is_a_job_and_says_where_it_is_to_be_seen(api: APIClient) -> None:
    old_entries(3, days=900)

    answer = post(api, **INLINE, is_dry_run=False)

    run = ArchivalRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (202, f"{URL}/runs/{run.pk}")
    assert (answer.data["state"], answer.data["batch"]) == ("waiting", Batch.objects.get().pk)
    done(run)
    seen = api.get(answer["Location"]).json()
    assert (seen["state"], seen["rows"], seen["action"]) == ("finished", 3, "move")
    assert [each["id"] for each in api.get(f"{URL}/runs").json()["results"]] == [run.pk]
    entry = AuditEntry.objects.get(action="archival.run")
    assert (entry.actor_name, entry.subject, entry.outcome, entry.details["answer"]) == ("ops", "audit", "done", run.pk)


def test_the_same_request_again_starts_nothing(api: APIClient) -> None:
    bodies = [
        api.post(URL, {**INLINE, "is_dry_run": False}, format="json", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]

    assert [each.status_code for each in bodies] == [202, 202]
    assert bodies[1]["Idempotency-Replayed"] == "true"
    assert bodies[0]["Location"] == bodies[1]["Location"]
    assert ArchivalRun.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"target": "performance_user"}, 422, "unknown_target"),
        ({"condition": "true; DROP TABLE performance_user"}, 422, "unknown_condition"),
        ({"action": "shred"}, 422, "bad_action"),
        ({"older_than_days": 30}, 422, "bad_age"),
        ({"older_than_days": 0}, 400, "invalid"),
        ({"action": "delete", "is_dry_run": False}, 422, "not_confirmed"),
        ({"action": "delete", "is_dry_run": False, "confirm": "jobs"}, 422, "not_confirmed"),
        ({"policy": "some"}, 400, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_done(
    api: APIClient, change: dict[str, Any], status: int, code: str
) -> None:
    old_entries(1, days=900)

    answer = post(api, **INLINE | change)

    assert (answer.status_code, answer.data["code"]) == (status, code), answer.data
    assert not ArchivalRun.objects.exists()
    refused = AuditEntry.objects.filter(outcome="refused").count()
    assert refused == (1 if status == 422 else 0)


def test_a_policy_is_written_run_and_deleted(api: APIClient) -> None:
    old_entries(1, days=900)
    made = api.put(f"{URL}/policies/old-audit", POLICY, format="json")
    assert made.status_code == 200, made.data
    assert made.data["next_at"].endswith("18:00:00Z") or "18:00" in made.data["next_at"]

    assert post(api, policy="old-audit").data["rows"] == 1
    assert post(api, policy="no-such").status_code == 404
    answer = post(api, policy="old-audit", is_dry_run=False)
    assert (answer.status_code, answer.data["policy_name"]) == (202, "old-audit")
    assert post(api, policy="old-audit", is_dry_run=False).data["code"] == "already_running"

    cancelled = post(api, f"{answer['Location']}/cancel")
    assert (cancelled.status_code, cancelled.data["state"]) == (200, "cancelled")
    assert post(api, f"{answer['Location']}/cancel").data["code"] == "not_running"
    assert api.delete(f"{URL}/policies/old-audit").status_code == 204
    assert not ArchivalPolicy.objects.exists()


def test_a_policy_that_deletes_asks_for_its_name_each_time(api: APIClient) -> None:
    deletes = POLICY | {"action": "delete"}
    assert api.put(f"{URL}/policies/gone", deletes, format="json").data["code"] == "not_confirmed"
    assert api.put(f"{URL}/policies/gone", deletes | {"confirm": "gone"}, format="json").status_code == 200

    assert post(api, policy="gone", is_dry_run=False).data["code"] == "not_confirmed"
    assert post(api, policy="gone", is_dry_run=False, confirm="gone").status_code == 202


def test_rows_are_asked_back(api: APIClient) -> None:
    old_entries(2, days=900)
    moved = post(api, **INLINE, is_dry_run=False)
    done(ArchivalRun.objects.get())

    answer = post(api, f"{moved['Location']}/restore")

    assert (answer.status_code, answer.data["action"], answer.data["expected_rows"]) == (202, "restore", 2)
    done(ArchivalRun.objects.get(work="restore"))
    assert AuditEntry.objects.filter(action="cache.warm").count() == 2
    assert post(api, f"{moved['Location']}/restore").data["code"] == "nothing_to_restore"
    assert post(api, f"{URL}/runs/999999999/restore").status_code == 404


def test_a_hold_is_placed_by_operators_and_lifted_by_others(api: APIClient) -> None:
    placed = post(api, f"{URL}/holds", target="audit", reason="Case 17.")
    assert (placed.status_code, placed.data["placed_by"]) == (201, "ops")
    assert post(api, f"{URL}/holds/{placed.data['id']}/lift", reason="Disk is full.").status_code == 403
    api.force_authenticate(make_user(username="root", permissions=["performance.change_archivalhold"]))

    lifted = post(api, f"{URL}/holds/{placed.data['id']}/lift", reason="Settled.")

    assert (lifted.status_code, lifted.data["lifted_by"], lifted.data["lift_reason"]) == (200, "root", "Settled.")
    assert not ArchivalHold.objects.in_force().exists()


def test_what_there_is_is_told(api: APIClient) -> None:
    api.put(f"{URL}/policies/old-audit", POLICY, format="json")
    post(api, f"{URL}/holds", target="jobs", condition="free", reason="Case 17.")

    found = api.get(URL).json()

    assert {"audit", "jobs", "paid-calls", "measurements", "webhook-events"} <= {
        each["name"] for each in found["targets"]
    }
    assert [each["name"] for each in found["policies"]] == ["old-audit"]
    assert [each["condition"] for each in found["holds"]] == ["free"]
