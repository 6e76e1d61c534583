"""A conflict waits for a person: what is taken counts as theirs, what is kept isn't asked about again."""

import pytest

from prospects.companies.editing import save_by_hand
from prospects.companies.locks import set_lock
from prospects.companies.models import Company, CompanyKey
from prospects.company_profiles.deciding import decide, decide_many
from prospects.company_profiles.errors import ConflictDecided, ConflictNotFound, UnusableOffer
from prospects.company_profiles.models import ProfileConflict
from prospects.company_profiles.storage import store_many
from tests.factories import make_company, make_conflict, make_user
from tests.prospects.company_profiles.findings import AT, LATER, researched, value

pytestmark = pytest.mark.django_db
FILE = {"source": "import:1", "method": "file", "at": "x"}


def disputed() -> tuple[Company, ProfileConflict]:
    """A company whose file says Cologne, and whose site says Bonn."""
    company = make_company(city="Cologne", provenance={"city": FILE})
    store_many([researched(company, value("city", "Bonn"))])
    return company, ProfileConflict.objects.get(company=company)


def test_what_is_taken_counts_as_typed_by_a_person() -> None:
    company, conflict = disputed()
    person = make_user()

    decided = decide(conflict.pk, accept=True, by=person, at=LATER)

    company.refresh_from_db()
    assert (company.city, company.provenance["city"]["method"]) == ("Bonn", "person")
    assert company.provenance["city"]["by"] == person.pk
    assert (decided.state, decided.decided_by, decided.decided_at) == ("accepted", person, LATER)


def test_what_is_kept_is_not_asked_about_again() -> None:
    company, conflict = disputed()
    decide(conflict.pk, accept=False, by=make_user(), at=AT)

    stored = store_many([researched(company, value("city", "Bonn"), at=LATER, evidence_hash="e2")])[company.pk]

    company.refresh_from_db()
    assert (company.city, stored.conflicts) == ("Cologne", 0)
    assert ProfileConflict.objects.get().state == "kept"


def test_another_offer_outdates_the_one_before() -> None:
    company, conflict = disputed()

    store_many([researched(company, value("city", "Berlin"), at=LATER, evidence_hash="e2")])

    assert set(ProfileConflict.objects.values_list("offered", "state")) == {("Bonn", "outdated"), ("Berlin", "open")}
    with pytest.raises(ConflictDecided):
        decide(conflict.pk, accept=True, by=make_user(), at=LATER)
    company.refresh_from_db()
    assert company.city == "Cologne"


def test_a_conflict_ends_when_the_company_has_the_value() -> None:
    company, conflict = disputed()
    company.refresh_from_db()
    company.city = "Bonn"
    save_by_hand(company, columns=["city"], by=make_user(), at=AT)

    store_many([researched(company, value("city", "Bonn"), at=LATER, evidence_hash="e2")])

    conflict.refresh_from_db()
    assert conflict.state == "outdated"


def test_the_same_decision_again_changes_nothing_and_another_is_refused() -> None:
    _, conflict = disputed()
    decide(conflict.pk, accept=False, by=make_user(), at=AT)

    assert decide(conflict.pk, accept=False, by=make_user(), at=LATER).decided_at == AT
    with pytest.raises(ConflictDecided):
        decide(conflict.pk, accept=True, by=make_user(), at=LATER)


def test_a_locked_value_stays_locked_when_a_person_takes_the_other() -> None:
    company = make_company()
    set_lock(company_id=company.pk, field="employees", is_locked=True, by=make_user(), at=AT)
    store_many([researched(company, value("employees", "51-200"))])

    decide(ProfileConflict.objects.get().pk, accept=True, by=make_user(), at=LATER)

    company.refresh_from_db()
    assert (company.employees_min, company.employees_max) == (51, 200)
    assert company.provenance["employees"]["locked"] is True


def test_a_domain_of_another_company_may_be_taken_but_its_key_stays() -> None:
    owner, company = make_company(domain="acme.example"), make_company(domain="")
    CompanyKey.objects.create(key="domain:acme.example", company=owner)
    conflict = make_conflict(company=company, field="domain", current="", offered="acme.example")

    decide(conflict.pk, accept=True, by=make_user(), at=AT)

    company.refresh_from_db()
    assert company.domain == "acme.example"
    assert CompanyKey.objects.get().company_id == owner.pk


def test_an_offer_that_is_no_value_is_refused_and_stays_open() -> None:
    company = make_company(country="DE")
    conflict = make_conflict(company=company, field="country", current="DE", offered="Atlantis")

    with pytest.raises(UnusableOffer):
        decide(conflict.pk, accept=True, by=make_user(), at=AT)

    company.refresh_from_db()
    conflict.refresh_from_db()
    assert (company.country, conflict.state) == ("DE", "open")


def test_many_are_decided_at_once_and_the_others_named() -> None:
    first, second = make_conflict(), make_conflict()
    gone = make_conflict(state="outdated")

    done = decide_many([first.pk, second.pk, gone.pk, 10**9], accept=False, by=make_user(), at=AT)

    assert done.decided == 2
    assert done.refused.keys() == {gone.pk, 10**9}
    with pytest.raises(ConflictNotFound):
        decide(10**9, accept=False, by=make_user(), at=AT)
