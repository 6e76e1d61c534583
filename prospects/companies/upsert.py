"""Prospects from bare domains, as a request to qualify names them."""

from collections.abc import Sequence

from django.utils import timezone

from performance.access.models import User
from performance.api.errors import DomainError
from prospects.companies.keys import company_keys
from prospects.companies.merge_rules import API, Stamp
from prospects.companies.normalise.domain import domain, is_shared
from prospects.companies.record import Record
from prospects.companies.settle import settle
from prospects.companies.stale import bump_settled
from prospects.companies.store import CompanyStore
from prospects.companies.transactions import in_bulk


class NoDomain(DomainError):
    """What was given as a company's domain is none."""

    status = 422


def upsert_prospects(domains: Sequence[str], *, source: str, owner: User | None) -> list[int]:
    """The prospects of these companies, in the order asked for, each once; those that aren't known are made.

    Atomic and idempotent. Raises NoDomain for what is no domain, or one that many companies share: nothing is made.
    """
    records = [_record(name, source=source) for name in dict.fromkeys(map(_domain, domains))]
    if not records:
        return []
    at = timezone.now().isoformat(timespec="seconds")
    stamp = Stamp(source or API, API, at, by=owner.pk if owner else None)
    settled = in_bulk(lambda cursor: settle(records, store=CompanyStore(cursor), stamp=stamp))
    bump_settled(settled)
    return list(dict.fromkeys(one.prospect.id for one in settled if one.prospect))


def _domain(text: str) -> str:
    found = domain(text)
    if found is None:
        raise NoDomain(f"“{text[:100]}” is no domain; give one like “acme.com”.")
    if is_shared(found):
        raise NoDomain(f"{found} is shared by many companies; give a company's own domain.")
    return found


def _record(name: str, *, source: str) -> Record:
    facts = {"domain": name}
    return Record(facts=facts, keys=company_keys(facts, name_key=""), fallback_name=name, source=source)
