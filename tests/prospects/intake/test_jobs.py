"""The steps of an import as kinds of job."""

import asyncio

import pytest

from performance.jobs.kinds import ClaimedJob, GiveUp, kind_named
from prospects.companies.models import Company
from prospects.intake import services
from prospects.intake.models import Import
from tests.prospects.intake.files import csv_bytes, imported

pytestmark = pytest.mark.django_db(transaction=True)


def work(kind: str, run: Import) -> None:
    job = ClaimedJob(id=1, batch_id=1, subject_id=run.pk, fence=1, attempt=1, input={}, params={})
    asyncio.run(kind_named(kind).run(job, None))


def test_parse_preview_and_commit_by_a_worker():
    run = services.receive(name="x.csv", chunks=[csv_bytes("Company,Website", "Acme,acme.com")])

    for kind in ("import.parse", "import.preview", "import.commit"):
        work(kind, run)

    run.refresh_from_db()
    assert run.state == Import.State.COMMITTED
    assert Company.objects.get().domain == "acme.com"


def test_an_import_is_undone_by_a_worker():
    run = imported(csv_bytes("Company,Website", "Acme,acme.com"))

    work("import.undo", run)

    run.refresh_from_db()
    assert run.state == Import.State.UNDONE
    assert not Company.objects.exists()


def test_a_bad_file_gives_up_with_its_reason():
    run = services.receive(name="x.csv", chunks=[b"Company,City\n"])

    with pytest.raises(GiveUp, match="The file has a header, but no rows below it"):
        work("import.parse", run)
