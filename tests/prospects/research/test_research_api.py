"""Research as programs ask for it."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has none

from performance.jobs.models import Batch, Priority
from prospects.companies.models import Company
from prospects.company_profiles.models import CompanyProfile, ProfileValue
from prospects.qualification.models import QualificationRun
from prospects.research.models import ResearchBatch, ResearchItem
from tests import factories
from tests.prospects.api.conftest import As, as_  # noqa: F401 - a fixture
from tests.servers.web.running import RunningWeb

SUBMIT = "/api/v1/company/batch/submit"
EXTRACT = "/api/v1/company/extract"


def item(research: ResearchBatch, **fields: object) -> ResearchItem:
    """A company of which an e-mail address is known."""
    company = factories.make_company(name="=Acme", industry="Food")
    plain = {"outcome": "done", "filled": ["email"], "quality": 80, "completeness": 60, "confidence": 70}
    CompanyProfile.objects.create(
        company=company, mode="basic", identity="confirmed", quality=80, researched_at=factories.AT,
        changed_at=factories.AT,
    )  # fmt: skip
    ProfileValue.objects.create(
        company=company, field="email", value="info@acme.example", key="info@acme.example", confidence=90,
        method="link", url="http://acme.example/", found_at=factories.AT, last_seen_at=factories.AT,
    )  # fmt: skip
    return ResearchItem.objects.create(research=research, company=company, **plain | fields)


@pytest.mark.django_db
def test_names_with_hints_become_a_batch_with_all_that_was_asked(as_: As) -> None:  # noqa: F811
    body = {
        "company_names": ["Acme", "Globex"], "domain_hints": ["acme.com", ""], "extraction_mode": "contact_focused",
        "priority": "high", "country": "de", "language": "de", "max_concurrent": 7, "timeout_seconds": 30,
        "include_failed_results": False, "export_format": "csv", "budget": 0.5,
    }  # fmt: skip

    answer = as_("sales").post(SUBMIT, body)

    assert answer.status_code == 202, answer.json()
    research = ResearchBatch.objects.select_related("batch").get()
    assert answer["Location"] == f"/api/v1/company/batch/{research.pk}/status"
    batch = research.batch
    assert (batch.priority, batch.concurrency, batch.budget_micros, batch.total) == (Priority.HIGH, 7, 500_000, 2)
    assert (research.mode, research.country, research.timeout_s) == ("contact_focused", "DE", 30)
    assert (research.includes_failed, research.export_format) == (False, "csv")
    assert answer.json()["research"]["total"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"domains": ["acme.com"], "companies": [1]},
        {"domains": ["acme.com"], "domain_hints": ["acme.com"]},
        {"domains": ["acme.com"], "extraction_mode": "all"},
        {"domains": ["acme.com"], "timeout_seconds": 1000},
        {"domains": ["acme.com"], "max_concurrent": 0},
        {"domains": ["acme.com"], "priority": "soon"},
        {"domains": ["acme.com"], "country": "Germany"},
        {"domains": ["acme.com"], "qualify": {}},
    ],
)
def test_what_makes_no_sense_is_refused_and_makes_nothing(as_: As, body: dict[str, object]) -> None:  # noqa: F811
    assert as_("sales").post(SUBMIT, body).status_code == 400
    assert not Batch.objects.exists()
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_a_run_can_be_asked_for_with_it(as_: As) -> None:  # noqa: F811
    icp = factories.make_icp()

    answer = as_("sales").post(SUBMIT, {"domains": ["acme.com"], "qualify": {"icp": icp.slug, "qualifier": "rubric"}})

    assert answer.status_code == 202, answer.json()
    research = ResearchBatch.objects.get()
    assert (research.then_icp_version, research.is_followed) == (icp.current, False)
    assert research.then["qualifier"] == "rubric"
    assert not QualificationRun.objects.exists()


@pytest.mark.django_db
def test_a_run_over_domains_can_have_their_sites_read_first(as_: As) -> None:  # noqa: F811
    icp = factories.make_icp()

    answer = as_("sales").post("/api/v1/qualify", {"icp": icp.slug, "domains": ["acme.com"], "research": True})

    assert answer.status_code == 202, answer.json()
    research = ResearchBatch.objects.get()
    assert answer.json()["research"]["id"] == research.pk
    assert research.then_icp_version == icp.current
    assert not QualificationRun.objects.exists()


@pytest.mark.django_db
def test_the_status_tells_of_progress_and_outcomes(as_: As) -> None:  # noqa: F811
    research = factories.make_research(batch=factories.make_batch(kind="research.company", total=2, succeeded=1))
    item(research)

    body = as_("viewer").get(f"/api/v1/company/batch/{research.pk}/status").json()

    assert body["outcomes"] == {"done": 1, "partial": 0, "failed": 0, "cached": 0, "changed": 0}
    assert (body["progress"]["done"], body["progress"]["total"]) == (1, 2)


@pytest.mark.django_db
def test_results_say_the_same_in_every_format_and_hold_no_formula(as_: As) -> None:  # noqa: F811
    research = factories.make_research()
    done = item(research)
    client, address = as_("viewer"), f"/api/v1/company/batch/{research.pk}/results"

    def read(format: str) -> bytes:
        return b"".join(client.get(address, {"format": format}).streaming_content)  # type: ignore[attr-defined]

    [row] = json.loads(read("json"))
    [line] = list(csv.DictReader(io.StringIO(read("csv").decode())))
    sheet = load_workbook(io.BytesIO(read("xlsx")))["Results"]
    assert row["values"]["email"][0]["value"] == "info@acme.example"
    assert row["company_id"] == done.company_id
    assert json.loads(read("jsonl")) == row
    assert (line["name"], line["found:email"], line["quality"]) == ("'=Acme", "info@acme.example", "80")
    assert [cell.value for cell in sheet[2]][3] == "'=Acme"
    assert client.get(address, {"format": "pdf"}).status_code == 400


@pytest.mark.django_db
def test_failed_results_are_left_out_where_they_were_not_wanted(as_: As) -> None:  # noqa: F811
    research = factories.make_research(includes_failed=False)
    item(research, outcome="failed")

    answer = as_("viewer").get(f"/api/v1/company/batch/{research.pk}/results")

    assert json.loads(b"".join(answer.streaming_content)) == []  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_statistics_are_of_a_batch_or_of_all(as_: As) -> None:  # noqa: F811
    research = factories.make_research()
    item(research)
    client = as_("viewer")

    of_one = client.get("/api/v1/company/batch/stats", {"batch": research.pk}).json()

    assert (of_one["companies"], of_one["median_quality"], of_one["coverage"]["email"]) == (1, 80, 1.0)
    assert of_one["industries"][0]["industry"] == "Food"
    assert client.get("/api/v1/company/batch/stats", {"batch": 999_999}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_basic_extraction_is_answered_at_once(as_: As, web: RunningWeb) -> None:  # noqa: F811
    truth = web.with_trait("plain")[2]

    answer = as_("sales").post(EXTRACT, {"domain": truth.domain})

    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["domain"], body["outcome"]) == (truth.domain, "done")
    assert body["name"] in (truth.name, truth.legal_name)
    assert body["values"]["email"][0]["page_hash"]
    assert not Batch.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["a mode", "no domain", "a key"])
def test_else_it_is_a_batch_of_one(as_: As, how: str) -> None:  # noqa: F811
    bodies: dict[str, dict[str, str]] = {
        "a mode": {"domain": "acme.com", "extraction_mode": "standard"},
        "no domain": {"company_name": "Acme"},
        "a key": {"domain": "acme.com"},
    }
    headers = {"Idempotency-Key": "monday"} if how == "a key" else {}

    answer = as_("sales").post(EXTRACT, bodies[how], headers=headers)

    assert answer.status_code == 202, answer.json()
    assert ResearchBatch.objects.get().batch.total == 1


def sent(name: str, content: bytes) -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.mark.django_db
def test_a_file_becomes_a_batch_of_its_name(as_: As) -> None:  # noqa: F811
    icp = factories.make_icp()
    lines = b"Company,Website\nAcme,acme.com\n,globex.com\nInitech,\nAcme,acme.com\n"
    options = {"extraction_mode": "basic", "priority": "high", "qualify.icp": icp.slug}

    answer = as_("sales").post(SUBMIT, sent("fair.csv", lines) | options, format="multipart")

    assert answer.status_code == 202, answer.json()
    research = ResearchBatch.objects.select_related("batch").get()
    assert (research.batch.title, research.source, research.asked) == ("Research of fair.csv", "file", 4)
    assert (research.batch.total, research.mode, research.then_icp_version) == (3, "basic", icp.current)
    assert set(Company.objects.values_list("name", "domain")) >= {("Acme", "acme.com"), ("globex.com", "globex.com")}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["extraction_mod", "qualify.ipc"])
def test_a_form_with_a_name_that_nobody_knows_is_refused(as_: As, name: str) -> None:  # noqa: F811
    options = {"qualify.icp": factories.make_icp().slug, name: "basic"}

    answer = as_("sales").post(SUBMIT, sent("fair.csv", b"domain\nacme.com\n") | options, format="multipart")

    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, pointers) == (400, [f"#/{name.replace('.', '/')}"])
    assert not ResearchBatch.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"City,ZIP\nBonn,53111\n", 422, "it has City, ZIP"),
        (b"domain\nacme.com\nnonsense\n", 422, "nonsense"),
        (b"domain\n" + b"a.com\n" * 100_001, 400, "100,001 companies are named"),
        (b"%PDF-1.4", 422, "is a PDF"),
        (b"", 400, "empty"),
    ],
)
def test_a_file_that_names_nobody_is_refused_and_makes_nothing(
    as_: As,  # noqa: F811
    content: bytes,
    status: int,
    says: str,
) -> None:
    answer = as_("sales").post(SUBMIT, sent("fair.csv", content), format="multipart")

    assert answer.status_code == status, answer.json()
    assert says in json.dumps(answer.json())
    assert not Batch.objects.exists()
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_prospects_that_arent_there_are_named_and_nobody_else_is_researched(as_: As) -> None:  # noqa: F811
    known, archived = factories.make_prospect(), factories.make_prospect(archived_at=factories.AT)

    answer = as_("sales").post(SUBMIT, {"prospects": [known.pk, archived.pk, 999_999]})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_prospects")
    assert f"{archived.pk}, 999999" in answer.json()["detail"]
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_a_search_is_researched_when_it_has_ended_and_found_a_site(as_: As) -> None:  # noqa: F811
    at_work = factories.make_search(batch=factories.make_batch(kind="search.query"))
    empty = factories.make_search(texts=())
    shared = factories.make_search(texts=("acme", "globex"))
    for result, domain in zip(shared.results.order_by("pk"), ("linkedin.com", "dnb.com"), strict=True):
        result.domain = domain
        result.save()
    batches = Batch.objects.count()

    answers = [as_("sales").post(SUBMIT, {"search_session": each.pk}) for each in (at_work, empty, shared)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "still_searching"), (400, "no_sites"), (400, "no_sites"),
    ]  # fmt: skip
    assert Batch.objects.count() == batches


@pytest.mark.django_db
def test_a_token_that_may_not_view_searches_names_none(as_: As) -> None:  # noqa: F811
    search = factories.make_search(texts=("acme",))
    client = as_("sales", scopes=["prospects.add_researchbatch", "prospects.add_prospect"])

    answer = client.post(SUBMIT, {"search_session": search.pk})

    assert answer.status_code == 403
    assert (
        answer.json()["detail"]
        == "Naming a search session needs prospects.view_searchsession, which this token isn't scoped for."
    )
    assert not ResearchBatch.objects.exists()


@pytest.mark.django_db
def test_pages_that_arent_companies_own_dont_keep_a_search_from_being_researched(as_: As) -> None:  # noqa: F811
    search = factories.make_search(texts=("acme", "globex"))
    search.results.filter(query__text="acme").update(domain="facebook.com")

    answer = as_("sales").post(SUBMIT, {"search_session": search.pk})

    assert answer.status_code == 202, answer.json()
    assert ResearchBatch.objects.get().asked == 1
