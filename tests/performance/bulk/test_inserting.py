"""New rows by COPY, with the model's defaults."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from performance.bulk import services as bulk
from performance.bulk.errors import MOST_ERRORS, NotBulkable, RowError, RowsRefused
from performance.flags.models import Flag
from performance.jobs.models import Batch, Job
from prospects.companies.models import Company, CompanyKey, Prospect
from tests.factories import make_batch, make_company

pytestmark = pytest.mark.django_db


def refused(*arguments: Any, **options: Any) -> list[RowError]:
    with pytest.raises(RowsRefused) as caught:
        bulk.insert(*arguments, **options)
    return caught.value.errors


def test_ids_come_in_the_order_given() -> None:
    rows = [{"name": f"Company {number}"} for number in range(25)]

    result = bulk.insert(Company, rows, chunk_size=10)

    names = Company.objects.in_bulk(result.ids)
    assert [names[pk].name for pk in result.ids] == [row["name"] for row in rows]
    assert (result.created, result.updated, result.unchanged, result.errors) == (25, 0, 0, [])


def test_values_come_back_as_they_were() -> None:
    row = {
        "name": "Größe \\ \t 🎉 \r\n ”x” \\N \x01",
        "employees_min": 0,
        "employees_max": 2**31 - 1,
        "revenue_max": 2**63 - 1,
        "technologies": ["a\tb", {"c": [1.5, None, True, "\\u0000 said"]}],
        "provenance": {"name": {"method": "file", "by": 3}},
    }

    (pk,) = bulk.insert(Company, [row]).ids

    company = Company.objects.get(pk=pk)
    assert {name: getattr(company, name) for name in row} == row


def test_defaults_and_stamps_are_the_models_own() -> None:
    before = timezone.now()

    (pk,) = bulk.insert(Company, [{"name": "A"}]).ids

    company, saved = Company.objects.get(pk=pk), make_company(name="A", domain="")
    left = {"id", "created_at", "updated_at", "_state"}
    assert {name: value for name, value in vars(company).items() if name not in left} == {
        name: value for name, value in vars(saved).items() if name not in left
    }
    assert before <= company.created_at == company.updated_at <= timezone.now()


def test_rows_may_name_different_fields() -> None:
    first, second = bulk.insert(Company, [{"name": "A", "city": "Lyon"}, {"name": "B", "founded_year": 1900}]).ids

    assert (Company.objects.get(pk=first).city, Company.objects.get(pk=first).founded_year) == ("Lyon", None)
    assert (Company.objects.get(pk=second).city, Company.objects.get(pk=second).founded_year) == ("", 1900)


def test_a_reference_is_a_row_or_its_key() -> None:
    company = make_company()

    rows = [{"company": company, "person_key": "a"}, {"company": company.pk, "person_key": "b"}]
    ids = bulk.insert(Prospect, [*rows, {"company_id": company.pk}]).ids

    assert list(Prospect.objects.filter(pk__in=ids).values_list("company_id", flat=True)) == [company.pk] * 3


def test_a_key_of_ones_own_is_the_id() -> None:
    company = make_company()

    result = bulk.insert(CompanyKey, [{"key": "domain:a.com", "company": company}])

    assert result.ids == ["domain:a.com"]
    assert CompanyKey.objects.get().company == company


def test_times_are_kept_with_their_zone() -> None:
    at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)

    (first, second) = bulk.insert(
        Batch, [{"kind": "a", "finished_at": at}, {"kind": "b", "finished_at": "2026-03-02T10:00:00.123456+01:00"}]
    ).ids

    assert Batch.objects.get(pk=first).finished_at == Batch.objects.get(pk=second).finished_at == at


def test_no_rows_are_no_work(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert bulk.insert(Company, []).ids == []


AT = datetime(2026, 1, 1, tzinfo=UTC)
WRONG: list[tuple[dict[Any, Any], str, str]] = [
    ({"name": 5}, "name", "must be text"),
    ({"name": None}, "name", "must not be null"),
    ({"name": ""}, "name", "must not be empty"),
    ({}, "name", "is missing"),
    ({"name": "x" * 301}, "name", "is longer than 300 characters"),
    ({"name": "a\x00b"}, "name", "holds a NUL character, which can't be stored"),
    ({"name": "a\ud800"}, "name", "holds half of a surrogate pair, which can't be stored"),
    ({"name": "A", "technologies": ["\x00"]}, "technologies", "holds a NUL character, which can't be stored"),
    (
        {"name": "A", "technologies": {"\udfff": 1}},
        "technologies",
        "holds half of a surrogate pair, which can't be stored",
    ),
    ({"name": "A", "technologies": {1, 2}}, "technologies", "can't be written as JSON"),
    ({"name": "A", "technologies": [float("nan")]}, "technologies", "can't be written as JSON"),
    ({"name": "A", "employees_min": "5"}, "employees_min", "must be a whole number"),
    ({"name": "A", "employees_min": True}, "employees_min", "must be a whole number"),
    ({"name": "A", "employees_min": 1.0}, "employees_min", "must be a whole number"),
    ({"name": "A", "employees_min": -1}, "employees_min", "must be from 0 to 2147483647"),
    ({"name": "A", "employees_min": 2**31}, "employees_min", "must be from 0 to 2147483647"),
    ({"name": "A", "colour": "red"}, "colour", "is no field of this"),
    ({"name": "A", 5: "red"}, "5", "is no field of this"),
    ({"name": "A", "id": 7}, "id", "is set by itself"),
    ({"name": "A", "created_at": AT}, "created_at", "is set by itself"),
]


@pytest.mark.parametrize(("row", "field", "detail"), WRONG)
def test_a_value_that_does_not_fit_is_named_by_row_and_field(row: dict[str, Any], field: str, detail: str) -> None:
    assert refused(Company, [{"name": "Good"}, row]) == [RowError(1, field, detail)]
    assert not Company.objects.exists()


def test_what_is_no_row_is_named() -> None:
    assert refused(Company, [{"name": "Good"}, ["name"], None]) == [
        RowError(1, "", "must be an object of fields and values"),
        RowError(2, "", "must be an object of fields and values"),
    ]


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("yesterday", "is not acceptable: “yesterday” value has an invalid format"),
        (datetime(2026, 1, 1), "needs a time zone"),  # noqa: DTZ001 - which is the point
        (5, "must be a date and time"),
    ],
)
def test_a_time_must_be_one_and_say_where(value: Any, detail: str) -> None:
    (error,) = refused(Batch, [{"kind": "a", "finished_at": value}])

    assert (error.row, error.field) == (0, "finished_at")
    assert error.detail.startswith(detail)


def test_choices_and_validators_of_the_model_hold() -> None:
    errors = refused(Batch, [{"kind": "a", "state": "asleep"}])
    flags = refused(Flag, [{"name": "no slug!", "rollout": "maybe", "percentage": 101}])

    assert [(error.row, error.field) for error in errors] == [(0, "state")]
    assert [error.field for error in flags] == ["name", "percentage", "rollout"]


def test_without_atomic_the_good_rows_get_in() -> None:
    rows = [{"name": "A"}, {"name": 5}, {"name": "B"}, {"nam": "C"}, {"name": "D", "employees_min": "x"}]

    result = bulk.insert(Company, rows, atomic=False)

    assert [bool(pk) for pk in result.ids] == [True, False, True, False, False]
    assert result.errors == [
        RowError(1, "name", "must be text"),
        RowError(3, "nam", "is no field of this"),
        RowError(3, "name", "is missing"),
        RowError(4, "employees_min", "must be a whole number"),
    ]
    assert set(Company.objects.values_list("pk", "name")) == {(result.ids[0], "A"), (result.ids[2], "B")}


def test_many_errors_are_told_in_part() -> None:
    with pytest.raises(RowsRefused) as caught:
        bulk.insert(Company, [{"name": 5}] * 500)

    assert str(caught.value) == "500 rows are refused, and nothing was changed; row 0: name: must be text."
    assert len(caught.value.members["errors"]) == MOST_ERRORS  # type: ignore[arg-type]


def test_a_model_over_several_tables_is_refused() -> None:
    class Special(Company):
        class Meta:
            app_label = "bulk_tests"

    with pytest.raises(NotBulkable):
        bulk.insert(Special, [{"name": "A"}])


def test_jobs_get_in_with_all_that_is_particular_to_them() -> None:
    batch = make_batch()

    result = bulk.insert(Job, [{"batch": batch, "kind": "a", "subject_id": number} for number in range(3)])

    assert [Job.objects.get(pk=pk).subject_id for pk in result.ids] == [0, 1, 2]
