"""XLSX: everything as text, and nothing that unpacks without end."""

import io
import resource
import zipfile
from datetime import date

import pytest

from prospects.intake.errors import EmptyFile, TooLarge, UnreadableFile
from tests.prospects.intake.files import table, workbook


def archive(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in members.items():
            file.writestr(name, body)
    return content.getvalue()


def test_cells_as_a_person_sees_them():
    content = workbook(
        ["Company", "Zip", "Employees", "Share", "Founded", "Public"],
        ["Müller", "01067", 1200, 0.5, date(1999, 5, 1), True],
        [None, None, None, None, None, None],
        ["Acme", "60601", None, None, None, False],
    )

    headers, rows = table(content)

    assert headers == ["Company", "Zip", "Employees", "Share", "Founded", "Public"]
    assert rows == [
        ["Müller", "01067", "1200", "0.5", "1999-05-01", "TRUE"],
        ["Acme", "60601", "", "", "", "FALSE"],
    ]


def test_an_empty_workbook():
    with pytest.raises(EmptyFile):
        table(workbook())


def test_a_zip_that_is_no_workbook():
    with pytest.raises(UnreadableFile, match="no XLSX workbook"):
        table(archive({"readme.txt": b"hello"}))


def test_a_damaged_workbook():
    with pytest.raises(UnreadableFile):
        table(workbook(["Company"], ["Acme"])[:-200])


def test_sheets_that_are_no_xml():
    with pytest.raises(UnreadableFile):
        table(archive({"xl/workbook.xml": b"<broken", "[Content_Types].xml": b"<x/>"}))


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 300_000_000})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(TooLarge, match="unpacks to 300 MB"):
        table(bomb)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_too_many_parts():
    with pytest.raises(TooLarge, match="parts"):
        table(archive({"xl/workbook.xml": b"<x/>"} | {f"xl/{number}.xml": b"" for number in range(2001)}))
