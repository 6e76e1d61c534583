"""Telephone numbers as E.164: the quick way must agree with the library."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from prospects.companies.normalise.phone import phone


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("(312) 555-0199", None, "+13125550199"),
        ("312.555.0199 ext. 7", "US", "+13125550199"),
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("0044 20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 6982", "IT", "+39066982"),
        ("030 901820", None, None),
        ("12", "US", None),
        ("1-800-", "US", None),
        ("no phone", "US", None),
        ("²³¹²⁵⁵⁵⁰¹⁹⁹", "US", None),
    ],
)
def test_what_people_write(text: str, country: str | None, expected: str | None):
    assert phone(text, country=country) == expected


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_each_region_s_example_comes_out_as_the_library_has_it(region: str):
    example = phonenumbers.example_number(region)

    if example is None:
        pytest.skip("the library has no example")
    international = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    expected = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    assert phone(international, country=None) == expected
    national = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL)
    assert phone(national, country=region) == expected


@given(st.text(max_size=30), st.sampled_from([None, "US", "DE", "BR"]))
def test_an_answer_is_e164_and_its_own_answer(text: str, country: str | None):
    found = phone(text, country=country)

    assert found is None or (found[0] == "+" and found[1:].isdecimal() and phone(found, country=None) == found)
