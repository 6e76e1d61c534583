"""Keys and prospects belong to companies that exist, though no foreign key of the database says so."""

from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from prospects.companies.models import Company, CompanyKey, Prospect

pytestmark = pytest.mark.django_db
ROWS = {
    "prospects_companykey": "(company_id, key) VALUES (%s, 'domain:acme.com')",
    "prospects_prospect": (
        "(company_id, person_name, person_title, person_email, person_phone, source, original, notes, created_at,"
        " updated_at) VALUES (%s, '', '', '', '', '', '{}', '', now(), now())"
    ),
}


def run(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", ROWS)
def test_a_row_of_no_company_is_refused(table):
    with pytest.raises(IntegrityError, match="names no company"):
        run(f"INSERT INTO {table} {ROWS[table]}", 4_000_000)

    assert not CompanyKey.objects.exists()
    assert not Prospect.objects.exists()


@pytest.mark.parametrize("table", ROWS)
def test_a_row_can_not_move_to_no_company(table):
    company = Company.objects.create(name="Acme")
    run(f"INSERT INTO {table} {ROWS[table]}", company.pk)

    with pytest.raises(IntegrityError, match="names no company"):
        run(f"UPDATE {table} SET company_id = %s", company.pk + 1)


@pytest.mark.parametrize("table", ROWS)
def test_a_company_in_use_can_not_be_deleted_from_below(table):
    company = Company.objects.create(name="Acme")
    run(f"INSERT INTO {table} {ROWS[table]}", company.pk)

    with pytest.raises(IntegrityError, match="still has keys or prospects"):
        run("DELETE FROM prospects_company")

    assert Company.objects.filter(pk=company.pk).exists()


def test_the_id_of_a_company_stays():
    company = Company.objects.create(name="Acme")

    with pytest.raises(IntegrityError, match="never changes"):
        run("UPDATE prospects_company SET id = %s", company.pk + 1)


def test_deleting_a_company_takes_its_keys_and_prospects():
    company = Company.objects.create(name="Acme")
    CompanyKey.objects.create(company=company, key="domain:acme.com")
    Prospect.objects.create(company=company)

    company.delete()

    assert (CompanyKey.objects.count(), Prospect.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_company_that_is_being_deleted_gets_no_key():
    company = Company.objects.create(name="Acme")
    errors: list[Exception] = []

    def add_key() -> None:
        try:
            CompanyKey.objects.create(company_id=company.pk, key="domain:acme.com")
        except IntegrityError as error:
            errors.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        Company.objects.filter(pk=company.pk).delete()
        other = Thread(target=add_key)
        other.start()
        other.join(timeout=0.5)
        waits = other.is_alive()
    other.join()

    assert waits
    assert len(errors) == 1
    assert not CompanyKey.objects.exists()
