"""Research is stored with its sources, once, however often it is stored."""

import pytest

from prospects.companies.models import Company, CompanyKey
from prospects.company_profiles.freshness import profiles_fresh, standing
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.company_profiles.researched import Identity
from prospects.company_profiles.storage import store_many
from prospects.pages.degraded import Degraded
from tests.factories import make_company
from tests.prospects.company_profiles.findings import AT, LATER, URL, crawl, make_text, quoted, researched, value

pytestmark = pytest.mark.django_db


def test_a_value_is_kept_with_its_quote_page_method_and_confidence() -> None:
    company = make_company()
    said = "Call us: +49 30 123456"
    text = make_text(said)

    phone = quoted("phone", "+49 30 123456", text=text, said=said, confidence=95, method="text")
    stored = store_many([researched(company, phone)])

    row = ProfileValue.objects.get(company=company)
    assert (row.field, row.value, row.confidence, row.method, row.url) == ("phone", "+49 30 123456", 95, "text", URL)
    assert row.text_id == text.pk
    assert said[row.begins : row.ends] == "+49 30 123456"
    assert (stored[company.pk].is_changed, stored[company.pk].filled) == (True, ("phone",))


def test_the_same_research_again_changes_nothing() -> None:
    company = make_company(name="Acme")
    done = researched(company, value("city", "Berlin"), value("country", "DE"), value("phone", "+4930123456"))

    first = store_many([done])[company.pk]
    row = Company.objects.values().get(pk=company.pk)
    again = store_many([done])[company.pk]

    assert (first.is_changed, again.is_changed) == (True, False)
    assert Company.objects.values().get(pk=company.pk) == row
    assert ProfileValue.objects.filter(company=company).count() == 3


def test_values_become_the_companys_with_the_page_they_are_from() -> None:
    company = make_company(name="Acme")

    store_many([
        researched(
            company,
            value("employees", "51-200", confidence=80),
            value("technology", "Kubernetes"),
            value("technology", "Django"),
            value("social", "https://www.linkedin.com/company/acme", extra={"platform": "linkedin"}),
            value("founded_year", "since 1987"),
        )
    ])  # fmt: skip

    company.refresh_from_db()
    assert (company.employees_min, company.employees_max, company.founded_year) == (51, 200, 1987)
    assert company.technologies == ["Kubernetes", "Django"]
    assert company.linkedin_url == "https://www.linkedin.com/company/acme"
    assert company.provenance["employees"] == {
        "source": f"page:{URL}", "method": "research", "at": AT.isoformat(timespec="seconds"), "confidence": 80,
    }  # fmt: skip


def test_a_site_that_is_anothers_gives_the_company_nothing() -> None:
    company = make_company(name="Acme")
    doubt = Identity("unsure", "Only the town is the same.", 10)

    stored = store_many([researched(company, value("city", "Berlin"), identity=doubt)])[company.pk]

    company.refresh_from_db()
    assert company.city == ""
    assert (stored.filled, stored.conflicts) == ((), 0)
    assert not ProfileValue.objects.get(company=company).is_current


def test_a_value_that_its_page_no_longer_says_is_no_longer_current() -> None:
    company = make_company()
    other = "https://acme.example/about"
    store_many([researched(company, value("phone", "+4930123456"), value("city", "Berlin", url=other))])

    later = researched(company, value("phone", "+4930999999"), at=LATER, crawl=crawl(URL), evidence_hash="e2")
    stored = store_many([later])[company.pk]

    current = ProfileValue.objects.filter(company=company, is_current=True)
    assert set(current.values_list("field", "value")) == {("phone", "+4930999999"), ("city", "Berlin")}
    assert (stored.is_changed, stored.value_count) == (True, 2)


def test_what_was_not_looked_for_stays() -> None:
    company = make_company()
    store_many([researched(company, value("person", "Ada Lovelace"), value("revenue", "$5M", method="llm"))])

    basic = researched(company, mode="basic", at=LATER, crawl=crawl(URL), evidence_hash="e2")
    off = (Degraded("llm_off", "No LLM is set up."),)
    without = researched(
        company, value("person", "Ada Lovelace"), at=LATER, crawl=crawl(URL), degraded=off, evidence_hash="e3"
    )

    assert store_many([basic])[company.pk].filled == ("person", "revenue")
    assert store_many([without])[company.pk].filled == ("person", "revenue")


