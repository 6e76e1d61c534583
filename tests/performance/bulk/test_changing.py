"""Updates by key, upserts by a unique constraint, deletions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from performance.bulk import services as bulk
from performance.bulk.errors import RowError, RowsRefused
from performance.flags.models import Flag
from prospects.companies.models import Company, CompanyKey, Prospect
from tests.factories import make_company, make_fit, make_prospect, make_qualification

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def refused(call: Any, *arguments: Any, **options: Any) -> list[RowError]:
    with pytest.raises(RowsRefused) as caught:
        call(*arguments, **options)
    return caught.value.errors


def aged(*companies: Company) -> None:
    Company.objects.filter(pk__in=[one.pk for one in companies]).update(updated_at=LONG_AGO, created_at=LONG_AGO)


def test_an_update_changes_what_each_row_names_and_nothing_else() -> None:
    one, other = make_company(name="One", city="Lyon"), make_company(name="Other", city="Lyon")
    aged(one, other)

    result = bulk.update(
        Company, [{"id": other.pk, "city": "Paris"}, {"pk": one.pk, "name": "1", "founded_year": None}]
    )

    assert (result.ids, result.updated, result.unchanged) == ([other.pk, one.pk], 2, 0)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.name, one.city, other.name, other.city) == ("1", "Lyon", "Other", "Paris")
    assert one.created_at == LONG_AGO < one.updated_at == other.updated_at


def test_what_is_as_it_should_be_is_not_written() -> None:
    one = make_company(name="One", technologies=["a"])
    aged(one)

    result = bulk.update(Company, [{"id": one.pk, "name": "One", "technologies": ["a"]}])

    assert (result.ids, result.updated, result.unchanged) == ([one.pk], 0, 1)
    one.refresh_from_db()
    assert one.updated_at == LONG_AGO


def test_ids_that_do_not_exist_or_come_twice_are_named() -> None:
    one = make_company(name="One")
    rows = [{"id": 10**12, "name": "x"}, {"id": one.pk, "name": "y"}, {"id": one.pk, "name": "z"}, {"name": "w"}]

    result = bulk.update(Company, rows, atomic=False)

    assert result.errors == [
        RowError(0, "id", "1000000000000 doesn't exist"),
        RowError(2, "id", "is the same as in row 1"),
        RowError(3, "id", "is missing"),
    ]
    assert result.ids == [None, one.pk, None, None]
    one.refresh_from_db()
    assert one.name == "y"


def test_with_atomic_an_id_that_does_not_exist_leaves_all_as_it_was() -> None:
    one = make_company(name="One")

    errors = refused(bulk.update, Company, [{"id": one.pk, "name": "x"}, {"id": 10**12, "name": "x"}])

    assert errors == [RowError(1, "id", "1000000000000 doesn't exist")]
    one.refresh_from_db()
    assert one.name == "One"


def test_an_upsert_makes_changes_and_leaves_alone() -> None:
    changed, same = Flag.objects.create(name="changed", description="d"), Flag.objects.create(name="same", percentage=5)
    rows = [{"name": name, "percentage": 5} for name in ("new", "changed", "same")]

    result = bulk.upsert(Flag, rows, key=["name"])

    assert (result.created, result.updated, result.unchanged) == (1, 1, 1)
    assert result.ids[1:] == [changed.pk, same.pk]
    assert Flag.objects.get(pk=result.ids[0]).name == "new"
    changed.refresh_from_db()
    assert (changed.percentage, changed.description) == (5, "d")


def test_a_new_row_has_defaults_and_an_old_one_keeps_what_no_row_names() -> None:
    old = Flag.objects.create(name="old", rollout="on")

    bulk.upsert(Flag, [{"name": "old", "percentage": 1}, {"name": "new", "percentage": 1}], key=["name"])

    assert dict(Flag.objects.values_list("name", "rollout")) == {"old": "on", "new": "off"}
    old.refresh_from_db()
    assert old.percentage == 1


def test_an_upsert_with_nothing_but_the_key_adds_what_is_missing() -> None:
    old = Flag.objects.create(name="old", percentage=7)

    result = bulk.upsert(Flag, [{"name": "old"}, {"name": "new"}], key=["name"])

    assert (result.ids[0], result.created, result.updated, result.unchanged) == (old.pk, 1, 0, 1)


def test_an_upsert_by_several_fields_and_by_a_key_of_ones_own() -> None:
    prospect = make_prospect(person_key="x", notes="old")
    rows = [{"company": prospect.company_id, "person_key": key, "notes": "new"} for key in ("y", "x")]

    result = bulk.upsert(Prospect, rows, key=["company", "person_key"])
    keyed = bulk.upsert(CompanyKey, [{"key": "a", "company": prospect.company_id}], key=["key"])

    assert (result.ids[1], result.created, result.updated) == (prospect.pk, 1, 1)
    assert set(Prospect.objects.values_list("notes", flat=True)) == {"new"}
    assert (keyed.ids, keyed.created) == (["a"], 1)


def test_an_upsert_names_rows_of_the_same_key_without_one_and_unlike_the_others() -> None:
    rows: list[dict[str, Any]] = [{"name": "a", "percentage": 1}, {"name": "a", "percentage": 2}, {"name": "b"}]
    company = make_company()

    assert refused(bulk.upsert, Flag, rows, key=["name"]) == [
        RowError(1, "name", "is the same as in row 0"),
        RowError(2, "percentage", "is missing: all rows of an upsert name the same fields"),
    ]
    assert refused(
        bulk.upsert, Prospect, [{"company": company, "person_key": None}], key=["company", "person_key"]
    ) == [RowError(0, "person_key", "must not be null: it says which row is meant")]
    assert not Flag.objects.exists()


def test_deletion_takes_along_what_names_the_row() -> None:
    qualification = make_qualification()
    make_fit(qualification=qualification)
    kept, gone = make_prospect(), qualification.prospect

    result = bulk.delete(Prospect, [gone.pk, 10**12, gone.pk], atomic=False)

    assert (result.ids, result.deleted) == ([gone.pk, None, None], 1)
    assert result.errors == [
        RowError(1, "id", "1000000000000 doesn't exist"),
        RowError(2, "id", "is the same as in row 0"),
    ]
    assert list(Prospect.objects.all()) == [kept]
    assert not type(qualification).objects.exists()


@pytest.mark.parametrize("bad", ["7", None, True, 2**70])
def test_what_is_no_key_deletes_nothing(bad: Any) -> None:
    kept = make_prospect()

    errors = refused(bulk.delete, Prospect, [kept.pk, bad])

    assert [(error.row, error.field) for error in errors] == [(1, "id")]
    assert list(Prospect.objects.all()) == [kept]
