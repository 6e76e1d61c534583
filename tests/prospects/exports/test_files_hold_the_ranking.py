import csv
import io
import json

import pytest
from openpyxl import load_workbook

from prospects.exports.errors import UnknownFormat
from prospects.exports.results import Results, results_of
from prospects.exports.writers import chunks
from prospects.qualification.models import QualificationRun
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> QualificationRun:
    """Two prospects from a file of two columns: the better one has a hostile name, and one line more of the same."""
    imported = factories.make_import(headers=["Name", "Notes"])
    run = factories.make_run(import_run=imported)
    evil = factories.make_prospect(company=factories.make_company(name="=HYPERLINK()", domain="evil.example"))
    plain = factories.make_prospect(company=factories.make_company(name="Plain", domain="plain.example"))
    factories.make_import_row(import_run=imported, prospect=evil, raw=["=HYPERLINK()", "first"], line=2)
    factories.make_import_row(import_run=imported, prospect=evil, raw=["=HYPERLINK()", "second"], line=3)
    factories.make_import_row(import_run=imported, prospect=plain, raw=["Plain"], line=4)
    factories.make_qualification(run=run, prospect=plain, score=40, recommendation="Wait", reasoning="Little fits")
    factories.make_qualification(run=run, prospect=evil, score=90, recommendation="Call", reasoning="-it fits")
    return run


def read(results: Results, format: str) -> bytes:
    return b"".join(chunks(results, format))


def test_csv_has_the_named_columns_and_a_line_per_prospect_best_first(run: QualificationRun) -> None:
    lines = list(csv.reader(io.StringIO(read(results_of(run), "csv").decode())))

    assert lines[0] == [
        *("rank", "name", "domain", "score", "fit", "qualifier", "recommendation", "reasoning"),
        *("criterion:Food manufacturing", "criterion:50 to 2,000 employees", "original:Name", "original:Notes"),
    ]
    assert lines[1] == [
        *("1", "'=HYPERLINK()", "evil.example", "90", "excellent", "rubric", "Call", "'-it fits"),
        *("met", "met", "'=HYPERLINK()", "first"),
    ]
    assert lines[2][:4] == ["2", "Plain", "plain.example", "40"]
    assert lines[2][-2:] == ["Plain", ""]
    assert len(lines) == 3


def test_xlsx_says_the_same_and_holds_no_formula(run: QualificationRun) -> None:
    sheet = load_workbook(io.BytesIO(read(results_of(run), "xlsx")))["Results"]

    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("rank", "name", "domain", "score")
    assert rows[1][:5] == (1, "'=HYPERLINK()", "evil.example", 90, "excellent")
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"n", "s"}
    assert sheet.freeze_panes == "C2"


def test_json_lines_carry_every_verdict_with_its_evidence(run: QualificationRun) -> None:
    first, second = map(json.loads, read(results_of(run), "jsonl").splitlines())

    assert (first["rank"], first["name"], first["score"]) == (1, "=HYPERLINK()", 90)
    assert first["original"] == {"Name": "=HYPERLINK()", "Notes": "first"}
    assert first["verdicts"][0].keys() >= {"criterion", "label", "outcome", "confidence", "quote", "source"}
    assert second["rank"] == 2


def test_json_is_a_list_of_the_same(run: QualificationRun) -> None:
    results = results_of(run)

    whole = json.loads(read(results, "json"))

    assert whole == [json.loads(line) for line in read(results, "jsonl").splitlines()]


def test_a_run_without_a_file_shows_what_its_prospects_came_with() -> None:
    run = factories.make_run()
    factories.make_qualification(run=run, prospect=factories.make_prospect(original={"Town": "Lyon", "Zip": "07000"}))
    factories.make_qualification(run=run, prospect=factories.make_prospect(original={"Owner": None}), score=10)

    lines = list(csv.DictReader(io.StringIO(read(results_of(run), "csv").decode())))

    assert (lines[0]["original:Town"], lines[0]["original:Zip"], lines[0]["original:Owner"]) == ("Lyon", "07000", "")
    assert lines[1]["original:Owner"] == ""


def test_an_override_is_what_counts_and_says_why() -> None:
    run = factories.make_run()
    low = factories.make_qualification(run=run, score=20, reasoning="Against: size.")
    factories.make_qualification(run=run, score=50, reasoning="Fits: size.")
    factories.make_fit(
        qualification=low, score=95, level="excellent", override_score=95, override_reason="They called us"
    )

    first = json.loads(read(results_of(run), "jsonl").splitlines()[0])
    lines = list(csv.DictReader(io.StringIO(read(results_of(run), "csv").decode("utf-8-sig"))))

    assert (first["score"], first["fit"]) == (95, "excellent")
    assert first["override"] == {"own_score": 20, "reason": "They called us"}
    assert [line["reasoning"] for line in lines] == [
        "A person set the score, which was 20: They called us. Against: size.",
        "Fits: size.",
    ]


def test_an_unknown_format_is_refused(run: QualificationRun) -> None:
    with pytest.raises(UnknownFormat, match="'pdf' is no format of exports; there are csv, xlsx, jsonl, json"):
        chunks(results_of(run), "pdf")


def test_an_empty_run_is_a_header_and_an_empty_list() -> None:
    results = results_of(factories.make_run())

    assert read(results, "csv").startswith(b"rank,name,domain")
    assert json.loads(read(results, "json")) == []
    assert read(results, "jsonl") == b""


def test_prospects_that_nobody_judged_come_last_and_say_why(run: QualificationRun) -> None:
    dead = factories.make_prospect(company=factories.make_company(name="Dead", domain="dead.example"))
    stopped = factories.make_prospect(company=factories.make_company(name="Stopped", domain="stopped.example"))
    factories.make_import_row(import_run=run.import_run, prospect=dead, raw=["Dead", "third"], line=5)
    factories.make_job(batch=run.batch, subject_id=dead.pk, state="dead", error="It failed three times")
    factories.make_job(batch=run.batch, subject_id=stopped.pk, state="cancelled")
    results = results_of(run)

    lines = list(csv.DictReader(io.StringIO(read(results, "csv").decode())))
    objects = [json.loads(line) for line in read(results, "jsonl").splitlines()]
    sheet = load_workbook(io.BytesIO(read(results, "xlsx")))["Results"]

    assert results.count() == len(lines) == len(objects) == sheet.max_row - 1 == 4
    assert [(line["rank"], line["name"], line["score"], line["reasoning"]) for line in lines[2:]] == [
        ("3", "Dead", "", "It failed three times"),
        ("4", "Stopped", "", "The run was cancelled before this prospect was judged."),
    ]
    assert (lines[2]["criterion:Food manufacturing"], lines[2]["original:Notes"]) == ("", "third")
    assert (objects[3]["score"], objects[3]["fit"], objects[3]["verdicts"]) == (None, None, [])
    assert sheet.cell(row=4, column=4).value is None
