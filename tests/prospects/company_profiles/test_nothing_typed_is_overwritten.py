"""Research fills what is silent and renews its own; what a person typed, locked or a file said stays."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.companies.editing import save_by_hand
from prospects.companies.locks import set_lock
from prospects.companies.models import Company
from prospects.company_profiles.facts import LONGEST, OFFERED, read_fact
from prospects.company_profiles.merging import Offer, offers, settle
from prospects.company_profiles.models import ProfileConflict
from prospects.company_profiles.storage import store_many
from prospects.extraction.found import Value
from tests.factories import make_company, make_user
from tests.prospects.company_profiles.findings import AT, LATER, researched, value

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "founded_year": st.integers(1500, 2099),
    "employees": st.tuples(st.integers(1, 500), st.integers(501, 9000)),
    "revenue": st.tuples(st.integers(1, 500), st.integers(501, 9000)),
    "technologies": st.lists(st.sampled_from(["Django", "Rust", "SAP"]), min_size=1, unique=True),
}
TEXT = st.sampled_from(["Acme", "Acme GmbH", "Bonn", "Cologne", "+4930123456", "a@acme.example", "DE", "FR"])
ENTRIES = st.fixed_dictionaries(
    {"method": st.sampled_from(["person", "file", "api", "research", "derived"])},
    optional={"locked": st.just(True)},
)


def of_facts(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    return {name: draw(VALUES.get(name, TEXT)) for name in names}


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Offer]]:
    names = st.lists(st.sampled_from(OFFERED), unique=True)
    facts = of_facts(draw, draw(names))
    provenance = {name: draw(ENTRIES) for name in {*facts, *draw(names)}}
    found = of_facts(draw, draw(names))
    offered = {name: Offer(name, one, draw(st.integers(0, 100)), f"{name}:{one}") for name, one in found.items()}
    return facts, provenance, offered


@given(companies())
def test_only_silent_facts_and_its_own_change(case: tuple[dict[str, Any], dict[str, Any], dict[str, Offer]]) -> None:
    facts, provenance, offered = case

    merged = settle(facts, provenance, offered=offered)

    for name, offer in merged.changed.items():
        entry = provenance.get(name, {})
        assert not entry.get("locked")
        assert entry.get("method", "derived") in {"research", "derived"}
        assert offer.value != facts.get(name)
    assert not merged.changed.keys() & {dispute.offer.fact for dispute in merged.disputes}


pytestmark = pytest.mark.django_db


def test_what_a_person_typed_stays_and_they_are_asked() -> None:
    company = make_company(name="Acme", city="Cologne")
    save_by_hand(company, columns=["city"], by=make_user(), at=AT)

    stored = store_many([researched(company, value("city", "Bonn"))])[company.pk]

    company.refresh_from_db()
    conflict = ProfileConflict.objects.get(company=company)
    assert (company.city, stored.conflicts) == ("Cologne", 1)
    assert (conflict.current, conflict.offered, conflict.reason) == ("Cologne", "Bonn", "person")
    assert conflict.value is not None
    assert conflict.value.value == "Bonn"


def test_what_a_person_emptied_stays_empty() -> None:
    company = make_company(phone="+4930123456")
    company.phone = ""
    save_by_hand(company, columns=["phone"], by=make_user(), at=AT)

    store_many([researched(company, value("phone", "+4930123456"))])

    company.refresh_from_db()
    assert company.phone == ""


def test_a_lock_holds_even_where_nothing_stands() -> None:
    company = make_company()
    set_lock(company_id=company.pk, field="city", is_locked=True, by=make_user(), at=AT)

    store_many([researched(company, value("city", "Bonn"))])

    company.refresh_from_db()
    assert company.city == ""
    assert ProfileConflict.objects.get(company=company).reason == "locked"


def test_what_a_file_said_stays_and_silent_facts_are_filled() -> None:
    company = make_company(
        industry="Food", provenance={"industry": {"source": "import:1", "method": "file", "at": "x"}}
    )

    store_many([researched(company, value("industry", "Ice cream"), value("phone", "+4930123456"))])

    company.refresh_from_db()
    assert (company.industry, company.phone) == ("Food", "+4930123456")


def test_research_renews_what_research_found() -> None:
    company = make_company()
    store_many([researched(company, value("industry", "Food"))])

    store_many([researched(company, value("industry", "Ice cream"), at=LATER, evidence_hash="e2")])

    company.refresh_from_db()
    assert (company.industry, ProfileConflict.objects.count()) == ("Ice cream", 0)


@pytest.mark.parametrize(
    ("field", "current", "offered", "text"),
    [
        ("name", {"name": "Acme"}, "name", "ACME GmbH"),
        ("employees", {"employees_min": 51, "employees_max": 200}, "employees", "120"),
        ("phone", {"phone": "+4930123456"}, "phone", "+49 30 123456"),
        ("technologies", {"technologies": ["django", "Rust"]}, "technology", "Django"),
        ("linkedin_url", {"linkedin_url": "https://linkedin.com/company/acme"}, "social", "http://www.linkedin.com/company/acme/"),
        ("description", {"description": "We make ice."}, "description", "Ice for everybody."),
    ],
)  # fmt: skip
def test_nobody_is_asked_about_the_same_in_other_words(
    field: str, current: dict[str, Any], offered: str, text: str
) -> None:
    company = make_company(**current, provenance={field: {"source": "import:1", "method": "file", "at": "x"}})

    store_many([researched(company, value(offered, text, extra={"platform": "linkedin"}))])

    assert not ProfileConflict.objects.exists()


def test_a_companys_phone_among_several_of_its_site_stays() -> None:
    company = make_company()
    store_many([researched(company, value("phone", "+4930123456"))])

    both = [value("phone", "+4930999999", rank=0), value("phone", "+4930123456", rank=1)]
    store_many([researched(company, *both, at=LATER, evidence_hash="e2")])

    company.refresh_from_db()
    assert company.phone == "+4930123456"


def test_an_address_is_taken_whole_or_not_at_all() -> None:
    said = {"city": {"source": "import:1", "method": "file", "at": "x"}}
    company = make_company(city="Cologne", provenance=said)
    parts = {"street": "Marktplatz 1", "postal_code": "53111", "city": "Bonn", "country": "DE"}

    store_many([researched(company, value("address", "Marktplatz 1, 53111 Bonn", extra=parts))])

    company.refresh_from_db()
    assert (company.city, company.street, company.postal_code) == ("Cologne", "", "")
    assert ProfileConflict.objects.get(company=company).offered == "Bonn"


def test_a_doubtful_value_asks_nobody() -> None:
    company = make_company(city="Cologne", provenance={"city": {"source": "import:1", "method": "file", "at": "x"}})

    store_many([researched(company, value("city", "Bonn", confidence=60))])

    assert not ProfileConflict.objects.exists()


def test_the_best_value_of_a_field_is_offered() -> None:
    found: list[Value] = [value("city", "Bonn", rank=1), value("city", "Cologne", rank=0)]

    assert offers(found, place="DE")["city"].value == "Cologne"


@pytest.mark.parametrize(
    ("fact", "text"),
    [("country", "Atlantis"), ("email", "nobody"), ("phone", "12"), ("employees", "many"), ("city", "B" * 121)],
)
def test_what_is_no_value_of_its_field_is_not_offered(fact: str, text: str) -> None:
    assert read_fact(fact, text, place="DE") is None


def test_facts_are_as_wide_as_their_columns() -> None:
    limited = [name for name in LONGEST if name != "description"]

    fields = {field.name: field.max_length for field in Company._meta.concrete_fields}
    assert {name: fields[name] for name in limited} == {name: LONGEST[name] for name in limited}
