"""What the database refuses is named by row and field, in words; the other rows get in where that is asked for."""

from typing import Any

import pytest
from django.db import connection

from performance.bulk import services as bulk
from performance.bulk.errors import RowError, RowsRefused
from performance.flags.models import Flag
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.icp.models import ICPVersion
from tests.factories import make_company, make_icp_version, make_prospect

pytestmark = pytest.mark.django_db
TAKEN = "is taken by another row"


def refused(call: Any, *arguments: Any, **options: Any) -> list[RowError]:
    with pytest.raises(RowsRefused) as caught:
        call(*arguments, **options)
    return caught.value.errors


def flags(*names: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"name": name, **fields} for name in names]


def test_all_culprits_of_a_chunk_are_found() -> None:
    Flag.objects.create(name="f-3")
    rows = flags(*(f"f-{number}" for number in range(50)))
    rows[7]["name"] = "f-6"
    rows[40]["name"] = "f-3"

    errors = refused(bulk.insert, Flag, rows, chunk_size=20)

    assert errors == [RowError(3, "name", TAKEN), RowError(7, "name", TAKEN), RowError(40, "name", TAKEN)]
    assert Flag.objects.count() == 1


def test_without_atomic_only_the_culprits_stay_out() -> None:
    Flag.objects.create(name="f-3")
    rows = flags(*(f"f-{number}" for number in range(50)))

    result = bulk.insert(Flag, rows, atomic=False, chunk_size=20)

    assert result.errors == [RowError(3, "name", TAKEN)]
    assert result.created == 49
    assert result.ids[3] is None
    assert dict(Flag.objects.filter(pk__in=filter(None, result.ids)).values_list("name", "pk")) == {
        row["name"]: pk for row, pk in zip(rows, result.ids, strict=True) if pk
    }


def test_a_chunk_of_nothing_but_culprits() -> None:
    bulk.insert(Flag, flags(*(f"f-{number}" for number in range(30))))

    result = bulk.insert(Flag, flags(*(f"f-{number}" for number in range(30))), atomic=False)

    assert [error.row for error in result.errors] == list(range(30))
    assert result.ids == [None] * 30


def test_a_check_names_its_fields_and_its_rule() -> None:
    rows = [{"name": "A"}, {"name": "B", "employees_min": 10, "employees_max": 5}]

    assert refused(bulk.insert, Company, rows) == [
        RowError(1, "employees_max, employees_min", "breaks the rule “company employees ordered”")
    ]


def test_a_unique_constraint_of_several_fields_names_them() -> None:
    version = make_icp_version()
    row = {"icp": version.icp, "number": version.number, "content": {}, "content_hash": "0", "completeness": 1}

    assert refused(bulk.insert, ICPVersion, [row]) == [RowError(0, "icp, number", "are taken together by another row")]


def test_a_reference_to_nothing_is_found_at_once_and_not_at_the_end() -> None:
    version = make_icp_version()
    row = {"number": 2, "content": {}, "content_hash": "0", "completeness": 1}

    result = bulk.insert(ICPVersion, [{**row, "icp": version.icp_id}, {**row, "icp_id": 10**12}], atomic=False)

    assert result.errors == [RowError(1, "icp", "names a row that doesn't exist, or is still named by others")]
    assert result.created == 1


def test_a_trigger_is_heard_too() -> None:
    company = make_company()

    result = bulk.insert(
        CompanyKey, [{"key": "a", "company": 10**12}, {"key": "b", "company": company.pk}], atomic=False
    )

    assert result.errors == [RowError(0, "", "prospects_companykey names no company")]
    assert list(CompanyKey.objects.values_list("key", flat=True)) == ["b"]


def test_an_update_names_culprits_as_an_insert_does() -> None:
    one, other, third = (Flag.objects.create(name=name) for name in ("one", "other", "third"))

    result = bulk.update(
        Flag,
        [{"id": third.pk, "name": "three"}, {"id": one.pk, "name": "other"}, {"id": other.pk, "percentage": 5}],
        atomic=False,
    )

    assert result.errors == [RowError(1, "name", TAKEN)]
    assert result.updated == 2
    assert list(Flag.objects.order_by("pk").values_list("name", "percentage")) == [
        ("one", 0), ("other", 5), ("three", 0),
    ]  # fmt: skip


def test_an_upsert_names_culprits_as_an_insert_does() -> None:
    rows = [
        {"name": "B", "employees_min": 10, "employees_max": 5},
        {"name": "A", "employees_min": 1, "employees_max": 5},
    ]
    keyed = [{**row, "id": None} for row in rows]

    assert [error.field for error in refused(bulk.insert, Company, keyed)] == ["id", "id"]
    result = bulk.upsert(Flag, flags("a", percentage=1), key=["name"], atomic=False)
    assert result.created == 1
    prospect = make_prospect(person_key="x")
    result = bulk.upsert(
        Prospect,
        [
            {"company": prospect.company, "person_key": "x", "notes": "n"},
            {"company": 10**12, "person_key": "y", "notes": "n"},
        ],
        key=["company", "person_key"],
        atomic=False,
    )
    assert result.errors == [RowError(1, "", "prospects_prospect names no company")]
    assert (result.ids, result.updated) == ([prospect.pk, None], 1)


def test_what_is_still_needed_is_not_deleted() -> None:
    version, free = make_icp_version(), make_icp_version()
    type(free.icp).objects.filter(pk=free.icp_id).update(current=None)

    result = bulk.delete(ICPVersion, [version.pk, free.pk], atomic=False)

    assert result.errors == [RowError(0, "", "is still needed by ideal customer profile")]
    assert (result.ids, result.deleted) == ([None, free.pk], 1)
    assert list(ICPVersion.objects.all()) == [version]


def test_the_callers_constraints_are_deferred_again() -> None:
    version = make_icp_version()
    row = {"number": 2, "content": {}, "content_hash": "0", "completeness": 1, "icp": version.icp_id}

    bulk.insert(ICPVersion, [row])

    with connection.cursor() as cursor:
        cursor.execute("UPDATE prospects_icpversion SET icp_id = 0 WHERE id = %s", [version.pk])
        cursor.execute("UPDATE prospects_icpversion SET icp_id = %s WHERE id = %s", [version.icp_id, version.pk])
