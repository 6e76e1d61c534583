"""What counts as a company's domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.companies.normalise.domain import country_of, domain, is_shared


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.shop.acme.co.uk/about?x=1", "acme.co.uk"),
        ("ACME.com", "acme.com"),
        (" http://acme.com:8080/ ", "acme.com"),
        ("jo@mail.acme.de", "acme.de"),
        ("www.münchen.de", "xn--mnchen-3ya.de"),
        ("acme.github.io", "acme.github.io"),
        ("company-7.example", "company-7.example"),
        ("localhost", None),
        ("192.168.1.1", None),
        ("http://", None),
        ("a b.com", None),
        ("acme", None),
        ("co.uk", None),
        ("", None),
        ("x" * 300 + ".com", None),
    ],
)
def test_the_registrable_domain_of_what_people_write(text: str, expected: str | None):
    assert domain(text) == expected


@pytest.mark.parametrize(
    "text", ["facebook.com/acme", "https://linkedin.com/company/acme", "gmail.com", "acme.wix.com"]
)
def test_shared_hosts_identify_nobody(text: str):
    found = domain(text)

    assert found is not None
    assert is_shared(found)


def test_a_country_is_read_from_the_last_label_only_where_it_means_one():
    assert [country_of(name) for name in ("acme.de", "acme.co.uk", "acme.io", "acme.com")] == ["DE", "GB", None, None]


@given(st.text(max_size=80))
def test_no_text_breaks_it_and_an_answer_is_its_own_answer(text: str):
    found = domain(text)

    assert found is None or domain(found) == found
