"""Dossiers hold a prospect's facts and the words they stand on, for any number of prospects in four statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prospects.companies.models import Prospect
from prospects.icp.profile import parse_toml
from prospects.intake.models import Import
from prospects.qualification.dossier import MAX_DOCUMENT, MAX_DOCUMENTS_TOTAL, dossiers
from prospects.qualification.rubric.judge import judge
from tests.factories import make_company, make_import_row, make_prospect
from tests.prospects.icp.test_a_profile_is_read import FOOD

pytestmark = pytest.mark.django_db

FACTS: dict[str, Any] = {
    "industry": "Dairy", "employees_min": 51, "employees_max": 200, "region": "US-OH", "country": "US",
    "technologies": ["SAP"],
}  # fmt: skip
CELLS = {"Branche": "Dairy", "Size": "51-200", "State": "Ohio", "Notes": "Ask for Ann."}


def imported(columns: dict[str, str], **fields: Any) -> Prospect:
    prospect = make_prospect(company=make_company(**FACTS, **fields), original=CELLS)
    upload = Import.objects.create(name="a.csv", headers=list(CELLS), columns=columns)
    make_import_row(import_run=upload, raw=list(CELLS.values()), prospect=prospect)
    return prospect


def test_the_mapping_of_the_import_says_which_column_states_a_fact() -> None:
    prospect = imported({"Branche": "industry", "Size": "employees", "State": "region", "Notes": ""})

    dossier = dossiers([prospect.pk])[prospect.pk]

    assert dossier.facts.sources == {
        "industry": "file:Branche", "employees": "file:Size", "region": "file:State",
        "country": "record:country", "technologies": "record:technologies",
    }  # fmt: skip
    assert dossier.text_of("file:Size") == "51-200"
    assert dossier.text_of("file:Notes") == "Ask for Ann."
    assert dossier.text_of("record:technologies") == "SAP"


def test_without_an_import_the_headers_say_it() -> None:
    prospect = make_prospect(company=make_company(**FACTS), original={"Industry": "Dairy", "# Employees": "51-200"})

    sources = dossiers([prospect.pk])[prospect.pk].facts.sources

    assert (sources["industry"], sources["employees"]) == ("file:Industry", "file:# Employees")


def test_one_place_column_states_city_region_and_country() -> None:
    prospect = make_prospect(company=make_company(**FACTS), original={"Location": "Dayton, Ohio"})
    upload = Import.objects.create(name="a.csv", columns={"Location": "location"})
    make_import_row(import_run=upload, raw=["Dayton, Ohio"], prospect=prospect)

    sources = dossiers([prospect.pk])[prospect.pk].facts.sources

    assert sources["region"] == sources["country"] == "file:Location"


def test_a_fact_set_by_a_person_is_quoted_from_the_record() -> None:
    by_hand = {"industry": {"source": "ann", "method": "person", "at": "2026-03-02"}}
    prospect = imported({"Branche": "industry"}, provenance=by_hand)

    assert dossiers([prospect.pk])[prospect.pk].facts.sources["industry"] == "record:industry"


def test_a_company_known_by_its_domain_alone_has_an_empty_dossier() -> None:
    prospect = make_prospect(company=make_company(name="Acme"))

    dossier = dossiers([prospect.pk])[prospect.pk]

    assert (dossier.name, dossier.documents, dossier.facts.sources) == ("Acme", (), {})
    assert judge(dossier, parse_toml(FOOD)).score == 50


def test_documents_are_capped_and_short_cells_are_kept() -> None:
    cells = {f"Text {n}": "long " * 1000 for n in range(9)} | {"Industry": "Dairy"}
    prospect = make_prospect(company=make_company(**FACTS), original=cells)

    documents = dossiers([prospect.pk])[prospect.pk].documents

    assert max(len(document.text) for document in documents) == MAX_DOCUMENT
    assert sum(len(document.text) for document in documents) <= MAX_DOCUMENTS_TOTAL
    assert "file:Industry" in [document.source for document in documents]


def test_any_number_of_prospects_takes_three_statements_where_no_page_is_known() -> None:
    ids = [imported({"Branche": "industry"}).pk for _ in range(5)]

    with CaptureQueriesContext(
        connection,
    ) as statements:
        found = dossiers([*ids, 999_999])

    assert (sorted(found), len(statements)) == (sorted(ids), 3)


def test_the_rubric_quotes_the_original_cells() -> None:
    prospect = imported({"Branche": "industry", "Size": "employees", "State": "region"})

    judgement = judge(dossiers([prospect.pk])[prospect.pk], parse_toml(FOOD))

    assert [(v.outcome, v.quote, v.source) for v in judgement.verdicts] == [
        ("met", "Dairy", "file:Branche"),
        ("met", "51-200", "file:Size"),
        ("met", "Ohio", "file:State"),
        ("unknown", "", ""),
    ]
    assert judgement.score == 95
