"""Workers are killed in mid-crawl: what was stored is neither lost nor fetched again, each company is stored once."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from performance.jobs.fleet import Fleet
from performance.jobs.models import Batch, Job
from prospects.companies.models import Company
from prospects.crawl.models import CrawlJob
from prospects.pages.models import Page
from prospects.qualification.models import Qualification
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from tests.faults.research.failpoints import DIRECTORY, EDGE, EDGES
from tests.prospects.cli.conftest import Desk, _environment, kill_all
from tests.servers.web.running import RunningWeb, running_web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
POLITE = {"CRAWL_DELAY_MS": "0", "MAX_CONCURRENT_EXTRACTIONS": "4", "JOB_LEASE_S": "3"}
# Asked for once a visit, whatever is stored.
_OF_HOSTS = ("/robots.txt", "/sitemap.xml")


def wait_until(holds: Callable[[], bool], *, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def fetched_since(web: RunningWeb, at: float) -> set[tuple[str, str]]:
    return {(one.host, one.path) for one in web.log() if one.at > at and one.path not in _OF_HOSTS}


def places(urls: list[str]) -> set[tuple[str, str]]:
    parts = [urlsplit(url) for url in urls]
    return {(part.hostname or "", part.path or "/") for part in parts}


@pytest.mark.faults
@pytest.mark.parametrize("edge", EDGES if os.environ.get("ASSAY_FAULTS") == "long" else EDGES[1:3])
def test_a_worker_that_dies_at_an_edge_loses_and_repeats_nothing(edge: str, tmp_path: Path) -> None:
    with running_web(hosts=10, articles=2, latency=0.05, errors=0.0) as web:
        domains = [one.domain for one in web.with_trait("plain")[:6]]
        research = submit_research(ResearchPlan(domains=domains, mode="standard", max_concurrent=2)).research
        doomed = {"DJANGO_SETTINGS_MODULE": "tests.faults.research.settings", DIRECTORY: str(tmp_path), EDGE: edge}
        environment = {**_environment(tmp_path), **web.environment, **POLITE, **doomed}
        with Fleet(["research"], environment=environment):
            wait_until(lambda: Batch.objects.get(pk=research.pk).state == "finished")
        told = orjson.loads((tmp_path / edge).read_bytes())
        again = fetched_since(web, told["at"]) & places(told["stored"])

    assert told["stored"]
    assert again == set()
    assert set(told["stored"]) <= set(Page.objects.filter(outcome="read").values_list("url", flat=True))
    assert Counter(ResearchItem.objects.values_list("outcome", flat=True)) == {"done": 6}
    assert CrawlJob.objects.count() == 6
    assert set(Job.objects.values_list("state", flat=True)) == {"succeeded"}


def test_domains_are_researched_and_qualified_by_one_command_whatever_is_killed(tmp_path: Path) -> None:
    """A file of nothing but domains, without a header; all processes are killed in mid-crawl, and it is typed again."""
    desk = Desk(tmp_path, _environment(tmp_path))
    desk.icp.write_text('title = "Anybody"\n[[criteria]]\nkind = "region"\nany_of = ["Germany"]\nweight = 40\n')
    with running_web(hosts=12, articles=2, latency=0.1, errors=0.0) as web:
        domains = [one.domain for one in web.with_trait("plain")[:8]]
        desk.file.write_text("".join(f"{domain}\n" for domain in domains))
        killed = desk.start(**web.environment, **POLITE)
        wait_until(lambda: ResearchItem.objects.count() >= 2 and Page.objects.count() >= 12)
        kill_all(killed)
        at = time.time()
        stored = list(Page.objects.filter(outcome="read").values_list("url", flat=True))
        again = desk.run(**web.environment, **POLITE)
        fetched = fetched_since(web, at)

    assert again.returncode == 0, again.stderr
    assert "Going on with research" in again.stdout
    assert fetched & places(stored) == set()
    assert fetched
    assert ResearchBatch.objects.count() == 1
    assert Counter(ResearchItem.objects.values_list("outcome", flat=True)) == {"done": 8}
    assert Company.objects.count() == Qualification.objects.count() == 8
    shown = [orjson.loads(line) for line in (desk.out / "results.jsonl").read_text().splitlines()]
    assert {row["domain"] for row in shown} == set(domains)
    assert all(row["name"] != row["domain"] for row in shown)
