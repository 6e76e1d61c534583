"""Starting a run, watching it, and acting on it."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from performance.files.services import store
from performance.jobs.models import Batch, Job
from prospects.exports.models import Export
from prospects.icp.profile import parse_toml
from prospects.icp.services import save_version
from prospects.qualification.models import QualificationRun
from prospects.views import runs
from tests.factories import make_batch, make_fit, make_job, make_prospect, make_qualification, make_run
from tests.prospects.pages.test_icp_pages import TEXT

pytestmark = pytest.mark.django_db
# Session, user, permissions; the run, its progress, its scores, what people overrode of them, and the ranking's
# page: what the qualifier ranks and what people do.
STATEMENTS = 3 + 6


@pytest.fixture
def icp_id() -> int:
    return save_version(profile=parse_toml(TEXT)).icp_id


def started(client: Client, **asked: object) -> str:
    return client.post("/runs/new/", asked, follow=True).content.decode()


def test_the_form_shows_what_it_will_cost_before_anything_is_started(sales: Client, icp_id: int) -> None:
    make_prospect()

    page = sales.get("/runs/new/").content.decode()

    assert "For 1 prospect: everybody" in page
    assert "The rubric" in page
    assert "nothing is bought" in page
    assert re.search(r'<option value="6" selected>\s*Normal', page)
    assert not QualificationRun.objects.exists()


def test_a_run_is_started_for_the_prospects_selected(sales: Client, icp_id: int) -> None:
    chosen, _ = make_prospect(), make_prospect()

    page = started(sales, ids=chosen.pk, icp=icp_id)

    run = QualificationRun.objects.get()
    assert list(run.batch.jobs.values_list("subject_id", flat=True)) == [chosen.pk]
    assert run.batch.priority == 6
    assert "The first verdicts are on their way" in page


def test_a_run_is_started_for_all_that_a_filter_finds(sales: Client, icp_id: int) -> None:
    found = make_prospect(source="fair")
    make_prospect(source="crm")

    started(sales, everything="source=fair", icp=icp_id)

    assert list(Job.objects.values_list("subject_id", flat=True)) == [found.pk]


def test_the_same_run_twice_is_one(sales: Client, icp_id: int) -> None:
    make_prospect()
    started(sales, everything="", icp=icp_id)

    page = started(sales, everything="", icp=icp_id)

    assert "under way already" in page
    assert QualificationRun.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"concurrency": 5000}, "concurrency is 5000"),
        ({"qualifier": "llm"}, "No LLM is set up"),
        ({"budget": -1}, "greater than"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(
    sales: Client, icp_id: int, change: dict[str, object], said: str
) -> None:
    make_prospect()

    page = started(sales, everything="", icp=icp_id, **change)

    assert said in page
    assert not QualificationRun.objects.exists()


def test_nobody_to_qualify_leads_to_the_import(sales: Client, icp_id: int) -> None:
    assert "There is nobody to qualify" in sales.get("/runs/new/").content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_of_a_run_costs_the_same_statements_however_large(
    sales: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    run = make_run(batch=make_batch(total=number, succeeded=number))
    for score in range(number):
        make_qualification(run=run, score=score)

    with django_assert_num_queries(STATEMENTS):
        sales.get(f"/runs/{run.pk}/")


def test_it_is_polled_while_it_runs_and_no_longer(sales: Client) -> None:
    run = make_run(batch=make_batch(total=2, succeeded=1))
    part = {"HX-Request": "true"}

    running = sales.get(f"/runs/{run.pk}/", headers=part)
    Batch.objects.filter(pk=run.pk).update(state="finished", succeeded=2, finished_at=timezone.now())
    finished = sales.get(f"/runs/{run.pk}/", headers=part)

    assert 'hx-trigger="every 2s"' in running.content.decode()
    assert "<html" not in running.content.decode()
    assert "HX-Request" in running["Vary"]
    assert "hx-trigger" not in finished.content.decode()


def test_the_ranking_is_best_first_and_counts_an_override(sales: Client) -> None:
    run = make_run(batch=make_batch(total=2, succeeded=2))
    low, high = make_qualification(run=run, score=30), make_qualification(run=run, score=70)
    make_fit(qualification=low, score=95, level="excellent", override_score=95, override_reason="Met them.")

    page = sales.get(f"/runs/{run.pk}/").content.decode()
    excellent = sales.get(f"/runs/{run.pk}/?fit=excellent").content.decode()

    names = re.findall(r'id="row-(\d+)"', page)
    assert names == [str(low.pk), str(high.pk)]
    assert "set by a person" in page
    assert re.findall(r'id="row-(\d+)"', excellent) == [str(low.pk)]


def shown(page: str) -> list[tuple[str, int]]:
    """The numbers and the ids of the rows."""
    return [
        (number, int(pk)) for number, pk in re.findall(r'muted">([\d,]+)</td>\s*<td><a data-open id="row-(\d+)"', page)
    ]


def test_the_ranking_is_walked_there_and_back_and_numbers_its_rows(
    sales: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PAGE", 2)
    run = make_run(batch=make_batch(total=5, succeeded=5))
    rows = [make_qualification(run=run, score=score) for score in (50, 50, 50, 90, 10)]
    make_fit(qualification=rows[4], score=70, level="good", override_score=70, override_reason="Met them.")
    first, second, third, overridden = rows[3], rows[0], rows[1], rows[4]

    pages = [sales.get(f"/runs/{run.pk}/").content.decode()]
    for rel in ("next", "next", "prev"):
        link = re.search(rf'rel="{rel}" href="([^"]+)"', pages[-1])
        assert link
        pages.append(sales.get(f"/runs/{run.pk}/{html.unescape(link[1])}").content.decode())

    assert shown(pages[0]) == [("1", first.pk), ("2", overridden.pk)]
    assert shown(pages[1]) == [("3", second.pk), ("4", third.pk)]
    assert shown(pages[2]) == [("5", rows[2].pk)]
    assert shown(pages[3]) == shown(pages[1])
    assert "3 to 4 of 5" in pages[1]
    assert "1 to 2 of 3" in sales.get(f"/runs/{run.pk}/?fit=fair").content.decode()
    assert shown(sales.get(f"/runs/{run.pk}/?fit=poor").content.decode()) == []


def test_a_row_has_its_rank_in_the_whole_run_where_a_level_or_a_search_leaves_others_out(sales: Client) -> None:
    run = make_run(batch=make_batch(total=4, succeeded=4))
    rows = [make_qualification(run=run, score=score) for score in (90, 50, 45, 85)]
    make_fit(qualification=rows[3], score=10, level="poor", override_score=10, override_reason="They said no.")

    fair = sales.get(f"/runs/{run.pk}/?fit=fair").content.decode()
    poor = sales.get(f"/runs/{run.pk}/?fit=poor").content.decode()
    found = sales.get(f"/runs/{run.pk}/?q={rows[2].prospect.company.name}").content.decode()

    assert shown(fair) == [("2", rows[1].pk), ("3", rows[2].pk)]
    assert shown(poor) == [("4", rows[3].pk)]
    assert f'id="row-{rows[2].pk}"' in found
    assert shown(found) == []


def test_a_row_says_what_is_missing(sales: Client) -> None:
    run = make_run(batch=make_batch(total=1, succeeded=1))
    make_qualification(run=run, gaps=["Not met: Employees: 50 to 2000", "Unknown: Runs its own trucks"])

    page = sales.get(f"/runs/{run.pk}/").content.decode()

    assert "Not met: Employees: 50 to 2000 · Unknown: Runs its own trucks</span>" in page


def test_a_paused_run_says_why_and_asks_for_a_budget_where_that_is_the_reason(sales: Client) -> None:
    batch = make_batch(
        total=2, state="paused", pause_code="budget", pause_reason="The budget of $1.00 is used up.", budget_micros=1
    )
    run = make_run(batch=batch)

    page = sales.get(f"/runs/{run.pk}/").content.decode()

    assert "The budget of $1.00 is used up." in page
    assert "Raise and resume" in page


def test_the_errors_say_what_went_wrong_and_how_often_it_was_tried(sales: Client) -> None:
    run = make_run(batch=make_batch(total=2, dead=1))
    prospect = make_prospect()
    make_job(
        batch=run.batch, subject_id=prospect.pk, state="dead", error="The server answered 500.", attempts=3,
        finished_at=timezone.now() - timedelta(minutes=2), run_ms=1234,
    )  # fmt: skip
    make_job(batch=run.batch, state="succeeded")

    page = sales.get(f"/runs/{run.pk}/?tab=errors").content.decode()

    assert "The server answered 500." in page
    assert prospect.company.name in page
    assert "1,234 ms" in page
    assert page.count("data-open") == 1


def test_the_details_say_how_long_prospects_took_and_how_often_they_were_tried(sales: Client) -> None:
    run = make_run(batch=make_batch(total=2, succeeded=2, max_attempts=3))
    for attempts, run_ms in [(1, 1000), (2, 3000)]:
        make_job(batch=run.batch, state="succeeded", attempts=attempts, run_ms=run_ms, finished_at=timezone.now())

    page = sales.get(f"/runs/{run.pk}/?tab=details").content.decode()

    assert "3; at most 3 a prospect" in page
    assert "2,000 ms (median), 2,900 ms (95 %), 3,000 ms at most" in page


def test_failed_jobs_are_tried_again_on_request(sales: Client) -> None:
    run = make_run(batch=make_batch(total=1, dead=1, state="finished", finished_at=timezone.now()))
    job = make_job(batch=run.batch, state="dead", error="boom", attempts=3)

    page = sales.post(f"/runs/{run.pk}/retry-failed/", follow=True).content.decode()

    job.refresh_from_db()
    assert job.state == "ready"
    assert "1 job to be tried again." in page


def test_a_run_is_cancelled(sales: Client) -> None:
    run = make_run(batch=make_batch(total=1))
    make_job(batch=run.batch, state="ready")

    sales.post(f"/runs/{run.pk}/cancel/")

    run.batch.refresh_from_db()
    assert run.batch.state == "cancelled"


def test_an_action_that_does_not_exist_is_not_found(sales: Client) -> None:
    run = make_run()

    assert sales.post(f"/runs/{run.pk}/explode/").status_code == 404
    assert sales.post("/runs/999999/pause/").status_code == 404
    assert sales.get("/runs/999999/").status_code == 404


def test_an_export_is_asked_for_and_fetched(sales: Client) -> None:
    run = make_run(batch=make_batch(total=1, succeeded=1, state="finished", finished_at=timezone.now()))
    page = sales.post(f"/runs/{run.pk}/export/", {"format": "csv"}, follow=True).content.decode()
    export = Export.objects.get()
    waiting = sales.get(f"/exports/{export.pk}/")
    export.file = store(name="results.csv", content_type="text/csv", chunks=[b"rank,name\n1,Acme\n"])
    export.save()

    response = sales.get(f"/exports/{export.pk}/")

    assert "being made" in page
    assert waiting.status_code == 404
    assert b"".join(response.streaming_content) == b"rank,name\n1,Acme\n"
    assert response["Content-Disposition"] == f'attachment; filename="run-{run.pk}.csv"'
