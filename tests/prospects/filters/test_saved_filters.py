"""Filters kept by a name: over the API, on the page, and as what is qualified or researched."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from prospects.companies.models import Company
from prospects.filters.models import SavedFilter
from prospects.qualification.models import QualificationRun
from prospects.research.models import ResearchBatch
from tests.factories import make_icp, make_prospect, make_saved_filter, make_user
from tests.prospects.api.conftest import As, as_, client_as  # noqa: F401

pytestmark = pytest.mark.django_db
FILTERS = "/api/v1/filters"


@pytest.fixture
def sales(db: None) -> APIClient:
    return client_as("sales")


@pytest.fixture
def germans() -> set[int]:
    """Two of three prospects."""
    made = [make_prospect(company=Company.objects.create(name=f"C{n}", country="DE")) for n in range(2)]
    make_prospect(company=Company.objects.create(name="Acme", country="US"))
    return {each.pk for each in made}


def test_what_was_saved_is_read_changed_and_deleted(sales: APIClient) -> None:
    icp = make_icp()

    made = sales.post(
        FILTERS, {"name": "Good Germans", "country": "de", "icp": icp.slug, "level": "good"}, format="json"
    )
    address = made.headers["Location"]
    read = sales.get(address).json()
    changed = sales.put(address, {"name": "Bakers", "industry": "bakery"}, format="json")

    assert made.status_code == 201
    assert read == made.json()
    asked = ("name", "q", "icp", "level", "country", "industry", "source", "import_run")
    assert {name: read[name] for name in asked} == {
        **dict.fromkeys(("q", "industry", "source"), ""),
        "name": "Good Germans",
        "country": "DE",
        "icp": icp.slug,
        "level": "good",
        "import_run": None,
    }
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["industry"], changed.json()["country"]) == ("Bakers", "bakery", "")
    assert [each["name"] for each in sales.get(FILTERS).json()["results"]] == ["Bakers"]
    assert sales.delete(address).status_code == 204
    assert sales.get(address).status_code == 404
    assert sales.get(FILTERS).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Known", "country": "DE"}, 409, "filter_name_taken"),
        ({"name": "Everybody"}, 400, "nothing_narrowed"),
        ({"name": "", "country": "DE"}, 400, "invalid"),
        ({"country": "DE"}, 400, "invalid"),
        ({"name": "x" * 81, "country": "DE"}, 400, "invalid"),
        ({"name": "Nobody", "icp": "no-such-profile"}, 400, "invalid"),
        ({"name": "Of what?", "import_run": 2**40}, 400, "unknown_import"),
        ({"name": "Odd", "country": "DE", "city": "Bonn"}, 400, "invalid"),
    ],
)
def test_what_is_no_filter_is_refused_and_nothing_changes(
    sales: APIClient, body: dict[str, Any], status: int, code: str
) -> None:
    make_saved_filter(name="Known")
    other = make_saved_filter(name="Other", country="FR")

    answers = [sales.post(FILTERS, body, format="json"), sales.put(f"{FILTERS}/{other.pk}", body, format="json")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(status, code)] * 2
    assert set(SavedFilter.objects.values_list("name", "country")) == {("Known", "DE"), ("Other", "FR")}


def test_those_that_match_are_qualified(sales: APIClient, germans: set[int]) -> None:
    icp = make_icp()
    make_saved_filter(name="Germans", country="DE")

    answer = sales.post("/api/v1/qualify", {"icp": icp.slug, "saved_filter": "Germans"}, format="json")

    assert answer.status_code == 202, answer.json()
    run = QualificationRun.objects.get()
    assert set(run.batch.jobs.values_list("subject_id", flat=True)) == germans


def test_the_companies_of_those_that_match_are_researched(sales: APIClient, germans: set[int]) -> None:
    make_saved_filter(name="Germans", country="DE")

    answer = sales.post("/api/v1/company/batch/submit", {"saved_filter": "Germans"}, format="json")

    assert answer.status_code == 202, answer.json()
    jobs = ResearchBatch.objects.get().batch.jobs
    assert set(jobs.values_list("subject_id", flat=True)) == set(
        Company.objects.filter(country="DE").values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("url", "more"), [("/api/v1/qualify", {}), ("/api/v1/company/batch/submit", {})], ids=["qualify", "research"]
)
def test_one_that_doesnt_exist_starts_nothing(sales: APIClient, url: str, more: dict[str, Any]) -> None:
    answer = sales.post(url, {"icp": make_icp().slug, "saved_filter": "Nobody's"} | more, format="json")

    assert answer.status_code == 400
    assert "#/saved_filter" in {error["pointer"] for error in answer.json()["errors"]} or url.endswith("submit")
    assert not QualificationRun.objects.exists()
    assert not ResearchBatch.objects.exists()


@pytest.mark.parametrize("url", ["/api/v1/qualify", "/api/v1/company/batch/submit"])
@pytest.mark.parametrize("name", ["Germans", "Nobody's"])
def test_a_token_that_may_not_view_filters_names_none(url: str, name: str, germans: set[int]) -> None:
    make_saved_filter(name="Germans", country="DE")
    scopes = ["prospects.add_qualificationrun", "prospects.add_researchbatch", "prospects.add_prospect"]
    client = client_as("sales", scopes=scopes)

    answer = client.post(url, {"saved_filter": name}, format="json")

    # Whether there is one, too, is told only to who may view them.
    assert answer.status_code == 403
    assert (
        answer.json()["detail"]
        == "Naming a saved filter needs prospects.view_savedfilter, which this token isn't scoped for."
    )
    assert not QualificationRun.objects.exists()
    assert not ResearchBatch.objects.exists()


class TestThePage:
    @pytest.fixture
    def seller(self, client: Client) -> Client:
        rights = ["view_prospect", "add_savedfilter", "delete_savedfilter", "view_savedfilter"]
        client.force_login(make_user(permissions=[f"prospects.{each}" for each in rights]))
        return client

    def test_what_is_shown_is_saved_found_again_and_deleted(self, seller: Client, germans: set[int]) -> None:
        saved = seller.post("/prospects/filters/", {"query": "country=DE&q=C", "name": "Germans"}, follow=True)
        [row] = SavedFilter.objects.all()
        page = seller.get(f"/prospects/?{row.query}").content.decode()
        deleted = seller.post(f"/prospects/filters/{row.pk}/delete/", follow=True)

        assert "The filter “Germans” is saved." in saved.content.decode()
        assert (row.name, row.search, row.country) == ("Germans", "C", "DE")
        assert 'aria-current="true">Germans</a>' in page
        assert "Delete “Germans”" in page
        assert "is deleted; its prospects stay." in deleted.content.decode()
        assert not SavedFilter.objects.exists()

    @pytest.mark.parametrize(
        ("query", "name", "says"),
        [
            ("country=DE", "", "Give the filter a name"),
            ("country=DE", "Known", "There is a filter “Known” already"),
            ("country=DE&level=great", "Great Germans", "a part of it can&#x27;t be read: level."),
            ("", "All", "A filter has to narrow the list"),
            ("import_run=99999999", "Of what?", "an import that doesn"),
        ],
    )
    def test_what_cant_be_saved_is_said(
        self, seller: Client, germans: set[int], query: str, name: str, says: str
    ) -> None:
        make_saved_filter(name="Known", country="US")

        page = seller.post("/prospects/filters/", {"query": query, "name": name}, follow=True).content.decode()

        assert says in page
        assert list(SavedFilter.objects.values_list("name", "country")) == [("Known", "US")]

    def test_who_may_only_look_is_offered_no_more(self, client: Client) -> None:
        saved = make_saved_filter(name="Known")
        client.force_login(make_user(permissions=["prospects.view_prospect"]))
        assert "Known" not in client.get(f"/prospects/?{saved.query}").content.decode()
        client.force_login(make_user(permissions=["prospects.view_prospect", "prospects.view_savedfilter"]))

        page = client.get(f"/prospects/?{saved.query}").content.decode()

        assert "Known" in page
        assert "Delete “Known”" not in page
        assert "Save this filter" not in client.get("/prospects/?country=FR").content.decode()
        assert client.post("/prospects/filters/", {"query": "country=DE", "name": "x"}).status_code == 403
        assert client.post(f"/prospects/filters/{saved.pk}/delete/").status_code == 403
