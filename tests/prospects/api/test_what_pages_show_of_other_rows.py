"""A page that shows something of other rows is made anew when these change, or go, whoever changes them and how.

Each page is asked for until it is kept; after the change it says what it would say if nothing were ever kept.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from performance.access.services import issue_token
from performance.cache import tags
from performance.files.services import delete_expired, store
from prospects.companies.bulk import services as bulk
from prospects.companies.bulk.results import Terms
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.companies.upsert import upsert_prospects
from prospects.company_profiles.storage import store_many
from prospects.exports.models import Export
from prospects.research.settling import Wanted, settle_companies
from tests.factories import (
    make_batch,
    make_company,
    make_crawl,
    make_import_row,
    make_prospect,
    make_qualification,
    make_run,
    make_user,
    make_value,
)
from tests.prospects.company_profiles.findings import researched, value

pytestmark = pytest.mark.django_db(transaction=True)
# A cursor is signed at another time each time.
CHANGING = re.compile(rb'cursor=[^"&]*|"request_id":"[^"]*"')
Scene = dict[str, Any]
Change = Callable[[Scene], object]


@pytest.fixture
def client(transactional_db: None, settings: Any) -> APIClient:
    settings.RATE_LIMIT_ENABLED = False
    cache.clear()
    tags.forget_all()
    user = make_user()
    user.groups.add(Group.objects.get(name="administrator"))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, name='').text}")
    return client


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """A company that nobody has named yet, of which two people were judged, and what else names it or them."""
    company = make_company(name="acme.com", domain="", provenance={"name": {"source": "", "method": "derived"}})
    CompanyKey.objects.create(key="domain:acme.com", company=company)
    CompanyKey.objects.create(key="domain:acme.org", company=company)
    run = make_run(batch=make_batch(state="finished"))
    people = [make_prospect(company=company, person_key=name, person_name=name) for name in ("kim", "alex")]
    for each in people:
        make_qualification(run=run, prospect=each)
    unused = make_prospect()
    file = store(name="a.csv", content_type="text/csv", chunks=[b"a"], expires_at=timezone.now())
    return {
        # A new account drops all that is kept, so that nothing would be tried.
        "user": make_user(is_staff=True, is_superuser=True),
        "company": company,
        "prospect": people[0],
        "unused": unused,
        "run": run.pk,
        "row": make_import_row(prospect=unused, outcome="create"),
        "value": make_value(company=unused.company),
        "crawl": make_crawl(company=unused.company),
        "export": Export.objects.create(run=run, format="csv", file=file, row_count=1),
    }


def correct_the_domain(scene: Scene) -> None:
    change = {"domain": "acme.org"}
    edit_prospect(scene["prospect"].pk, person={}, company=change, by=scene["user"], at=timezone.now())


def find_the_domain(scene: Scene) -> None:
    store_many([researched(scene["company"], value("city", "Bonn"), site="acme.org")])


def ask_for_it_by_name(_: Scene) -> None:
    settle_companies([Wanted("Acme Ltd", "acme.com")], owner_id=None)


def ask_for_it_by_domain(_: Scene) -> None:
    upsert_prospects(["acme.org"], source="", owner=None)


def move_to_another_company(scene: Scene) -> None:
    browser = Client()
    browser.force_login(scene["user"])
    form = {"company": scene["unused"].company_id, "person_key": "kim", "person_name": "Kim"}
    answer = browser.post(reverse("admin:prospects_prospect_change", args=[scene["prospect"].pk]), form)
    assert answer.status_code == 302


def delete_one(scene: Scene) -> None:
    Prospect.objects.get(pk=scene["prospect"].pk).delete()


def delete_the_company(scene: Scene) -> None:
    Company.objects.get(pk=scene["company"].pk).delete()


def delete_in_bulk(scene: Scene) -> None:
    bulk.delete([{"id": scene["unused"].pk}], terms=Terms(by=scene["user"], atomic=True))


def delete_by_orm(scene: Scene) -> None:
    Company.objects.get(pk=scene["unused"].company_id).delete()


def expire_files(_: Scene) -> None:
    assert delete_expired(at=timezone.now() + timedelta(days=1)) == 1


RESULTS, PERSON = "/api/v1/runs/{run}/results", "/api/v1/prospects/{prospect.pk}"
ROWS, VALUES = "/api/v1/imports/{row.import_run_id}/rows", "/api/v1/company/{value.company_id}/values"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (RESULTS, correct_the_domain),
        (RESULTS, find_the_domain),
        (RESULTS, ask_for_it_by_name),
        (RESULTS, ask_for_it_by_domain),
        (RESULTS, move_to_another_company),
        (RESULTS, delete_one),
        (RESULTS, delete_the_company),
        (PERSON, find_the_domain),
        (PERSON, ask_for_it_by_name),
        (PERSON, ask_for_it_by_domain),
        (ROWS, delete_in_bulk),
        (ROWS, delete_by_orm),
        (VALUES, delete_in_bulk),
        (VALUES, delete_by_orm),
        ("/api/v1/crawl/jobs", delete_in_bulk),
        ("/api/v1/crawl/jobs/{crawl.pk}", delete_by_orm),
        ("/api/v1/exports", expire_files),
        ("/api/v1/exports/{export.pk}", expire_files),
        ("/api/v1/runs/{run}/exports", expire_files),
    ],
)
def test_it_is_never_older_than_they_are(
    client: APIClient, scene: Scene, settings: Any, path: str, change: Change
) -> None:
    path = path.format(**scene)
    before = [client.get(path) for _ in range(2)]

    change(scene)

    after = client.get(path)
    settings.CACHE_ENABLED = False
    due = client.get(path)
    assert [each.status_code for each in before] == [200, 200]
    assert _seen(due) != _seen(before[1])
    assert _seen(after) == _seen(due)


def _seen(answer: Any) -> tuple[int, bytes]:
    return answer.status_code, CHANGING.sub(b"", answer.content)
