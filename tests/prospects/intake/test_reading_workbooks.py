"""XLSX: everything as text, and nothing that unpacks without end."""

import io
import resource
import zipfile
from datetime import date

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font

from prospects.intake.errors import EmptyFile, TooLarge, TooManyColumns, UnreadableFile
from prospects.intake.limits import WORKBOOK_MEMORY
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


def test_a_title_page_in_front_of_the_list():
    book = Workbook()
    book.active.append(["Confidential"])
    book.create_sheet("Companies").append(["Company"])
    book["Companies"].append(["Acme"])
    content = io.BytesIO()
    book.save(content)

    assert table(content.getvalue()) == (["Company"], [["Acme"]])


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

    with pytest.raises(TooLarge, match="times its size, as no table does"):
        table(bomb)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_too_many_parts():
    with pytest.raises(TooLarge, match="parts"):
        table(archive({"xl/workbook.xml": b"<x/>"} | {f"xl/{number}.xml": b"" for number in range(2001)}))


def sharing(*, columns: int, rows: int = 1) -> bytes:
    """A workbook whose cells below the header all name one text of 32,000 characters, which it holds once."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Company")
        for row in range(1, rows + 1):
            for column in range(columns):
                sheet.write_string(row, column, "x" * 32_000)
    return content.getvalue()


def most_kb() -> tuple[int, int]:
    """The most memory that this process, and any child of it that has ended, ever had."""
    return tuple(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def test_a_small_file_of_wide_rows_is_refused_with_little_memory():
    content = sharing(columns=7_000)
    before, _ = most_kb()

    with pytest.raises(TooManyColumns, match="7,000 columns; at most 500"):
        table(content)

    after, child = most_kb()
    assert after - before < 20_000
    assert child < WORKBOOK_MEMORY / 1024


def test_a_row_of_long_cells_is_refused_with_little_memory():
    content = sharing(columns=400)
    before, _ = most_kb()

    with pytest.raises(TooLarge, match="Line 2 is longer than"):
        table(content)

    assert most_kb()[0] - before < 20_000


def test_cells_that_share_a_text_without_end_are_cut_off():
    content = sharing(columns=100, rows=500)
    before, _ = most_kb()

    with pytest.raises(TooLarge, match="more memory"):
        table(content)

    after, child = most_kb()
    assert after - before < 20_000
    assert child < WORKBOOK_MEMORY / 1024


def test_a_directory_without_end_is_not_read():
    """Members of nothing, 46 bytes and a letter each, with a count that lies."""
    one = archive({"a": b""})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[start:end] * 400_000
    tail = bytearray(one[end:])
    tail[12:16] = len(directory).to_bytes(4, "little")
    content = one[:start] + directory + bytes(tail)
    before, _ = most_kb()

    with pytest.raises(TooLarge, match="too many parts"):
        table(content)

    assert most_kb()[0] - before < 20_000


def test_styled_cells_without_a_value_count_for_nothing():
    book = Workbook()
    book.active.append(["Company"])
    book.active.append(["Acme"])
    book.active.cell(row=1, column=2_000).font = Font(bold=True)
    content = io.BytesIO()
    book.save(content)

    assert table(content.getvalue()) == (["Company"], [["Acme"]])
