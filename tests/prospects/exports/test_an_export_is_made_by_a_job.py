import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from performance.files.models import StoredFile
from performance.files.services import stream
from performance.jobs.models import Batch
from performance.jobs.runner.slice import Slice
from prospects.exports import kind, writers
from prospects.exports.errors import UnknownFormat
from prospects.exports.kind import ExportKind, write_file
from prospects.exports.models import Export
from prospects.exports.services import request_export
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def work_off(queue: str) -> None:
    """A slice of work on the queue, as the Celery task does it."""
    asyncio.run(Slice(queue).run())


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl", "json"])
def test_the_file_is_stored_and_tied_to_its_export(format: str) -> None:
    run, person = factories.make_run(), factories.make_user()
    factories.make_qualification(run=run)

    export = request_export(run, format=format, owner=person)
    work_off(ExportKind.queue)

    export.refresh_from_db()
    assert export.batch is not None
    assert (export.batch.state, export.row_count, export.error) == ("finished", 1, "")
    assert export.file is not None
    assert export.file.name.endswith(f"-run-{run.pk}.{format}")
    assert export.file.owner == person
    assert export.file.expires_at is not None
    assert len(b"".join(stream(export.file))) == export.file.size > 0


def test_a_file_that_was_stored_before_a_kill_is_replaced_and_not_left_behind() -> None:
    run = factories.make_run()
    factories.make_qualification(run=run)
    export = request_export(run, format="csv")

    first = write_file(export)
    second = write_file(export)

    assert list(StoredFile.objects.values_list("pk", flat=True)) == [second.file_id]
    assert first.file_id != second.file_id
    export.refresh_from_db()
    assert (export.file_id, export.row_count) == (second.file_id, 1)


def test_no_pause_between_two_statements_ends_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a large workbook is closed; `SET` lasts for the session, and so must not be in force in our transaction."""
    run = factories.make_run()
    factories.make_qualification(run=run)
    export = request_export(run, format="csv")
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '200ms'")

    chunks = writers.chunks

    def slow(*given: Any) -> Iterator[bytes]:
        time.sleep(0.5)
        yield from chunks(*given)

    monkeypatch.setattr(kind, "chunks", slow)

    assert write_file(export).rows == 1


def test_what_can_not_be_made_says_why() -> None:
    export = request_export(factories.make_run(), format="jsonl")
    work_off(ExportKind.queue)

    export.refresh_from_db()
    assert export.file is None
    assert export.error


def test_an_unknown_format_starts_nothing() -> None:
    with pytest.raises(UnknownFormat):
        request_export(factories.make_run(), format="pdf")

    assert not Export.objects.exists()
    assert Batch.objects.filter(kind="export.run").count() == 0
