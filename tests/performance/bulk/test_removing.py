"""Rows go as Django would have them go, in one statement for each table that names them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from performance.bulk.removing import remove
from prospects.companies.finding.models import SearchChange
from prospects.companies.models import Company, CompanyKey
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.search.models import SearchQuery
from tests.factories import (
    make_company,
    make_conflict,
    make_crawl,
    make_fit,
    make_icp_version,
    make_profile,
    make_prospect,
    make_qualification,
    make_search,
    make_value,
)

pytestmark = pytest.mark.django_db
OF_A_COMPANY = {
    *("Company", "CompanyKey", "CompanyProfile", "ProfileValue", "ProfileConflict"),
    *("CrawlJob", "Prospect", "Qualification", "Fit"),
}


def removed(model: Any, keys: Sequence[Any]) -> int:
    """How many statements it took."""
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as sent:
        remove(cursor, model, keys)
    return len(sent)


def by_django(model: Any, keys: Sequence[Any]) -> None:
    model.objects.filter(pk__in=keys).delete()


def company_with_everything() -> Company:
    company = make_company()
    make_profile(company=company)
    make_conflict(company=company, value=make_value(company=company))
    make_crawl(company=company)
    make_fit(qualification=make_qualification(prospect=make_prospect(company=company)))
    CompanyKey.objects.create(company=company, key=f"domain:{company.pk}.com")
    SearchQuery.objects.filter(session=make_search()).update(company=company)
    return company


def rows() -> dict[str, int]:
    """{model: how many}, but for what the database notes of changes by itself."""
    counted = {model: model._default_manager.count() for model in apps.get_app_config("prospects").get_models()}
    return {model.__name__: count for model, count in counted.items() if count and model is not SearchChange}


@pytest.mark.parametrize("how", [removed, by_django])
def test_what_names_a_row_goes_with_it_or_forgets_it(how: Callable[..., Any]) -> None:
    kept, gone = company_with_everything(), company_with_everything()
    together = rows()

    how(Company, [gone.pk])

    assert rows() == {name: count // 2 if name in OF_A_COMPANY else count for name, count in together.items()}
    assert together.keys() >= OF_A_COMPANY
    assert set(SearchQuery.objects.values_list("company", flat=True)) == {kept.pk, None}


def test_it_takes_as_many_statements_for_one_row_as_for_many() -> None:
    companies = [make_company() for _ in range(300)]

    assert removed(Company, [companies[0].pk]) == removed(Company, [each.pk for each in companies])
    assert not Company.objects.exists()


def test_what_is_protected_stays() -> None:
    version = make_icp_version()

    with pytest.raises(ProtectedError):
        removed(ICPVersion, [version.pk])
    assert ICPVersion.objects.exists()

    IdealCustomerProfile.objects.update(current=None)
    removed(ICPVersion, [version.pk])
    assert not ICPVersion.objects.exists()
