"""Upload, columns, dry run, commit, undo: by forms alone, as without JavaScript."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client

from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.intake import jobs
from prospects.intake.models import Import, SavedMapping

pytestmark = pytest.mark.django_db(transaction=True)
CSV = b"Firm,Web,Town\nAcme Foods,acme.example,Chicago\nBolt,bolt.example,Gary\n,,Nowhere\n"


def upload(client: Client, content: bytes = CSV, name: str = "fair.csv", source: str = "") -> Import:
    client.post("/imports/new/", {"file": SimpleUploadedFile(name, content), "source": source})
    return Import.objects.latest("pk")


MAPPING = {"column-0": "name", "column-1": "domain", "column-2": "city"}


def test_a_file_becomes_prospects_in_four_steps(sales: Client) -> None:
    run = upload(sales)
    columns = sales.get(f"/imports/{run.pk}/").content.decode()
    dry = sales.post(f"/imports/{run.pk}/mapping/", MAPPING, follow=True).content.decode()
    before = Prospect.objects.count()
    done = sales.post(f"/imports/{run.pk}/commit/", follow=True).content.decode()

    assert "Acme Foods · Bolt" in columns
    assert "This is the dry run: nothing is changed yet." in dry
    assert "2 new, 0 changed, 0 known already, 1 refused" in dry
    assert before == 0
    assert "Qualify them" in done
    assert sorted(Prospect.objects.values_list("company__name", flat=True)) == ["Acme Foods", "Bolt"]


def test_the_refused_rows_come_back_with_their_reason(sales: Client) -> None:
    run = upload(sales)
    sales.post(f"/imports/{run.pk}/mapping/", MAPPING)

    response = sales.get(f"/imports/{run.pk}/refused.csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Firm,Web,Town,assay_reason", ",,Nowhere,no name and no domain"]


def test_a_constant_fills_what_the_file_leaves_out_and_the_mapping_is_kept(sales: Client) -> None:
    run = upload(sales, source="Fair")
    asked = MAPPING | {"constant-field": ["country"], "constant-value": ["US"], "save": "on"}

    sales.post(f"/imports/{run.pk}/mapping/", asked)
    sales.post(f"/imports/{run.pk}/commit/")

    assert set(Prospect.objects.values_list("company__country", flat=True)) == {"US"}
    saved = SavedMapping.objects.get(source="Fair")
    assert (saved.columns["Firm"], saved.constants) == ("name", {"country": "US"})


def test_an_import_is_undone(sales: Client) -> None:
    run = upload(sales)
    sales.post(f"/imports/{run.pk}/mapping/", MAPPING)
    sales.post(f"/imports/{run.pk}/commit/")

    page = sales.post(f"/imports/{run.pk}/undo/", follow=True).content.decode()

    assert "2 prospects deleted, 0 as they were before, 0 archived" in page
    run.refresh_from_db()
    assert run.undone_counts == {"deleted": 2, "archived": 0, "restored": 0, "kept": 0}
    assert not Prospect.objects.exists()


def test_an_empty_file_is_refused_beside_the_field(sales: Client) -> None:
    response = sales.post("/imports/new/", {"file": SimpleUploadedFile("empty.csv", b"")})

    assert "empty.csv is empty." in response.content.decode()
    assert not Import.objects.exists()


def test_a_mapping_without_a_company_is_refused_and_changes_nothing(sales: Client) -> None:
    run = upload(sales)

    page = sales.post(f"/imports/{run.pk}/mapping/", {"column-2": "city"}, follow=True).content.decode()

    assert "holds a company" in page
    run.refresh_from_db()
    assert run.state == "parsed"


def test_a_large_file_is_read_by_a_worker(sales: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 10)

    run = upload(sales)

    page = sales.get(f"/imports/{run.pk}/").content.decode()
    assert run.state == "uploaded"
    assert Batch.objects.get(pk=run.batch_id).kind == "import.parse"
    assert "No worker is running for imports." in page
    assert 'hx-trigger="every 1s"' in page


def test_a_large_import_is_undone_by_a_worker(sales: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = upload(sales)
    sales.post(f"/imports/{run.pk}/mapping/", MAPPING)
    sales.post(f"/imports/{run.pk}/commit/")
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 10)

    page = sales.post(f"/imports/{run.pk}/undo/", follow=True).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert Batch.objects.get().kind == "import.undo"
    assert Prospect.objects.count() == 2


def test_a_step_that_a_worker_gave_up_says_why_and_can_be_tried_again(sales: Client) -> None:
    run = upload(sales)
    sales.post(f"/imports/{run.pk}/mapping/", MAPPING)
    sales.post(f"/imports/{run.pk}/commit/")
    Import.objects.filter(pk=run.pk).update(error="The worker was lost three times.")

    failed = sales.get(f"/imports/{run.pk}/").content.decode()
    undone = sales.post(f"/imports/{run.pk}/undo/", follow=True).content.decode()

    assert "The worker was lost three times." in failed
    assert "Undo this import" in failed
    assert "The worker was lost" not in undone


def test_a_worker_at_work_is_neither_waited_for_nor_disturbed(sales: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = upload(sales)
    sales.post(f"/imports/{run.pk}/mapping/", MAPPING)
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 10)
    sales.post(f"/imports/{run.pk}/commit/")
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 500_000)
    said = []
    with ThreadPoolExecutor(1) as worker, transaction.atomic():
        Import.objects.select_for_update().get(pk=run.pk)
        for step in ("commit", "undo", "mapping"):
            answer = worker.submit(asked_for, sales, f"/imports/{run.pk}/{step}/", MAPPING).result(timeout=10)
            said.append([str(message) for message in answer])

    at_work = "A worker has the import in hand; wait until it is done."
    # Messages wait for the next page that is shown.
    assert said == [[], [at_work], [at_work, at_work]]
    assert Batch.objects.count() == 1


def asked_for(client: Client, url: str, asked: dict[str, str]) -> list[Message]:
    """What a POST in another thread, with a connection of its own, has the next page say."""
    try:
        return list(get_messages(client.post(url, asked).wsgi_request))
    finally:
        connections.close_all()


def test_once_the_worker_is_done_the_browser_is_told_to_go_on(sales: Client) -> None:
    run = upload(sales)

    response = sales.get(f"/imports/{run.pk}/", headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"


def test_the_sample_comes_with_a_button(sales: Client) -> None:
    page = sales.post("/imports/sample/", follow=True).content.decode()

    assert Import.objects.get().row_count == 100
    assert "What each column means" in page
