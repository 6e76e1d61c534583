"""Where values come from is stored once for all fields that came alike, and read as {field: entry}."""

import orjson
import pytest
from django.db import connection

from prospects.companies.models import Company
from prospects.companies.provenance import as_json, packed, unpacked

FILE = {"source": "import:1", "method": "file", "at": "2026-01-01"}
BY_HAND = {"source": "ada", "method": "person", "at": "2026-01-02", "by": 7, "locked": True}


@pytest.mark.parametrize(
    "provenance",
    [{}, {"name": FILE}, {"name": FILE, "city": BY_HAND, "domain": dict(FILE)}, {"name": FILE, "domain": FILE}],
)
def test_what_is_packed_comes_back(provenance):
    assert unpacked(packed(provenance)) == provenance
    assert unpacked(orjson.loads(as_json(provenance))) == provenance


def test_an_entry_is_kept_once():
    assert packed({"name": FILE, "city": BY_HAND, "domain": FILE}) == [
        {**FILE, "fields": ["name", "domain"]},
        {**BY_HAND, "fields": ["city"]},
    ]


@pytest.mark.django_db
def test_a_company_shows_an_entry_beside_each_field():
    company = Company.objects.create(name="Acme", provenance={"name": FILE, "domain": FILE})

    company.refresh_from_db()

    assert company.provenance == {"name": FILE, "domain": FILE}
    assert Company.objects.values_list("provenance", flat=True).get() == {"name": FILE, "domain": FILE}
    with connection.cursor() as cursor:
        cursor.execute("SELECT json_array_length(provenance) FROM prospects_company")
        assert cursor.fetchone() == (1,)
