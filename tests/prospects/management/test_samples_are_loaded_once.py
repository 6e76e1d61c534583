"""`manage.py load_samples` gives an empty installation something to look at, and leaves one in use alone."""

import io

import pytest
from django.core.management import call_command

from prospects.companies.models import Prospect
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.intake.models import Import
from tests import factories

pytestmark = pytest.mark.django_db


def loaded() -> str:
    said = io.StringIO()
    call_command("load_samples", stdout=said)
    return said.getvalue()


def test_an_empty_installation_gets_companies_and_usable_profiles() -> None:
    said = loaded()

    assert said.splitlines() == [
        "Loaded the profile icp.toml",
        "Loaded the profile icp_insurance_buyers.toml",
        "Loaded the companies of prospects.csv",
    ]
    assert Prospect.objects.count() == 100
    assert IdealCustomerProfile.objects.usable().count() == 2


def test_a_second_time_nothing_changes() -> None:
    loaded()

    assert loaded() == ""
    assert (Prospect.objects.count(), ICPVersion.objects.count(), Import.objects.count()) == (100, 2, 1)


def test_an_installation_in_use_is_left_alone() -> None:
    factories.make_prospect()
    factories.make_icp()

    assert loaded() == ""
    assert (Prospect.objects.count(), IdealCustomerProfile.objects.count()) == (1, 1)
