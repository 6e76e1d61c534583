"""A file that can't be read leaves an import that says why, and no rows."""

import pytest

from prospects.intake import services
from prospects.intake.errors import EmptyFile, TooLarge, UnreadableFile
from prospects.intake.models import Import, ImportRow

pytestmark = pytest.mark.django_db


def test_an_unreadable_file_fails_with_its_reason():
    run = services.receive(name="x.pdf", chunks=[b"%PDF-1.7 ..."])

    with pytest.raises(UnreadableFile):
        services.parse(run.pk)

    run.refresh_from_db()
    assert run.state == Import.State.FAILED
    assert run.error == "x.pdf is a PDF; CSV, XLSX and JSON Lines can be imported."


def test_rows_before_the_fault_are_not_kept():
    content = b"Company,City\n" + b"Acme,Bonn\n" * 5000 + b'"' + b"x" * 200_000

    run = services.receive(name="x.csv", chunks=[content])
    with pytest.raises(TooLarge):
        services.parse(run.pk)

    assert not ImportRow.objects.exists()


def test_an_empty_upload_leaves_nothing():
    with pytest.raises(EmptyFile, match=r"x\.csv is empty"):
        services.receive(name="x.csv", chunks=[])

    assert not Import.objects.exists()


def test_parsing_twice_is_parsing_once():
    run = services.receive(name="x.csv", chunks=[b"Company\nAcme\n"])
    services.parse(run.pk)

    services.parse(run.pk)

    assert ImportRow.objects.filter(import_run=run).count() == 1
