"""From names and domains to companies: those that are known, and those that are made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from prospects.companies.keys import company_keys
from prospects.companies.merge_rules import API, Stamp
from prospects.companies.normalise.domain import domain, is_shared
from prospects.companies.normalise.name import name_key
from prospects.companies.normalise.text import one_line, storable
from prospects.companies.record import Record
from prospects.companies.settle import settle
from prospects.companies.stale import bump_settled
from prospects.companies.store import CompanyStore
from prospects.companies.transactions import in_bulk
from prospects.research.errors import NoCompanies, NotDomains, UnmatchedHints

LONGEST_NAME = 300
SOURCE = "research"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A company as it was asked for; its domain is registrable and its own, or ""."""

    name: str = ""
    domain: str = ""


def wanted_of(names: Sequence[str], domains: Sequence[str]) -> list[Wanted]:
    """What is asked for, each once, in order. With names, `domains` are hints, one for each name.

    Raises NoCompanies, NotDomains and UnmatchedHints.
    """
    cleaned = [storable(one_line(name))[:LONGEST_NAME] for name in names]
    if cleaned and domains and len(cleaned) != len(domains):
        raise UnmatchedHints(names=len(cleaned), hints=len(domains))
    own = list(_own_domains(domains, may_be_silent=bool(cleaned)))
    if not cleaned:
        pairs = [Wanted("", name) for name in own]
    else:
        pairs = [Wanted(*pair) for pair in zip(cleaned, own or [""] * len(cleaned), strict=True)]
    found = [one for one in dict.fromkeys(pairs) if one.name or one.domain]
    if not found:
        raise NoCompanies
    return found


def settle_companies(wanted: Sequence[Wanted], *, owner_id: int | None) -> dict[int, Wanted]:
    """The company of each, by id; those that aren't known are made, with a prospect. Atomic and idempotent.

    Two that turn out to be one company are one: the first that asked for it.
    """
    stamp = Stamp(SOURCE, API, timezone.now().isoformat(timespec="seconds"), by=owner_id)
    ids = in_bulk(lambda cursor: _settled(wanted, cursor=cursor, stamp=stamp))
    found: dict[int, Wanted] = {}
    for company_id, one in zip(ids, wanted, strict=True):
        found.setdefault(company_id, one)
    return found


def _settled(wanted: Sequence[Wanted], *, cursor: CursorWrapper, stamp: Stamp) -> list[int]:
    store, found = CompanyStore(cursor), list[int]()
    for start in range(0, len(wanted), settings.BULK_INSERT_CHUNK_SIZE):
        records = [_record(one) for one in wanted[start : start + settings.BULK_INSERT_CHUNK_SIZE]]
        settled = settle(records, store=store, stamp=stamp)
        bump_settled(settled)
        found += [one.prospect.company_id for one in settled if one.prospect]
    return found


def _record(wanted: Wanted) -> Record:
    facts = {name: value for name, value in (("name", wanted.name), ("domain", wanted.domain)) if value}
    folded = name_key(wanted.name) if wanted.name else ""
    keys = company_keys(facts, name_key=folded)
    return Record(facts=facts, keys=keys, name_key=folded, fallback_name=wanted.domain, source=SOURCE)


def _own_domains(texts: Sequence[str], *, may_be_silent: bool) -> Iterator[str]:
    """Each as a registrable domain of one company. A hint may be empty, or be a page of a shared host, which says
    nothing of whose it is and is dropped.
    """
    read = [(text, domain(text) if text.strip() else None) for text in texts]
    wrong = [text for text, found in read if _is_wrong(text, found, may_be_silent=may_be_silent)]
    if wrong:
        raise NotDomains(wrong)
    for _, found in read:
        yield found if found and not is_shared(found) else ""


def _is_wrong(text: str, found: str | None, *, may_be_silent: bool) -> bool:
    if may_be_silent:
        return bool(text.strip()) and found is None
    return found is None or is_shared(found)
