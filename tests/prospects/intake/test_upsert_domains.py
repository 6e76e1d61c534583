"""Prospects from bare domains."""

import pytest

from prospects.companies.models import Company, Prospect
from prospects.companies.upsert import NoDomain, upsert_prospects
from tests.factories import make_user
from tests.prospects.intake.files import csv_bytes, imported

pytestmark = pytest.mark.django_db


def test_known_and_new_companies_each_once_in_the_order_asked_for():
    imported(csv_bytes("Company,Website", "Acme,acme.com"))
    user = make_user()

    ids = upsert_prospects(["https://apex.io/x", "www.acme.com", "APEX.io"], source="api", owner=user)

    names = [Prospect.objects.get(pk=number).company.name for number in ids]
    assert names == ["apex.io", "Acme"]
    apex = Company.objects.get(domain="apex.io")
    assert apex.provenance["name"]["method"] == "derived"
    assert apex.provenance["domain"]["by"] == user.pk


def test_asking_twice_makes_nothing_new():
    first = upsert_prospects(["apex.io"], source="api", owner=None)

    assert upsert_prospects(["apex.io"], source="api", owner=None) == first
    assert Company.objects.count() == 1


def test_a_file_names_what_was_only_a_domain():
    upsert_prospects(["apex.io"], source="api", owner=None)

    imported(csv_bytes("Company,Website", "Apex Ltd,apex.io"))

    assert Company.objects.get().name == "Apex Ltd"


@pytest.mark.parametrize("bad", ["not a domain", "gmail.com", ""])
def test_one_bad_domain_refuses_all(bad: str):
    with pytest.raises(NoDomain):
        upsert_prospects(["apex.io", bad], source="api", owner=None)

    assert Company.objects.count() == 0
