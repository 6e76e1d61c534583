from typing import Any

import pytest

from performance.jobs.models import Batch
from prospects.exports.kind import write_file
from prospects.exports.models import Export
from prospects.qualification.models import QualificationRun
from tests.factories import (
    AT,
    make_batch,
    make_company,
    make_fit,
    make_icp,
    make_job,
    make_prospect,
    make_qualification,
    make_run,
)
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db


def run_in(state: str, **fields: Any) -> QualificationRun:
    return make_run(batch=make_batch(state=state, title=state, **fields))


def titles(answer: Any) -> list[str]:
    body = answer.json()
    return [row["title"] for row in (body["results"] if isinstance(body, dict) else body)]


def test_runs_are_listed_as_all_active_and_recent(as_: As) -> None:
    run_in("finished", finished_at=AT)
    run_in("running")
    run_in("paused", priority=0)
    client = as_("viewer")

    assert titles(client.get("/api/v1/runs")) == ["paused", "running", "finished"]
    assert titles(client.get("/api/v1/runs/active")) == ["paused", "running"]
    assert titles(client.get("/api/v1/runs/recent")) == ["finished"]


def test_a_run_says_how_far_it_is_and_what_it_took(as_: As) -> None:
    run = run_in("running", total=3, succeeded=1, ledger_hits=2, calls=1, peak_memory_mb=88, spent_micros=1200)
    make_job(batch=run.batch, state="succeeded", attempts=2, run_ms=300, finished_at=AT)
    make_job(batch=run.batch)

    body = as_("viewer").get(f"/api/v1/runs/{run.pk}").json()

    progress = body["progress"]
    assert (progress["total"], progress["done"], progress["succeeded"]) == (3, 1, 1)
    assert (progress["ledger_hits"], progress["peak_memory_mb"], progress["spent_micros"]) == (2, 88, 1200)
    assert {"per_minute", "eta_s", "elapsed_s"} <= set(progress)
    assert body["timings"] == {
        "attempts": 2, "interruptions": 0, "mean_ms": 300.0, "p50_ms": 300.0, "p95_ms": 300.0, "max_ms": 300,
    }  # fmt: skip


def test_results_are_the_ranking_with_overrides_counted_page_by_page(as_: As) -> None:
    run = make_run()
    scores = {"Apex": 70, "Acme": 70, "Best": 90, "Last": 10}
    for name, score in scores.items():
        prospect = make_prospect(company=make_company(name=name))
        make_fit(qualification=make_qualification(run=run, prospect=prospect, score=score))
    last = run.qualifications.get(prospect__company__name="Last").prospect.fits.get()
    last.score = last.override_score = 95
    last.override_reason, last.level = "I know them", "excellent"
    last.save()
    client = as_("viewer")

    first = client.get(f"/api/v1/runs/{run.pk}/results?per_page=3").json()
    second = client.get(first["next"]).json()

    rows = first["results"] + second["results"]
    assert [(row["name"], row["counted_score"], row["score"]) for row in rows] == [
        ("Last", 95, 10),
        ("Best", 90, 90),
        ("Apex", 70, 70),
        ("Acme", 70, 70),
    ]
    assert rows[0]["override_reason"] == "I know them"
    assert rows[1]["verdicts"][0]["outcome"] == "met"
    assert second["next"] is None


def test_errors_name_the_prospect_the_reason_and_the_attempts(as_: As) -> None:
    run = make_run()
    make_job(batch=run.batch, state="dead", subject_id=9_999_999, error_code="garbage", error="No JSON.", attempts=3)
    make_job(batch=run.batch, state="succeeded")

    rows = as_("viewer").get(f"/api/v1/runs/{run.pk}/errors").json()["results"]

    assert [(row["prospect_id"], row["error_code"], row["error"], row["attempts"]) for row in rows] == [
        (9_999_999, "garbage", "No JSON.", 3)
    ]


def test_a_run_is_paused_resumed_and_cancelled(as_: As) -> None:
    run = run_in("running", total=1, budget_micros=1_000_000)
    make_job(batch=run.batch)
    client = as_("sales")
    at = f"/api/v1/runs/{run.pk}"

    paused = client.post(f"{at}/pause").json()
    resumed = client.post(f"{at}/resume", {"budget": 2.5}).json()
    cancelled = client.post(f"{at}/cancel").json()
    again = client.post(f"{at}/cancel")

    assert (paused["state"], "Paused by user-" in paused["pause_reason"]) == ("paused", True)
    assert (resumed["state"], resumed["budget_micros"]) == ("running", 2_500_000)
    assert (cancelled["state"], cancelled["cancelled"]) == ("cancelled", 1)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("budget", ["nan", "inf", -1, 1e300, 1_000_001])
def test_a_budget_that_is_none_resumes_nothing(as_: As, budget: object) -> None:
    run = run_in("paused", total=1, budget_micros=7)

    answer = as_("sales").post(f"/api/v1/runs/{run.pk}/resume", {"budget": budget})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/budget")
    run.batch.refresh_from_db()
    assert (run.batch.state, run.batch.budget_micros) == ("paused", 7)


