"""When two records are one company: the strongest known key decides, a weaker one never unites what it tells apart."""

from prospects.companies.chunk import NOTHING, Chunk, Numbers, Settled, Standing
from prospects.companies.incoming import Incoming
from prospects.companies.keys import company_keys
from prospects.companies.merge_rules import FILE, Stamp
from prospects.companies.normalise.name import name_key
from prospects.companies.record import Record
from prospects.companies.settle import settle


class Nothing:
    """A database without a company."""

    def standing(self, incoming: Incoming, *, earlier: Chunk = NOTHING) -> Standing:
        numbers = range(1, len(incoming) + 1)
        return Standing([], [], Numbers(numbers, numbers))

    def write(self, chunk: Chunk) -> None:
        self.written = chunk


def record(**facts: object) -> Record:
    key = name_key(str(facts["name"])) if "name" in facts else ""
    return Record(facts=facts, keys=company_keys(facts, name_key=key), name_key=key, fallback_name="x")


def settled(*records: Record) -> list[Settled]:
    return settle(records, store=Nothing(), stamp=Stamp("import:1", FILE, "2026-01-01"))


def are_one(first: Record, second: Record) -> bool:
    one, other = settled(first, second)
    assert one.prospect is not None
    assert other.prospect is not None
    return one.prospect.company_id == other.prospect.company_id


def test_the_same_domain_is_one_company_whatever_the_name():
    assert are_one(record(name="Acme", domain="acme.com"), record(name="Acme Foods", domain="acme.com"))


def test_the_same_name_and_place_is_one_company():
    place = {"city": "Köln", "country": "DE"}

    assert are_one(record(name="Acme GmbH", **place), record(name="ACME", city="koln", country="DE"))
    assert not are_one(record(name="Acme", **place), record(name="Acme", city="Bonn", country="DE"))


def test_the_same_name_and_place_with_two_domains_are_two():
    place = {"name": "Acme", "city": "Bonn", "country": "DE"}

    assert not are_one(record(domain="acme.de", **place), record(domain="acme.io", **place))


def test_a_shared_switchboard_unites_only_the_same_name():
    assert are_one(record(name="Acme", phone="+4930901820"), record(name="Acme GmbH", phone="+4930901820"))
    assert not are_one(record(name="Acme", phone="+4930901820"), record(name="Apex", phone="+4930901820"))


def test_registry_numbers_tell_apart_what_shares_a_domain():
    one = record(name="Acme North", domain="acme.com", registry_number="HRB 1", country="DE")
    other = record(name="Acme South", domain="acme.com", registry_number="HRB 2", country="DE")

    assert not are_one(one, other)


def test_a_bare_name_is_a_key_only_where_there_is_nothing_else():
    assert are_one(record(name="Acme"), record(name="ACME Inc."))
    assert not are_one(record(name="Acme", domain="acme.com"), record(name="Acme"))


def test_shared_hosts_are_no_keys():
    assert company_keys({"domain": "facebook.com"}, name_key="") == {}


def test_a_key_that_belongs_to_another_company_is_named_and_stays_there():
    first, second, third = settled(
        record(name="Acme", domain="acme.com", phone="+4930901820"),
        record(name="Apex", domain="apex.com"),
        record(name="Apex", domain="apex.com", phone="+4930901820"),
    )

    assert third.prospect is second.prospect
    assert third.outcome == "update"
    assert third.reason == "changes phone; its phone belongs to Acme"
    assert first.prospect is not third.prospect


def test_the_known_key_brings_new_ones_that_reach_the_company_later():
    first, second, third = settled(
        record(name="Acme", domain="acme.com"),
        record(name="Acme", domain="acme.com", phone="+4930901820"),
        record(name="Acme", phone="+4930901820"),
    )

    assert first.prospect is second.prospect is third.prospect
    assert [one.outcome for one in (first, second, third)] == ["create", "update", "skip"]
