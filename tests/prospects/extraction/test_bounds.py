"""What extraction may cost, whatever a page says; and that it never fails."""

import time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.extraction.extract import extract
from prospects.extraction.found import Asked
from prospects.pages.parsed import Document, ParsedPage
from prospects.pages.parsing import parse

UNITS = (
    "a@", "1", "1 ", "+49 ", "Aa ", "a(at)", "GmbH ", "Jane Doe\nCEO\n", "12345 Aa ", "'a'+", "company ", "1998 ",
    "a\t", "offices in Aa, ", "a-", "Van der ", "tel 030 ", "Straße 1, ", "株式会社", "[",
    "Aa A1 1AA ", "founded by ", "a, ", "team of 1", "employees\n1\n", "nine people ", "In 1999, ",
    "Directors:\nJane Doe\n", "raised $", "a-at-b.de ", "Washington, D.C. 20005 ", "1.1.", "AB, AB, ",
    "is at 1 Mill Road, ", "Aa/PR\nCEP 80010-000\n",
)  # fmt: skip
WORDS = st.sampled_from(
    [*UNITS, " ", "\n", ":", "@acme.de", "Geschäftsführer: ", "Dr. ", "10115 Berlin", "§", "İ", "\u3000"]
)


def page_of(text: str) -> ParsedPage:
    return ParsedPage("https://acme.de/", Document(text, len(text), UUID(int=1), language="de"))


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_anything_is_read_in_bounded_time(unit: str) -> None:
    page = page_of(unit * (1_000_000 // len(unit)))
    began = time.process_time()

    extract(page, Asked(domain="acme.de"))

    # It takes 20-60 ms; a pattern that tries again and again would take minutes.
    assert time.process_time() - began < 1


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=60).map("".join))
def test_any_text_gives_values_with_quotes(text: str) -> None:
    for found in extract(page_of(text), Asked(domain="acme.de")):
        assert 0 <= found.start < found.end <= len(text)


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Organization", "Person"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["@type", "name", "address", "telephone", "email", "sameAs", "founder", "numberOfEmployees"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_ld_is_survived(node: object) -> None:
    item = {"@type": "Organization", "@at": (0, 5), "founder": node, "address": node, "name": node, "email": node}
    page = ParsedPage("https://acme.de/", Document("12345", 0, UUID(int=1)), json_ld=(item,))

    assert all(found.end <= 5 for found in extract(page, Asked(domain="acme.de")))


def test_only_the_fields_asked_for_are_found() -> None:
    page = parse(b"<p>Acme GmbH, info@acme.de, Tel. 030 901820</p>", url="https://acme.de/")

    found = extract(page, Asked(domain="acme.de", fields=frozenset({"phone"})))

    assert [each.field for each in found] == ["phone"]