def test_unchanged_texts_leave_values_and_scores_as_they_are() -> None:
    company = make_company()
    before = store_many([researched(company, value("phone", "+4930123456"))])[company.pk]

    again = store_many([researched(company, at=LATER, is_extracted=False)])[company.pk]

    assert (again.is_changed, again.filled, again.scores) == (False, before.filled, before.scores)
    profile = CompanyProfile.objects.get(pk=company.pk)
    assert (profile.researched_at, profile.changed_at) == (LATER, AT)


def test_a_text_that_went_meanwhile_leaves_the_value_without_a_quote() -> None:
    company = make_company()
    said = "Call +49 30 123456"
    text = make_text(said)
    done = researched(company, quoted("phone", "+49 30 123456", text=text, said=said))
    text.delete()

    store_many([done])

    row = ProfileValue.objects.get(company=company)
    assert (row.text_id, row.begins, row.ends) == (None, None, None)


def test_a_company_deleted_meanwhile_has_no_entry() -> None:
    gone, stays = make_company(), make_company()
    done = [researched(gone, value("city", "Bonn")), researched(stays, value("city", "Bonn"))]
    gone.delete()

    assert store_many(done).keys() == {stays.pk}


def test_a_domain_that_research_found_becomes_the_companys_key() -> None:
    company = make_company(name="Acme", domain="")

    store_many([researched(company, value("name", "Acme"), site="acme.example")])

    company.refresh_from_db()
    assert company.domain == "acme.example"
    assert CompanyKey.objects.get(key="domain:acme.example").company_id == company.pk


def test_a_domain_that_another_company_has_is_a_conflict() -> None:
    owner, company = make_company(domain="acme.example"), make_company(name="Acme", domain="")
    CompanyKey.objects.create(key="domain:acme.example", company=owner)

    stored = store_many([researched(company, value("name", "Acme"), site="acme.example")])[company.pk]

    company.refresh_from_db()
    conflict = ProfileConflict.objects.get(company=company)
    assert (company.domain, stored.conflicts) == ("", 1)
    assert (conflict.field, conflict.offered, conflict.reason) == ("domain", "acme.example", "domain_taken")


def test_many_companies_take_a_fixed_number_of_statements(django_assert_max_num_queries: object) -> None:
    companies = [make_company() for _ in range(30)]
    done = [researched(one, value("city", "Berlin"), value("phone", f"+49301234{one.pk:04d}")) for one in companies]

    with django_assert_max_num_queries(45):  # type: ignore[operator]
        stored = store_many(done)

    assert len(stored) == 30


def test_a_profile_is_fresh_for_modes_that_want_no_more() -> None:
    company, old = make_company(), make_company()
    store_many([researched(company, mode="standard"), researched(old, mode="standard")])
    CompanyProfile.objects.filter(pk=company.pk).update(researched_at="2999-01-01T00:00Z")

    asked = [company.pk, old.pk]

    assert profiles_fresh(asked, mode="basic", within_s=3600) == {company.pk}
    assert profiles_fresh(asked, mode="comprehensive", within_s=3600) == set()
    assert standing([company.pk])[company.pk].filled == ()


def test_a_site_that_could_not_be_read_leaves_what_was_known_of_it() -> None:
    company = make_company()
    before = store_many([researched(company, value("phone", "+4930123456"))])[company.pk]
    blind = Identity("unsure", "Nothing on the site says whose it is.")

    again = store_many([researched(company, identity=blind, at=LATER, evidence_hash="")])[company.pk]

    profile = CompanyProfile.objects.get(pk=company.pk)
    assert (again.filled, again.scores) == (before.filled, before.scores)
    assert (profile.identity, profile.evidence_hash, profile.researched_at) == ("confirmed", "e1", LATER)