def test_a_budget_for_a_run_that_is_not_paused_is_refused_in_words(as_: As) -> None:
    run = run_in("running", total=1, budget_micros=7)
    at = f"/api/v1/runs/{run.pk}/resume"

    other, same, none = (as_("sales").post(at, body) for body in ({"budget": 2}, {"budget": 0.000007}, {}))

    assert (other.status_code, other.json()["code"]) == (409, "not_paused")
    assert (same.status_code, none.status_code) == (200, 200)
    run.batch.refresh_from_db()
    assert run.batch.budget_micros == 7


def test_dead_and_parked_jobs_are_tried_again_on_request(as_: As) -> None:
    run = run_in("finished", total=2, dead=1, parked=1, finished_at=AT)
    make_job(batch=run.batch, state="dead", finished_at=AT)
    make_job(batch=run.batch, state="parked", finished_at=AT)
    client = as_("sales")

    assert client.post(f"/api/v1/runs/{run.pk}/retry-failed").json() == {"count": 1}
    assert client.post(f"/api/v1/runs/{run.pk}/retry-parked").json() == {"count": 1}
    assert Batch.objects.get(pk=run.pk).state == "running"
    assert run.batch.jobs.filter(state="ready").count() == 2


@pytest.mark.parametrize("path", ["", "/results", "/errors", "/exports"])
@pytest.mark.parametrize("run_id", [987_654, 10**30])
def test_a_run_that_does_not_exist_is_not_found(as_: As, path: str, run_id: int) -> None:
    answer = as_("viewer").get(f"/api/v1/runs/{run_id}{path}")

    assert (answer.status_code, answer.json()["detail"]) == (404, f"There is no run {run_id}.")
    assert answer["Content-Type"] == "application/problem+json"


STEPS = ["pause", "cancel", "resume", "retry-failed", "retry-parked"]


@pytest.mark.parametrize("step", STEPS)
def test_nor_can_it_be_steered(as_: As, step: str) -> None:
    answer = as_("sales").post(f"/api/v1/runs/987654/{step}")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no run 987654.")


@pytest.mark.parametrize("step", STEPS)
def test_who_may_not_steer_it_is_told_who_may_and_changes_nothing(as_: As, step: str) -> None:
    run = run_in("paused", total=2, dead=1, parked=1)
    make_job(batch=run.batch, state="dead", finished_at=AT)
    make_job(batch=run.batch, state="parked", finished_at=AT)

    by_role = as_("viewer").post(f"/api/v1/runs/{run.pk}/{step}")
    by_scope = as_("sales", scopes=["prospects.view_qualificationrun"]).post(f"/api/v1/runs/{run.pk}/{step}")

    assert (by_role.status_code, by_role.json()["detail"]) == (
        403,
        "This needs prospects.change_qualificationrun, which your account doesn't have; "
        "roles that do: sales, operator, administrator.",
    )
    assert (by_scope.status_code, by_scope.json()["detail"]) == (
        403,
        "This needs prospects.change_qualificationrun, which this token isn't scoped for.",
    )
    run.batch.refresh_from_db()
    assert (run.batch.state, run.batch.cancel_requested_at) == ("paused", None)
    assert set(run.batch.jobs.values_list("state", flat=True)) == {"dead", "parked"}


def test_an_operator_steers_runs_here_as_on_their_pages(as_: As) -> None:
    run = run_in("running", total=1)
    make_job(batch=run.batch)

    answer = as_("operator").post(f"/api/v1/runs/{run.pk}/pause")

    assert (answer.status_code, answer.json()["state"]) == (200, "paused")


def test_a_batch_that_is_no_run_can_not_be_steered_as_one(as_: As) -> None:
    batch = make_batch(kind="import.parse")

    assert as_("sales").post(f"/api/v1/runs/{batch.pk}/cancel").status_code == 404
    assert Batch.objects.get().state == "running"


@pytest.mark.django_db(transaction=True)
def test_an_export_is_asked_for_made_and_downloaded(as_: As) -> None:
    run = make_run(icp_version=make_icp(slug="food").current)
    make_qualification(run=run, prospect=make_prospect(company=make_company(name="Acme")))
    client = as_("sales")

    asked = client.post(f"/api/v1/runs/{run.pk}/exports", {"format": "csv"})
    early = client.get(f"{asked['Location']}/file")
    export = Export.objects.select_related("run__icp_version__icp", "run__import_run").get()
    written = write_file(export)  # what the worker does
    Export.objects.update(file=written.file_id, row_count=written.rows)
    ready = client.get(asked["Location"]).json()
    file = client.get(ready["file_url"])
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]

    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")
    assert (ready["state"], ready["row_count"], ready["size"]) == ("ready", 1, len(content))
    assert file["Content-Disposition"] == f"attachment; filename*=UTF-8''food-run-{run.pk}.csv"
    assert b"Acme" in content


def test_exports_are_narrowed_to_a_format(as_: As) -> None:
    run = make_run()
    csv, _ = (Export.objects.create(run=run, format=each) for each in ("csv", "json"))

    answer = as_("viewer").get("/api/v1/exports?format=csv")

    assert [row["id"] for row in answer.json()["results"]] == [csv.pk]


def test_an_export_in_no_known_format_is_refused(as_: As) -> None:
    run = make_run()

    answer = as_("sales").post(f"/api/v1/runs/{run.pk}/exports", {"format": "pdf"})

    assert answer.status_code == 400
    assert not Export.objects.exists()
