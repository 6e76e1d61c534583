"""Research as people start and watch it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from performance.jobs.models import Batch
from prospects.companies.models import Company
from prospects.research.models import ResearchBatch, ResearchItem
from tests import factories
from tests.prospects.pages.conftest import known_flags, sales, seller, staff  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_companies_written_down_become_a_batch(sales: Client) -> None:  # noqa: F811
    body = {"companies": "acme.com\nGlobex Corporation", "mode": "basic"}

    answer = sales.post("/research/new/", body)

    research = ResearchBatch.objects.select_related("batch").get()
    assert answer["Location"] == f"/research/{research.pk}/"
    assert (research.mode, research.batch.total) == ("basic", 2)


def test_a_selection_of_prospects_is_researched_by_company(sales: Client) -> None:  # noqa: F811
    company = factories.make_company()
    prospects = [factories.make_prospect(company=company, person_key=key) for key in ("ada", "grace")]
    other = factories.make_prospect()
    ids = {"ids": [one.pk for one in [*prospects, other]]}

    shown = sales.get("/research/new/", ids)
    sales.post("/research/new/", {**ids, "mode": "standard"})

    assert "2 companies selected" in shown.text
    jobs = Batch.objects.get().jobs.values_list("subject_id", flat=True)
    assert set(jobs) == {company.pk, other.company_id}


def test_the_sites_of_a_search_are_researched(sales: Client) -> None:  # noqa: F811
    search = factories.make_search(texts=["pumps", "valves"], title="Pumps and valves")
    sites = {result.domain for result in search.results.all()}

    assert f"/research/new/?session={search.pk}" in sales.get(f"/searches/{search.pk}/").text
    shown = sales.get("/research/new/", {"session": search.pk})
    sales.post("/research/new/", {"session": search.pk, "mode": "basic"})

    assert "Pumps and valves" in shown.text
    assert "whose sites are read" in shown.text
    research = ResearchBatch.objects.get()
    assert (research.source, research.session) == ("search", search)
    found = Company.objects.filter(pk__in=Batch.objects.get(pk=research.pk).jobs.values("subject_id"))
    assert set(found.values_list("domain", flat=True)) == sites


def test_who_may_not_see_searches_researches_the_sites_of_none(client: Client) -> None:
    search = factories.make_search(texts=["pumps"], title="Pumps and valves")
    client.force_login(factories.make_user(permissions=["prospects.add_researchbatch"]))

    answers = [ask("/research/new/", {"session": search.pk}) for ask in (client.get, client.post)]

    assert [each.status_code for each in answers] == [403, 403]
    assert all("Pumps" not in each.text for each in answers)
    assert not ResearchBatch.objects.exists()


@pytest.mark.parametrize("session", ["0", "nonsense"])
def test_a_search_that_isnt_there_is_said_to_be_gone(sales: Client, session: str) -> None:  # noqa: F811
    for shown in (
        sales.get("/research/new/", {"session": session}),
        sales.post("/research/new/", {"session": session}),
    ):
        assert "The search whose sites were meant is deleted: name the companies." in shown.text
    assert not Batch.objects.exists()


def test_an_estimate_starts_nothing(sales: Client) -> None:  # noqa: F811
    shown = sales.post("/research/new/", {"companies": "acme.com", "mode": "basic", "estimate": "1"})

    assert "nothing is bought" in shown.text
    assert not Batch.objects.exists()


@pytest.mark.parametrize("companies", ["", "facebook.com"])
def test_a_refusal_is_said_on_the_form(sales: Client, companies: str) -> None:  # noqa: F811
    shown = sales.post("/research/new/", {"companies": companies, "mode": "basic"})

    assert shown.status_code == 200
    assert 'role="alert"' in shown.text
    assert not Batch.objects.exists()


def test_a_batch_shows_what_came_of_its_companies(sales: Client) -> None:  # noqa: F811
    batch = factories.make_batch(kind="research.company", title="Research of two", total=2, succeeded=1)
    research = factories.make_research(batch=batch)
    company = factories.make_company(name="<b>Acme</b>", domain="acme.example")
    ResearchItem.objects.create(
        research=research, company=company, outcome="partial", code="site_down", error="The site is down.",
        degraded=[{"code": "site_down", "says": "The site is down."}], quality=40, completeness=30, confidence=50,
    )  # fmt: skip

    page, part = (sales.get(f"/research/{research.pk}/", headers=headers) for headers in ({}, {"HX-Request": "true"}))

    assert "&lt;b&gt;Acme&lt;/b&gt;" in page.text
    assert "The site is down." in part.text
    assert "<html" not in part.text
    assert "Statistics" in sales.get(f"/research/{research.pk}/?tab=statistics").text
    assert "Research of two" in sales.get("/research/").text
    assert sales.get("/research/?state=running").status_code == 200


def test_what_many_companies_lack_is_said_once(sales: Client) -> None:  # noqa: F811
    research = factories.make_research(batch=factories.make_batch(kind="research.company", total=2, succeeded=2))
    everywhere, here = (
        {"code": "llm_off", "says": "No LLM is set up."},
        {"code": "site_down", "says": "It is down. Sorry."},
    )
    for degraded, error in (([everywhere], ""), ([everywhere, here], "It is down.")):
        ResearchItem.objects.create(
            research=research, company=factories.make_company(), outcome="done", degraded=degraded, error=error
        )

    page = sales.get(f"/research/{research.pk}/").text

    assert page.count("No LLM is set up.") == 1
    assert "2 of the 2 companies on this page: No LLM is set up." in page
    assert page.count("It is down.") == page.count("It is down. Sorry.") == 1


def test_a_batch_is_paused_resumed_and_cancelled(sales: Client) -> None:  # noqa: F811
    sales.post("/research/new/", {"companies": "acme.com", "mode": "basic"})
    research = ResearchBatch.objects.get()

    states = []
    for action in ("pause", "resume", "cancel"):
        sales.post(f"/research/{research.pk}/{action}/")
        states.append(Batch.objects.get().state)

    assert states == ["paused", "running", "cancelled"]
    assert sales.post(f"/research/{research.pk}/burn/").status_code == 404


def test_results_are_downloaded(sales: Client) -> None:  # noqa: F811
    research = factories.make_research()

    answer = sales.get(f"/research/{research.pk}/results.csv")

    assert answer["Content-Disposition"] == f'attachment; filename="research-{research.pk}.csv"'
    assert sales.get(f"/research/{research.pk}/results.pdf").status_code == 404


def test_the_admin_lists_batches_and_items(staff: Client) -> None:  # noqa: F811
    research = factories.make_research()
    ResearchItem.objects.create(research=research, company=factories.make_company(), outcome="done")

    for name in ("researchbatch", "researchitem"):
        assert staff.get(f"/admin/prospects/{name}/").status_code == 200


def test_a_file_of_companies_becomes_a_batch_with_those_written_down(sales: Client) -> None:  # noqa: F811
    file = SimpleUploadedFile("fair.csv", b"Company,Website\nAcme,acme.com\nGlobex,\n")

    answer = sales.post("/research/new/", {"companies": "initech.com", "file": file, "mode": "basic"})

    research = ResearchBatch.objects.select_related("batch").get()
    assert answer["Location"] == f"/research/{research.pk}/"
    assert (research.source, research.batch.title, research.batch.total) == ("file", "Research of fair.csv", 3)


def test_a_file_that_names_nobody_is_said_to_on_the_page(sales: Client) -> None:  # noqa: F811
    file = SimpleUploadedFile("fair.csv", b"City,ZIP\nBonn,53111\n")

    answer = sales.post("/research/new/", {"file": file, "mode": "basic"})

    assert "it has City, ZIP" in answer.text
    assert not Batch.objects.exists()
