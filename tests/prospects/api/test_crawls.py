"""Crawls by the API: asked for, listed, looked at, called off."""

import pytest
from pytest_django import Settings

from performance.jobs.models import Priority
from prospects.crawl.models import CrawlJob
from tests import factories
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/crawl/jobs"


def test_sites_are_crawled_by_a_job_each(as_: As) -> None:
    asked = {"sites": ["acme.com", "https://other.org/de/"], "max_pages": 5, "exclude": ["*/blog*"], "priority": "high"}

    answer = as_("sales").post(JOBS, asked, format="json")

    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"{JOBS}?batch={body['batch_id']}"
    assert [(job["site"], job["state"]) for job in body["jobs"]] == [("acme.com", "queued"), ("other.org", "queued")]
    row = CrawlJob.objects.get(site="other.org")
    assert row.seeds == ["https://other.org/de/"]
    assert (row.options["most_pages"], row.options["exclude"]) == (5, ["*/blog*"])
    assert row.batch is not None
    assert row.batch.priority == Priority.HIGH


def test_the_same_request_again_starts_nothing(as_: As) -> None:
    client = as_("sales")

    answers = [
        client.post(JOBS, {"sites": ["acme.com"]}, format="json", headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert CrawlJob.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"sites": ["http://127.0.0.1/"]}, 400, "no_site"),
        ({"sites": ["facebook.com"]}, 400, "shared_site"),
        ({"sites": ["evil.com"]}, 403, "site_refused"),
        ({"sites": ["acme.com"], "max_pages": 1001}, 400, "out_of_range"),
        ({"sites": ["acme.com"], "include": ["blog"]}, 400, "bad_pattern"),
    ],
)
def test_what_cannot_be_crawled_is_a_problem_with_a_reason(
    as_: As, settings: Settings, asked: dict[str, object], status: int, code: str
) -> None:
    settings.CRAWL_DENY = ["evil.com"]

    answer = as_("sales").post(JOBS, asked, format="json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not CrawlJob.objects.exists()


def test_crawls_are_listed_by_state_site_and_company(as_: As) -> None:
    company = factories.make_company()
    factories.make_crawl(site="acme.com", state="done")
    factories.make_crawl(site="other.org", company=company)
    client = as_("viewer")

    found = {
        query: [row["site"] for row in client.get(f"{JOBS}?{query}").json()["results"]]
        for query in ("", "state=done", "site=other.org", f"company={company.pk}")
    }

    assert list(found.values()) == [["other.org", "acme.com"], ["acme.com"], ["other.org"], ["other.org"]]


def test_a_crawl_tells_its_refusals(as_: As) -> None:
    refusal = {"url": "https://acme.com/x", "code": "robots", "says": "It says no."}
    crawl = factories.make_crawl(site="acme.com", refusals=[refusal], options={"most_pages": 3})

    body = as_("viewer").get(f"{JOBS}/{crawl.pk}").json()

    assert (body["site"], body["refusals"], body["options"]) == ("acme.com", [refusal], {"most_pages": 3})


def test_a_crawl_is_called_off_once(as_: As) -> None:
    crawl, client = factories.make_crawl(), as_("sales")

    first, second = (client.post(f"{JOBS}/{crawl.pk}/cancel") for _ in range(2))

    assert (first.status_code, first.json()["state"], first.json()["stop_reason"]) == (200, "cancelled", "cancelled")
    assert (second.status_code, second.json()["code"]) == (409, "not_queued")
