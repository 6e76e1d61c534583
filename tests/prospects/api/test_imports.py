from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.files.models import StoredFile
from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.intake import jobs
from prospects.intake import services as intake
from prospects.intake.models import Import
from tests.factories import make_import
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/imports"
CONTENT = b"Firm;Web\nAcme;acme.com\nApex;apex.com\n;not a domain\n"


def upload(client: APIClient, content: bytes = CONTENT, **headers: str) -> Any:
    file = SimpleUploadedFile("firms.csv", content)
    return client.post(IMPORTS, {"file": file, "source": "fair"}, format="multipart", headers=headers)


def test_a_file_goes_all_the_way_to_prospects_and_back(as_: As) -> None:
    client = as_("sales")
    uploaded = upload(client)
    at = uploaded["Location"]
    run_id = uploaded.json()["id"]
    intake.parse(run_id)  # what the worker does

    parsed = client.get(at).json()
    mapped = client.put(f"{at}/mapping", {"columns": {"Firm": "name", "Web": "domain"}, "constants": {"country": "US"}})
    asked = client.post(f"{at}/preview")
    intake.preview(run_id)
    preview = client.get(f"{at}/preview").json()
    client.post(f"{at}/commit")
    intake.commit(run_id)
    committed = client.get(at).json()
    companies = set(Prospect.objects.values_list("company__name", "company__country"))
    errors = b"".join(client.get(f"{at}/errors").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    undone = client.post(f"{at}/undo")

    assert (uploaded.status_code, uploaded.json()["state"]) == (202, "uploaded")
    assert (parsed["state"], parsed["headers"], parsed["row_count"]) == ("parsed", ["Firm", "Web"], 3)
    assert (mapped.status_code, asked.status_code) == (200, 202)
    assert {name: preview[name] for name in ("create", "update")} == {"create": 2, "update": 0}
    assert preview["refuse"] + preview["skip"] == 1
    assert (committed["state"], committed["created_count"]) == ("committed", 2)
    assert companies == {("Acme", "US"), ("Apex", "US")}
    assert errors.startswith("Firm,Web,assay_reason")
    assert (undone.status_code, undone.json()["deleted"]) == (200, 2)
    assert not Prospect.objects.exists()


def test_each_step_is_asked_of_a_worker(as_: As) -> None:
    client = as_("sales")

    upload(client)

    run = Import.objects.select_related("batch", "owner").get()
    assert run.batch is not None
    assert (run.batch.kind, run.batch.owner) == ("import.parse", run.owner)


def test_rows_can_be_sent_as_json(as_: As) -> None:
    body = {"name": "crm", "source": "crm", "rows": [{"Company": "Acme", "Website": "acme.com", "ZIP": "01234"}]}

    answer = as_("sales").post(IMPORTS, body)

    assert answer.status_code == 202, answer.json()
    run = intake.parse(answer.json()["id"])
    assert (run.name, run.headers, run.row_count) == ("crm.jsonl", ["Company", "Website", "ZIP"], 1)


def test_the_same_upload_under_the_same_key_is_one_import(as_: As) -> None:
    client = as_("sales")

    first, again = upload(client, **{"Idempotency-Key": "k"}), upload(client, **{"Idempotency-Key": "k"})

    assert first.json() == again.json()
    assert Import.objects.count() == Batch.objects.count() == 1


def test_an_empty_file_is_refused_and_leaves_nothing(as_: As) -> None:
    answer = upload(as_("sales"), b"")

    assert answer.status_code == 422
    assert answer.json()["detail"] == "firms.csv is empty."
    assert not Import.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_file_above_the_limit_is_refused(as_: As, settings: Settings) -> None:
    settings.UPLOAD_MAX_MB = 1

    answer = upload(as_("sales"), b"x" * (1024 * 1024 + 1))

    assert answer.status_code == 413
    assert not Import.objects.exists()


def test_a_body_far_above_the_limit_is_refused_before_it_is_read(as_: As, settings: Settings) -> None:
    settings.UPLOAD_MAX_MB = 1

    answer = upload(as_("sales"), b"x" * (3 * 1024 * 1024))

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_missing_file_is_pointed_at(as_: As) -> None:
    answer = as_("sales").post(IMPORTS, {"source": "fair"}, format="multipart")

    assert answer.status_code == 400
    assert not Import.objects.exists()


def test_a_mapping_to_no_field_is_refused_and_changes_nothing(as_: As) -> None:
    client = as_("sales")
    run_id = upload(client).json()["id"]
    before = intake.parse(run_id).columns

    answer = client.put(f"{IMPORTS}/{run_id}/mapping", {"columns": {"Firm": "shoe_size"}})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_mapping")
    assert Import.objects.get().columns == before


def test_the_preview_must_be_made_before_it_is_read(as_: As) -> None:
    client = as_("sales")
    run_id = upload(client).json()["id"]

    answer = client.get(f"{IMPORTS}/{run_id}/preview")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_previewed")


@pytest.mark.parametrize(
    ("step", "state", "status"),
    [
        ("preview", "uploaded", 409),
        ("preview", "failed", 409),
        ("preview", "undone", 409),
        ("commit", "uploaded", 409),
        ("commit", "undone", 409),
        ("undo", "parsed", 409),
        ("undo", "undone", 409),
        ("commit", "committed", 202),
    ],
)
def test_a_step_that_its_state_forbids_is_refused_at_once(as_: As, step: str, state: str, status: int) -> None:
    run = make_import(state=state, columns={"Name": "name"})

    answer = as_("sales").post(f"{IMPORTS}/{run.pk}/{step}")

    assert answer.status_code == status, answer.json()
    assert Batch.objects.count() == (1 if status == 202 else 0)


@pytest.mark.parametrize("step", ["preview", "commit"])
def test_columns_that_name_no_company_are_refused_at_once(as_: As, step: str) -> None:
    run = make_import(state="parsed", columns={"Name": "city"})

    answer = as_("sales").post(f"{IMPORTS}/{run.pk}/{step}")

    assert (answer.status_code, answer.json()["code"]) == (422, "no_company_column")
    assert not Batch.objects.exists()


def test_a_large_import_is_taken_back_by_a_worker(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_("sales")
    run_id = upload(client).json()["id"]
    intake.parse(run_id)
    intake.commit(run_id)
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 10)

    first, again = (client.post(f"{IMPORTS}/{run_id}/undo", headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, first["Location"]) == (202, f"{IMPORTS}/{run_id}")
    assert first.json() == again.json()
    assert Batch.objects.filter(kind="import.undo").count() == 1
    assert Prospect.objects.count() == 2
