"""CSV in any common encoding, delimiter and quoting."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.intake.errors import EmptyFile, TooLarge, TooManyColumns, UnreadableFile
from prospects.intake.limits import MAX_CELL, MAX_LINE
from prospects.intake.readers.delimited import dialect_of
from tests.prospects.intake.files import csv_bytes, table

GERMAN = [["Firma", "Straße"], ["Müller Söhne GmbH", "Königstraße 5"], ["Weiß & Größe", "Übergang 7"]] + [
    [f"Bäcker {number}", f"Lüneburger Straße {number}"] for number in range(30)
]
TEXTS = {"german": GERMAN}


def written(rows: list[list[str]], *, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859_15", "mac_roman"],
)
def test_western_encodings(encoding: str):
    headers, rows = table(written(GERMAN).encode(encoding))

    assert [headers, *rows] == GERMAN


@pytest.mark.parametrize(
    ("encoding", "rows"),
    [
        (
            "cp1251",
            [["Компания", "Город"], ["Молочный завод Северный", "Санкт-Петербург"], ["Копыта", "Одесса"]],
        ),
        (
            "shift_jis",
            [
                ["会社名", "都市"],
                ["株式会社日立製作所", "東京都千代田区丸の内"],
                ["トヨタ自動車株式会社", "愛知県豊田市"],
            ],
        ),
        (
            "gb18030",
            [["公司名称", "城市"], ["华为技术有限公司", "广东省深圳市龙岗区"], ["阿里巴巴集团控股", "浙江省杭州市"]],
        ),
    ],
)
def test_other_scripts(encoding: str, rows: list[list[str]]):
    headers, read = table(written(rows * 1 + rows[1:] * 10).encode(encoding))

    assert headers == rows[0]
    assert read[: len(rows) - 1] == rows[1:]


@pytest.mark.parametrize(
    ("encodings", "names"),
    [
        (["cp1252", "mac_roman", "cp850"], ["Crèmerie d'Évian", "Pâtisserie Noël", "Sucrerie du Nord-Est"]),
        (["cp1252", "iso8859_15", "mac_roman"], ["Pão de Açúcar", "Alimentação João", "Cafés Peña"]),
        (["cp1252", "mac_roman", "cp850"], ["Carlsberg Brød", "Århus Mejeri"]),
        (["cp1252", "mac_roman", "cp850"], ["Nestlé"]),
        (["cp1252", "mac_roman"], ["Land O\N{RIGHT SINGLE QUOTATION MARK}Lakes \N{EN DASH} Dairy"]),
        (["cp1252", "iso8859_15"], ["Müller, 5 Mio. €", "Großbäckerei"]),
        (["cp1252", "mac_roman"], ["Müller", "Société Générale", "Peña", "Brød", "Pão de Açúcar"]),
        (["cp1250", "iso8859_2"], ["Łódzkie Zakłady Mięsne", "Browar Żywiec", "Śląskie Przetwory"]),
        (["cp1250", "iso8859_2"], ["Škoda Auto", "Plzeňský Prazdroj", "Železárny Třinec"]),
        (["cp1250", "iso8859_2"], ["Győri Keksz", "Hűtőipari Kft", "Pick Szeged"]),
        (["cp1250", "iso8859_2"], ["Müller", "Żywiec", "Pick Győr", "Škoda Plzeň"]),
        (["cp1254"], ["İstanbul G\u0131da", "Çağdaş Şeker"]),
        (["cp1257"], ["Žemaitijos pienas", "Klaipėdos duona", "Telšių sūris"]),
    ],
)
def test_a_few_names_tell_the_code_page(encodings: list[str], names: list[str]):
    rows = [["Company"], *([name] for name in names)]

    for encoding in encodings:
        headers, read = table(written(rows).encode(encoding))

        assert [headers, *read] == rows, encoding


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str):
    rows = [
        ["Company", "About", "Revenue"],
        ["Acme, Inc", "Steel; wire | rope", "1,5"],
        ['The "A"', "two\nlines", "2,5"],
    ]

    headers, read = table(written(rows, delimiter=delimiter).encode())

    assert [headers, *read] == rows


def test_excel_s_own_delimiter_line():
    assert table(b"sep=;\r\nCompany;City\r\nAcme, Inc;Bonn\r\n") == (["Company", "City"], [["Acme, Inc", "Bonn"]])


def test_escaped_and_single_quotes():
    assert table(b'Company,About\nAcme,"the \\"best\\", they say"\n')[1] == [["Acme", 'the "best", they say']]
    assert dialect_of("'Company','City'\n'Acme, Inc','Bonn'\n").quote == "'"


def test_one_column_is_a_table_too():
    assert table(b"domain\nacme.com\napex.io\n") == (["domain"], [["acme.com"], ["apex.io"]])


def test_blank_lines_and_short_rows_are_no_trouble():
    headers, rows = table(b"\n\nCompany,City,Zip\n\nAcme\n,,\nApex,Bonn,01067,,\n")

    assert headers == ["Company", "City", "Zip"]
    assert rows == [["Acme"], ["Apex", "Bonn", "01067"]]


def test_headers_are_named_and_told_apart():
    headers, _ = table(b"Name,,Name,Name (2),\nAcme,x,y,z,w\n")

    assert headers == ["Name", "column 2", "Name (2)", "Name (2) (2)"]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"Company,City\n", b"\x00\x00"])
def test_nothing_to_import(content: bytes):
    with pytest.raises(EmptyFile):
        table(content)


@pytest.mark.parametrize("start", [b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x1f\x8b\x08", b"\x89PNG\r\n"])
def test_other_files_are_named(start: bytes):
    with pytest.raises(UnreadableFile, match="CSV, XLSX and JSON Lines can be imported"):
        table(start + b"x" * 100)


def test_a_million_columns():
    with pytest.raises(TooManyColumns, match="at most 500 can be imported"):
        table(b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000 + b"\n")


def test_a_line_without_end():
    with pytest.raises(TooLarge):
        table(b"Company,City\n" + b"x" * (MAX_LINE + 10))


def test_a_quote_that_is_never_closed():
    with pytest.raises(TooLarge, match="Line 2 has a cell of more than 131,072 characters; perhaps its quote"):
        table(b'Company,City\n"Acme,Bonn\n' + b"Apex,Bonn\n" * (MAX_CELL // 8))


def test_nuls_and_guarded_formulas_are_neutralised():
    assert table(csv_bytes("Company,City", "Ac\x00me,'=1+1", "\x00,x"))[1] == [["Acme", "=1+1"], ["", "x"]]


def test_utf8_that_breaks_off_late_is_read_as_what_it_is():
    content = b"Company,City\n" + b"Acme,Bonn\n" * 60_000 + "Müller,Köln\n".encode("cp1252") * 20

    assert table(content)[1][-1] == ["Müller", "Köln"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_no_text_breaks_the_reader(rows: list[list[str]], delimiter: str):
    content = written([["Company", "City", "Zip", "Note"], *rows], delimiter=delimiter).encode()

    try:
        headers, read = table(content)
    except EmptyFile:
        return
    assert headers
    assert all("\x00" not in cell for cells in read for cell in cells)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_it(content: bytes):
    try:
        table(content)
    except (EmptyFile, UnreadableFile, TooLarge, TooManyColumns):
        return


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_quote_that_is_never_closed_swallows_no_companies(ending: str):
    content = f'Company,Website\nAcme,acme.com\n"Bolt,bolt.com\nCrane,crane.com{ending}'.encode()

    with pytest.raises(UnreadableFile, match="Line 3 opens a quote that is never closed"):
        table(content)


def test_a_quoted_last_cell_may_lack_the_line_end():
    assert table(b'Company,About\nAcme,"two\nlines"') == (["Company", "About"], [["Acme", "two\nlines"]])
